"""The places where passes are checked, set up by the bureau."""

import datetime as dt

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from market.exceptions import Refused
from market.forms.refusals import show_refusal
from orders.logistics.actions.checkpoints import change_checkpoint, open_checkpoint
from orders.logistics.forms.checkpoints import CheckpointForm, as_it_is
from orders.logistics.permissions_checkpoints import get_checkpoint, set_up_or_404
from orders.logistics.queries.visits import checkpoint_rows

COUNTED = dt.timedelta(days=1)


@login_required
@require_GET
def checkpoints(request: HttpRequest) -> HttpResponse:
    """Two statements beside the person's."""
    set_up_or_404(request.user)
    rows = checkpoint_rows(timezone.now() - COUNTED)
    return render(request, "logistics/checkpoints.html", {"rows": rows})


@login_required
@require_http_methods(["GET", "POST"])
def checkpoint_new(request: HttpRequest) -> HttpResponse:
    """Two statements beside the person's."""
    set_up_or_404(request.user)
    form = CheckpointForm(request.POST or None)
    if form.is_bound and form.is_valid():
        try:
            made = open_checkpoint(form.facts(), by=request.user)
        except Refused as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("查验点“%(name)s”已设好") % {"name": made.name})
            return redirect("logistics:checkpoints")
    return render(request, "logistics/checkpoint_form.html", {"form": form})


@login_required
@require_http_methods(["GET", "POST"])
def checkpoint_change(request: HttpRequest, pk: int) -> HttpResponse:
    """Three statements beside the person's."""
    one = get_checkpoint(request.user, pk)
    form = CheckpointForm(request.POST or None, initial=as_it_is(one))
    if form.is_bound and form.is_valid():
        try:
            change_checkpoint(one, form.facts(), by=request.user)
        except Refused as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("查验点“%(name)s”已保存") % {"name": one.name})
            return redirect("logistics:checkpoints")
    return render(request, "logistics/checkpoint_form.html", {"form": form, "checkpoint": one})
