"""The keys that sign: what there is, and withdrawing one."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from market.exceptions import Refused
from orders.logistics.actions.bundles import publish_bundle
from orders.logistics.actions.code_upkeep import drill
from orders.logistics.forms.codes import WithdrawForm
from orders.logistics.permissions_passes import get_key, keys_or_404
from orders.logistics.queries.bundles import current_bundle
from orders.logistics.queries.signer_keys import key_rows
from orders.logistics.views.answers import first_error


@login_required
@require_GET
def keys(request: HttpRequest) -> HttpResponse:
    """Two statements beside the person's: the keys, the latest bundle."""
    keys_or_404(request.user)
    return render(request, "logistics/keys.html", {"rows": key_rows(), "bundle": current_bundle()})


@login_required
@require_POST
def key_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """The drill: the key is gone, live codes are signed anew, devices are told."""
    key, form = get_key(request.user, pk), WithdrawForm(request.POST)
    if not form.is_valid():
        messages.error(request, first_error(form))
        return redirect("logistics:keys")
    try:
        count = drill(key, reason=form.cleaned_data["reason"], by=request.user)
        publish_bundle()
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("密钥已撤销，%(count)s 个通行码已用新密钥重签") % {"count": count})
    return redirect("logistics:keys")
