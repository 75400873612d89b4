"""What every page of the site may show. No query unless a person is logged in."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from config.navigation import entries_for


def site(request: HttpRequest) -> dict[str, Any]:
    return {
        "nav": entries_for(request),
        "hotline": settings.HOTLINE,
        "demo": settings.DEMO,
        "large_type": request.COOKIES.get("type") == "large",
    }
