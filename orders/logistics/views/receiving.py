"""What a buyer is to receive, receiving it, and taking a wrong receipt back."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from market.exceptions import Refused
from market.forms.refusals import show_refusal
from orders.logistics import exceptions as refusals
from orders.logistics.actions.receipt_reversals import reverse_receipt
from orders.logistics.actions.receipts import record_receipt
from orders.logistics.forms.receipts import ReceiptForm, ReversalForm
from orders.logistics.permissions import get_load_to_receive, loads_to_receive
from orders.logistics.permissions_receipts import get_receipt_to_reverse
from orders.logistics.queries.receiving import incoming_of, receipt_page
from orders.logistics.views.answers import done_or_refused, first_error
from orders.permissions import require_buyer

FIELDS_OF_REFUSALS = {refusals.MoreThanLoaded: "accepted"}


@login_required
@require_GET
def receiving(request: HttpRequest) -> HttpResponse:
    """Three statements beside the person's."""
    require_buyer(request.user)
    waiting, done = incoming_of(loads_to_receive(request.user), timezone.localdate())
    return render(request, "logistics/receiving.html", {"waiting": waiting, "done": done})


@login_required
@require_http_methods(["GET", "POST"])
def receipt(request: HttpRequest, pk: int) -> HttpResponse:
    """One load: what was received of it, and the form for the rest."""
    load = get_load_to_receive(request.user, pk)
    page = receipt_page(load)
    form = ReceiptForm(request.POST, request.FILES) if request.method == "POST" else ReceiptForm.offered(page.left_g)
    if form.is_bound and form.is_valid():
        photos, key = form.cleaned_data["photos"], form.cleaned_data["key"]
        try:
            record_receipt(load, by=request.user, key=key, photos=photos or (), **form.facts())
        except Refused as refusal:
            field = FIELDS_OF_REFUSALS.get(type(refusal))
            form.add_error(field, str(refusal)) if field else show_refusal(form, refusal)
        else:
            messages.success(request, _("收货已记下"))
            return redirect("logistics:receiving")
    return render(request, "logistics/receipt.html", {"page": page, "row": page.incoming, "form": form})


@login_required
@require_POST
def receipt_reverse(request: HttpRequest, pk: int) -> HttpResponse:
    """Back to the load's receipts, where the right ones are recorded anew."""
    one = get_receipt_to_reverse(request.user, pk)
    form = ReversalForm(request.POST)
    back = ("logistics:load_receipts", one.load_id)
    if not form.is_valid():
        messages.error(request, first_error(form))
        return redirect(*back)
    do = lambda: reverse_receipt(one, by=request.user, **form.cleaned_data)  # noqa: E731
    return done_or_refused(request, do, _("这笔收货已更正，请重新记一笔"), back)
