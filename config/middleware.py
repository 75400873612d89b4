"""Middleware of our own: the language a person chose, and text that is none."""

from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.utils import translation

LANGUAGE_COOKIE_AGE = 365 * 24 * 3600


class ChosenLanguageMiddleware:
    """Chinese unless the person chose otherwise by `?lang=` (kept in a cookie).

    The browser's Accept-Language is ignored on purpose: phones set to English are common, their owners read Chinese.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.codes = {code for code, _ in settings.LANGUAGES}

    def __call__(self, request: HttpRequest) -> HttpResponse:
        asked = request.GET.get("lang", "")
        kept = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        language = next((code for code in (asked, kept) if code in self.codes), settings.LANGUAGE_CODE)
        translation.activate(language)
        request.LANGUAGE_CODE = language
        response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        if asked in self.codes and asked != kept:
            response.set_cookie(
                settings.LANGUAGE_COOKIE_NAME,
                asked,
                max_age=LANGUAGE_COOKIE_AGE,
                samesite="Lax",
                httponly=True,
            )
        return response


class PlainTextMiddleware:
    """A request with a NUL character in address, cookies or fields is answered 400 before anything asks the database.

    No keyboard types one, and PostgreSQL refuses it with an error wherever it is compared or stored. Stands behind the
    CSRF middleware, which reads the fields too and knows what to do when the connection breaks.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        _require_text((request.path, *request.COOKIES.values()))
        if "%00" in request.META.get("QUERY_STRING", ""):
            raise BadRequest("NUL in the query")
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: Any) -> None:
        if request.method == "POST":
            _require_text(value for name, values in request.POST.lists() for value in (name, *values))


def _require_text(values: Iterable[str]) -> None:
    """Raises: BadRequest."""
    if any("\x00" in value for value in values):
        raise BadRequest("NUL in a text")
