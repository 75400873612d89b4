"""Statements: one organisation's overview, the lines between two, the files, and an adjustment."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from market.exceptions import Refused
from market.models import Organisation
from market.views.imports import XLSX
from orders.logistics.actions.statements import adjust_statement
from orders.logistics.exceptions import OnlyAtOwnCost
from orders.logistics.forms.statements import AdjustmentForm, period_asked
from orders.logistics.permissions import (
    adjustable_ways,
    get_statement_organisation,
    get_statement_sides,
    statement_organisations,
)
from orders.logistics.queries.statements import (
    SELLER,
    SIDES,
    Period,
    everybody,
    lines_of,
    overview_of,
    received_pledges,
    side_of,
    statement_page,
    sum_of,
)
from orders.logistics.statement_files import Statement, make_pdf, make_xlsx

PER_PAGE = 50


@login_required
@require_GET
def statements(request: HttpRequest) -> HttpResponse:
    """One organisation's; the commerce desk first sees everybody's. Four statements beside the person's."""
    own = statement_organisations(request.user)
    form, period = period_asked(request.GET, timezone.localdate())
    asked = request.GET.get("organisation", "")
    if not asked.isdecimal() and not own:
        return _everybody(request, form, period)
    pk = int(asked[:18]) if asked.isdecimal() else own[0].pk
    organisation = get_statement_organisation(request.user, pk)
    overview = overview_of(organisation, period)
    context = {"form": form, "overview": overview, "own": own, "side": side_of(organisation), "total": overview.total}
    return render(request, "logistics/statements.html", context)


def _everybody(request: HttpRequest, form: Any, period: Period) -> HttpResponse:
    side = request.GET.get("side") if request.GET.get("side") in SIDES else SELLER
    rows = everybody(period, side)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {"form": form, "period": period, "side": side, "page": page, "total": sum_of(one for _who, one in rows)}
    return render(request, "logistics/statements_all.html", context)


@login_required
@require_GET
def statement(request: HttpRequest, seller: int, buyer: int) -> HttpResponse:
    """The lines between two, by day. Four statements beside the person's."""
    sides = get_statement_sides(request.user, seller, buyer)
    form, period = period_asked(request.GET, timezone.localdate())
    total, page, days = statement_page(period, _keys(*sides), request.GET.get("page"))
    context = {"form": form, "period": period, "page": page, "total": total, "days": days}
    return render(request, "logistics/statement.html", {**context, "seller": sides[0], "buyer": sides[1]})


def _keys(seller: Organisation, buyer: Organisation) -> dict[str, int]:
    return {"seller": seller.pk, "buyer": buyer.pk}


@login_required
@require_GET
def statement_pdf(request: HttpRequest, seller: int, buyer: int) -> HttpResponse:
    """To print and sign. Three statements beside the person's."""
    return _file(request, seller, buyer, make_pdf, "application/pdf", "pdf")


@login_required
@require_GET
def statement_xlsx(request: HttpRequest, seller: int, buyer: int) -> HttpResponse:
    """To count with. Three statements beside the person's."""
    return _file(request, seller, buyer, make_xlsx, XLSX, "xlsx")


def _file(request: HttpRequest, seller: int, buyer: int, make: Any, kind: str, ending: str) -> HttpResponse:
    sides = get_statement_sides(request.user, seller, buyer)
    _form, period = period_asked(request.GET, timezone.localdate())
    said = Statement(*sides, period, lines_of(period, _keys(*sides)))
    try:
        content = make(said)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect(f"{reverse('logistics:statement', args=[seller, buyer])}?{request.GET.urlencode()}")
    response = HttpResponse(content, content_type=kind)
    way = "inline" if ending == "pdf" else "attachment"
    response.headers["Content-Disposition"] = f'{way}; filename="{said.name}.{ending}"'
    return response


@login_required
@require_http_methods(["GET", "POST"])
def adjustment_new(request: HttpRequest, seller: int, buyer: int) -> HttpResponse:
    """A new line at the cost of whoever writes it."""
    sides = get_statement_sides(request.user, seller, buyer)
    ways = adjustable_ways(request.user, *sides)
    posted = request.POST if request.method == "POST" else None
    form = AdjustmentForm(posted, ways=ways, pledges=received_pledges(*sides))
    if form.is_bound and form.is_valid():
        try:
            adjust_statement(*sides, by=request.user, **form.facts())
        except Refused as refusal:
            field = "way" if isinstance(refusal, OnlyAtOwnCost) else refusal.field
            form.add_error(field if field in form.fields else None, str(refusal))
        else:
            messages.success(request, _("已记在今天的对账单上，对方会收到消息"))
            return redirect("logistics:statement", seller, buyer)
    context = {"form": form, "seller": sides[0], "buyer": sides[1], "ways": ways}
    return render(request, "logistics/adjustment_new.html", context)
