"""大字版: the larger type a person chose by `?type=large`, kept in a cookie that `config.context.site` reads."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

COOKIE, LARGE, NORMAL = "type", "large", "normal"
COOKIE_AGE = 365 * 24 * 3600


class LargeTypeMiddleware:
    """The page asked for with `?type=` is already shown in the size asked for; later ones follow the cookie."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        asked = request.GET.get("type", "")
        if asked not in (LARGE, NORMAL):
            return self.get_response(request)
        request.COOKIES[COOKIE] = asked
        response = self.get_response(request)
        if asked == LARGE:
            response.set_cookie(COOKIE, LARGE, max_age=COOKIE_AGE, samesite="Lax", httponly=True)
        else:
            response.delete_cookie(COOKIE, samesite="Lax")
        return response
