"""Pages all anonymous readers share, kept in the process for `settings.PAGE_SECONDS` (2).

The rule: the remaining weight a buyer decides by is never older than a few seconds. A page is kept for two seconds from
when it was made, in each process for itself, and a browser is told not to keep it at all. The pledge form is not one of
these pages: it reads the lot afresh, and `market.actions.lots.reserve` decides by the row itself.

Kept are only whole answers (200, no cookie, at most `MAX_BYTES`) to a plain GET of somebody who sends neither a session
nor messages: whoever is logged in has a session, so that what one person may see never reaches another. Two readers
share a page only when host, language, type size, kind of answer (whole or fragment) and address with query are the same.
The number of kept pages is bounded by CACHES["pages"], the size of an address by `MAX_QUERY`.
"""

from collections.abc import Callable
from functools import wraps
from hashlib import blake2b
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.conf import settings
from django.core.cache import caches
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language

MAX_BYTES = 200_000
MAX_QUERY = 500
KEPT_HEADERS = ("Content-Type", "HX-Push-Url")
FRESH = "private, max-age=0"
VARY = ("Cookie", "HX-Request", "HX-Request-Type")
MESSAGES_COOKIE = "messages"

View = Callable[..., HttpResponse]


def shared_page(view: View) -> View:
    """The view, whose answers anonymous readers share for `settings.PAGE_SECONDS`; everybody else gets their own."""

    @wraps(view)
    def shared(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        key = page_key(request) if is_anonymous_read(request) else ""
        kept = caches["pages"].get(key) if key else None
        if kept is not None:
            return fresh_for_browsers(HttpResponse(kept[0], headers=kept[1]))
        response = view(request, *args, **kwargs)
        if hasattr(response, "render"):
            response.render()
        if key and is_same_for_all(request, response):
            headers = {name: response.headers[name] for name in KEPT_HEADERS if name in response.headers}
            caches["pages"].set(key, (response.content, headers), settings.PAGE_SECONDS)
        return fresh_for_browsers(response)

    return shared


def is_fragment(request: HttpRequest) -> bool:
    """True where htmx asks for a piece to swap in; it asks for whole pages too, when somebody goes back."""
    return request.headers.get("HX-Request") == "true" and request.headers.get("HX-Request-Type") == "partial"


def is_anonymous_read(request: HttpRequest) -> bool:
    """A plain GET of somebody without a session, messages or credentials."""
    return (
        request.method == "GET"
        and settings.PAGE_SECONDS > 0
        and settings.SESSION_COOKIE_NAME not in request.COOKIES
        and MESSAGES_COOKIE not in request.COOKIES
        and "Authorization" not in request.headers
        and len(request.META.get("QUERY_STRING", "")) <= MAX_QUERY
    )


def page_key(request: HttpRequest) -> str:
    """The same for two readers only if the page is. Parameters may come in any order."""
    query = sorted(parse_qsl(request.META.get("QUERY_STRING", ""), keep_blank_values=True), key=lambda pair: pair[0])
    parts = (
        request.scheme or "",
        request.get_host(),
        get_language() or "",
        request.COOKIES.get("type", ""),
        "fragment" if is_fragment(request) else "page",
        request.path,
        urlencode(query),
    )
    return blake2b("\n".join(parts).encode(), digest_size=20).hexdigest()


def is_same_for_all(request: HttpRequest, response: HttpResponse) -> bool:
    """True for a whole answer that sets no cookie, now or when the middleware ends the request."""
    return (
        response.status_code == 200
        and not response.streaming
        and not response.cookies
        and not request.META.get("CSRF_COOKIE_NEEDS_UPDATE")
        and not request.session.modified
        and len(response.content) <= MAX_BYTES
    )


def fresh_for_browsers(response: HttpResponse) -> HttpResponse:
    response.headers.setdefault("Cache-Control", FRESH)
    patch_vary_headers(response, VARY)
    return response
