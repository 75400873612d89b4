"""The officer's installable page: the page, its manifest, its service worker, and where its records arrive."""

import json
from typing import Any

from django.contrib.auth.decorators import login_required
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_GET, require_POST

from market.exceptions import Refused
from market.models import User
from orders.logistics.actions.visits import Received, decide_scanned, record_visits
from orders.logistics.app_files import AppFiles, app_files
from orders.logistics.checkpoint_words import SIGNS, page_words, quick_reasons
from orders.logistics.forms.visits import Batch, Decision, read_batch
from orders.logistics.models import Checkpoint
from orders.logistics.permissions_checkpoints import checkpoints_of, get_own_checkpoint, units_of
from orders.logistics.queries.checkpoint_app import bundle_pin, spot_of
from orders.logistics.queries.copies import copied_tokens
from orders.logistics.queries.second_looks import said_by_server
from orders.logistics.views.answers import health_url
from orders.logistics.views.throttle import too_often

FOLDER = "logistics/checkpoint/"
ICONS = ((f"{FOLDER}icon-192.png", "192x192"), (f"{FOLDER}icon-512.png", "512x512"))
FILES = (
    "css/tokens.css",
    "img/favicon.svg",
    "vendor/jsqr/jsQR.js",
    f"{FOLDER}checkpoint.css",
    f"{FOLDER}verdict.css",
    f"{FOLDER}app.js",
    *(name for name, _sizes in ICONS),
)


def _files() -> AppFiles:
    return app_files(*FILES)


@login_required
@ensure_csrf_cookie
@require_GET
def checkpoint(request: HttpRequest) -> HttpResponse:
    """Two statements beside the person's. Carries all that its script says and knows, but no pass."""
    own = list(checkpoints_of(request.user))
    if not own:
        return _nowhere(request)
    setup = {
        "user": request.user.pk,
        "checkpoints": [spot_of(one) for one in own],
        "pin": bundle_pin(),
        "urls": _urls(),
        "words": page_words(),
    }
    context = {"setup": setup, "checkpoints": own, "signs": SIGNS, "picks": quick_reasons()}
    response = render(request, "logistics/checkpoint.html", context)
    response.headers["X-App-Version"] = _files().version
    response.headers["Cache-Control"] = "no-store"
    return response


def _nowhere(request: HttpRequest) -> HttpResponse:
    """An officer whose unit has no checkpoint in use is told so; nobody else learns anything. The phone forgets its page."""
    if not units_of(request.user):
        raise Http404
    return render(request, "logistics/checkpoint_none.html", status=404)


def _urls() -> dict[str, str]:
    return {name: reverse(f"logistics:{name}") for name in ("bundle", "checkpoint_sync", "checkpoint_worker")}


@require_GET
def checkpoint_manifest(_request: HttpRequest) -> JsonResponse:
    page = reverse("logistics:checkpoint")
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
        "name": _("绿通集市 · 查验"),
        "short_name": _("查验"),
        "background_color": "#ffffff",
        "theme_color": "#1b7339",
        "icons": icons,
    }
    return JsonResponse(facts, content_type="application/manifest+json")


@require_GET
def checkpoint_worker(request: HttpRequest) -> HttpResponse:
    """Under the page's own address, so that its scope is that page and nothing else of the site."""
    files = _files()
    setup = {"page": reverse("logistics:checkpoint"), "files": files.urls, "version": files.version}
    response = render(
        request,
        "logistics/checkpoint_worker.js",
        {"setup": json.dumps(setup)},
        content_type="text/javascript; charset=utf-8",
    )
    response.headers["Cache-Control"] = "no-cache"
    return response


@login_required
@require_POST
def checkpoint_sync(request: HttpRequest) -> HttpResponse:
    """Records and decisions of one device. The answer names each one that stands, and every code known to be copied."""
    if too_often(request.user, "checkpoint-sync"):
        return JsonResponse({"refused": _("发得太频繁，过一分钟会自动再发")}, status=429)
    try:
        batch = read_batch(_json_of(request))
    except ValueError:
        return JsonResponse({"refused": _("没有看懂这批记录，请更新页面")}, status=400)
    one = get_own_checkpoint(request.user, batch.checkpoint)
    try:
        received = _recorded(one, batch, request.user)
    except Refused as refusal:
        return JsonResponse({"refused": str(refusal)}, status=409)
    answer = {
        "records": [_told(row) for row in received],
        "decisions": [_decided(one, batch, decision, request.user) for decision in batch.decisions],
        "copied": copied_tokens(timezone.now()),
        "now": int(timezone.now().timestamp()),
    }
    return JsonResponse(answer)


def _json_of(request: HttpRequest) -> bytes:
    """Raises: ValueError for a form, whose body is read already."""
    if request.content_type != "application/json":
        raise ValueError("type")
    return request.body


def _recorded(one: Checkpoint, batch: Batch, by: User) -> list[Received]:
    return record_visits(one, batch.device, batch.scans, by=by, bundle=batch.bundle, clock=batch.now)


def _told(row: Received) -> dict[str, Any]:
    """`server` is what the server itself says, for the page to say at once where it differs."""
    visit = row.visit
    server = {"verdict": visit.server_verdict, **said_by_server(visit.server_reasons)}
    return {"hash": visit.hash, "alarms": row.alarms, "health": health_url(visit), "server": server}


def _decided(one: Checkpoint, batch: Batch, decision: Decision, by: User) -> dict[str, Any]:
    try:
        decide_scanned(one, batch.device, decision.seq, decision.state, by=by, reason=decision.reason)
    except Refused as refusal:
        return {"seq": decision.seq, "refused": str(refusal)}
    return {"seq": decision.seq, "refused": ""}
