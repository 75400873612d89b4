"""What makes the driver's page an app on the phone: its manifest and its service worker. Nothing personal is in either."""

import hashlib
import json
from functools import cache

from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

SCRIPTS = [f"logistics/drive_{name}.js" for name in ("store", "trip", "check", "sync", "log", "press", "page")]
# Everything base.html and the page name. What is missing here would be missing without a network.
FILES = [
    "img/favicon.svg",
    "img/logo.svg",
    "vendor/pico/pico.min.css",
    *(f"css/{name}.css" for name in ("tokens", "site", "forms", "pieces", "desk")),
    "vendor/htmx/htmx.min.js",
    "js/site.js",
    "logistics/drive.css",
    "logistics/drive-180.png",
    *SCRIPTS,
]
ICONS = [("logistics/drive-192.png", "192x192"), ("logistics/drive-512.png", "512x512")]


@require_GET
def drive_manifest(_request: HttpRequest) -> JsonResponse:
    page = reverse("logistics:drive")
    icons = [
        {"src": staticfiles_storage.url(name), "sizes": sizes, "type": "image/png", "purpose": "any"}
        for name, sizes in ICONS
    ]
    facts = {
        "id": page,
        "start_url": page,
        "scope": page,
        "display": "standalone",
        "lang": "zh-Hans",
        "name": _("绿通集市 · 司机"),
        "short_name": _("司机"),
        "background_color": "#ffffff",
        "theme_color": "#1b7339",
        "icons": icons,
    }
    return JsonResponse(facts, content_type="application/manifest+json")


@require_GET
def drive_worker(request: HttpRequest) -> HttpResponse:
    """Under the page's own address, so that its scope is that page and nothing else of the site."""
    files = [staticfiles_storage.url(name) for name in FILES]
    setup = {"page": reverse("logistics:drive"), "files": files, "version": _version()}
    response = render(
        request,
        "logistics/drive_worker.js",
        {"setup": json.dumps(setup)},
        content_type="text/javascript; charset=utf-8",
    )
    response.headers["Cache-Control"] = "no-cache"
    return response


@cache
def _version() -> str:
    """Changes with the content of any file, also where their names do not say it."""
    told = hashlib.sha256()
    for name in FILES:
        path = finders.find(name)
        told.update(name.encode())
        if path:
            with open(path, "rb") as content:
                told.update(content.read())
        else:
            told.update(staticfiles_storage.url(name).encode())
    return told.hexdigest()[:16]
