"""What a buyer is to receive, and receiving it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from market.exceptions import Refused
from orders.logistics import exceptions as refusals
from orders.logistics.actions.receipts import record_receipt
from orders.logistics.forms.trips import ReceiptForm
from orders.logistics.permissions import get_load_to_receive, loads_to_receive
from orders.logistics.queries.receiving import Incoming, incoming_of, left_of, receipts_of
from orders.permissions import require_buyer

FIELDS_OF_REFUSALS = {refusals.ReasonNeeded: "reason", refusals.MoreThanLoaded: "accepted"}


@login_required
@require_GET
def receiving(request: HttpRequest) -> HttpResponse:
    """Two statements beside the person's."""
    require_buyer(request.user)
    waiting, done = incoming_of(loads_to_receive(request.user), timezone.localdate())
    return render(request, "logistics/receiving.html", {"waiting": waiting, "done": done})


@login_required
@require_http_methods(["GET", "POST"])
def receipt(request: HttpRequest, pk: int) -> HttpResponse:
    """One load: what was received of it, and the form for the rest."""
    load = get_load_to_receive(request.user, pk)
    left_g = left_of(load)
    form = ReceiptForm(request.POST) if request.method == "POST" else ReceiptForm.offered(left_g)
    if form.is_bound and form.is_valid():
        try:
            record_receipt(load, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(FIELDS_OF_REFUSALS.get(type(refusal)), str(refusal))
        else:
            messages.success(request, _("收货已记下"))
            return redirect("logistics:receiving")
    context = {"row": Incoming(load, left_g), "form": form, "receipts": receipts_of(load)}
    return render(request, "logistics/receipt.html", context)
