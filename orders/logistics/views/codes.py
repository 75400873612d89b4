"""Pass codes on the screen: one code, the check by number, the specimen, the bundle for devices."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from orders.logistics.actions.bundles import publish_bundle
from orders.logistics.actions.code_upkeep import restore_by_hand
from orders.logistics.actions.codes import make_specimen, may_be_restored, withdraw_by_hand
from orders.logistics.checkpoint_words import REASONS
from orders.logistics.enums import CodeState
from orders.logistics.forms.codes import CodeCheckForm, WithdrawForm
from orders.logistics.permissions_passes import bundle_or_404, can_stop_pass, checks_by_voice_or_404, get_code
from orders.logistics.queries.code_checks import check_by_number
from orders.logistics.views.answers import done_or_refused, first_error


@login_required
@never_cache
@require_GET
def bundle(request: HttpRequest) -> HttpResponse:
    """Ten statements beside the person's when nothing changed."""
    bundle_or_404(request.user)
    latest = publish_bundle()
    answer = HttpResponse(bytes(latest.signed), content_type="application/cose")
    answer["X-Bundle-Serial"] = str(latest.serial)
    return answer


@login_required
@require_GET
def code_check(request: HttpRequest) -> HttpResponse:
    """One statement beside the person's."""
    checks_by_voice_or_404(request.user)
    form = CodeCheckForm(request.GET or None)
    context: dict[str, Any] = {"form": form}
    if form.is_bound and form.is_valid():
        answer = check_by_number(form.cleaned_data["number"], form.cleaned_data["check"], timezone.now())
        context |= {"answer": answer, "said": [REASONS[reason] for reason in answer.ruling.reasons]}
    return render(request, "logistics/code_check.html", context)


@login_required
@require_GET
def pass_code(request: HttpRequest, pk: int) -> HttpResponse:
    """One statement beside the person's; of a withdrawn code a few more, whether it may be restored."""
    one = get_code(request.user, pk)
    stops = one.green_pass is not None and can_stop_pass(request.user, one.green_pass)
    restorable = stops and one.state == CodeState.WITHDRAWN and may_be_restored(one, timezone.now())
    return render(request, "logistics/pass_code.html", {"code": one, "stops": stops, "restorable": restorable})


@login_required
@require_POST
def code_change(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Withdraw or restore by hand."""
    one, back = get_code(request.user, pk), ("logistics:pass_code", pk)
    if verb == "restore":
        return done_or_refused(request, lambda: restore_by_hand(one, by=request.user), _("通行码已恢复"), back)
    form = WithdrawForm(request.POST)
    if not form.is_valid():
        messages.error(request, first_error(form))
        return redirect(*back)
    reason = form.cleaned_data["reason"]
    return done_or_refused(
        request, lambda: withdraw_by_hand(one, reason=reason, by=request.user), _("通行码已作废"), back
    )


@login_required
@require_http_methods(["GET", "POST"])
def specimen(request: HttpRequest) -> HttpResponse:
    """A code to train with, made when it is asked for."""
    checks_by_voice_or_404(request.user)
    code = make_specimen(by=request.user) if request.method == "POST" else None
    return render(request, "logistics/specimen.html", {"code": code})
