"""What a sender sees of what was received, disagreeing with it, and the answer."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from market.exceptions import Refused
from market.forms.refusals import show_refusal
from orders.logistics.actions.disputes import raise_dispute, refuse_dispute, uphold_dispute, withdraw_dispute
from orders.logistics.forms.receipts import AnswerForm, DisputeForm, ReversalForm, UpholdForm
from orders.logistics.permissions_receipts import (
    disputes_for,
    get_dispute,
    get_dispute_to_answer,
    get_load_with_receipts,
    get_receipt_to_dispute,
    require_seller,
    rights_on,
    sent_loads,
)
from orders.logistics.queries.disputes import dispute_page, disputes_page
from orders.logistics.queries.receiving import receipt_page, sent_page
from orders.logistics.views.answers import done_or_refused, first_error


@login_required
@require_GET
def sent(request: HttpRequest) -> HttpResponse:
    """Four statements beside the person's."""
    require_seller(request.user)
    page, rows = sent_page(sent_loads(request.user), request.GET.get("page"))
    return render(request, "logistics/sent.html", {"page": page, "rows": rows})


@login_required
@require_GET
def load_receipts(request: HttpRequest, pk: int) -> HttpResponse:
    """Loaded beside received. Four statements beside the person's."""
    load = get_load_with_receipts(request.user, pk)
    context = {
        "page": receipt_page(load),
        "rights": rights_on(request.user, load),
        "dispute_form": DisputeForm(),
        "reversal_form": ReversalForm(),
    }
    return render(request, "logistics/load_receipts.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def dispute_raise(request: HttpRequest, pk: int) -> HttpResponse:
    receipt = get_receipt_to_dispute(request.user, pk)
    form = DisputeForm(request.POST or None, request.FILES or None)

    def do() -> Any:
        values = form.cleaned_data
        return raise_dispute(
            receipt, why=values["why"], key=values["key"], photos=values["photos"] or (), by=request.user
        )

    answer = _done(request, form, do, _("异议已提交，买方会收到消息"), receipt.load_id)
    return answer or render(request, "logistics/dispute_raise.html", {"receipt": receipt, "form": form})


@login_required
@require_GET
def disputes(request: HttpRequest) -> HttpResponse:
    """Of the person's organisations; all for the commerce desk. Two statements beside the person's."""
    page = disputes_page(disputes_for(request.user), request.GET.get("page"))
    return render(request, "logistics/disputes.html", {"page": page})


@login_required
@require_GET
def dispute(request: HttpRequest, pk: int) -> HttpResponse:
    """Two statements beside the person's."""
    one = get_dispute(request.user, pk)
    context = {
        "page": dispute_page(one),
        "rights": rights_on(request.user, one.receipt.load),
        "form": AnswerForm(),
    }
    return render(request, "logistics/dispute.html", context)


@login_required
@require_POST
def dispute_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    one = get_dispute(request.user, pk)
    do = lambda: withdraw_dispute(one, by=request.user)  # noqa: E731
    return done_or_refused(request, do, _("异议已撤回"), ("logistics:dispute", pk))


@login_required
@require_POST
def dispute_refuse(request: HttpRequest, pk: int) -> HttpResponse:
    one = get_dispute_to_answer(request.user, pk)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        messages.error(request, first_error(form))
        return redirect("logistics:dispute", pk)
    answer = form.cleaned_data["answer"]
    do = lambda: refuse_dispute(one, answer=answer, by=request.user)  # noqa: E731
    return done_or_refused(request, do, _("已答复，记录不改"), ("logistics:dispute", pk))


@login_required
@require_http_methods(["GET", "POST"])
def dispute_uphold(request: HttpRequest, pk: int) -> HttpResponse:
    """The form says what the receipt should have said."""
    one = get_dispute_to_answer(request.user, pk)
    form = UpholdForm(request.POST, request.FILES) if request.method == "POST" else UpholdForm.of(one.receipt)

    def do() -> Any:
        values = form.cleaned_data
        right = form.facts() | {"photos": values["photos"] or ()}
        return uphold_dispute(one, answer=values["answer"], right=right, key=values["key"], by=request.user)

    answer = _done(request, form, do, _("收货记录已更正"), one.receipt.load_id)
    return answer or render(request, "logistics/dispute_uphold.html", {"dispute": one, "form": form})


def _done(request: HttpRequest, form: Any, do: Callable[[], Any], done: str, load_id: int) -> HttpResponse | None:
    """On to the load's receipts when it is done; None to show the form (again)."""
    if not form.is_bound or not form.is_valid():
        return None
    try:
        do()
    except Refused as refusal:
        show_refusal(form, refusal)
        return None
    messages.success(request, done)
    return redirect("logistics:load_receipts", load_id)
