"""Pages for requests that ended before a view could answer them."""

from django.http import HttpRequest, HttpResponseBadRequest
from django.template.loader import get_template


def bad_request(_request: HttpRequest, exception: Exception) -> HttpResponseBadRequest:
    """The page is made without the request: its host, cookies or fields are what could not be read."""
    return HttpResponseBadRequest(get_template("400.html").render())
