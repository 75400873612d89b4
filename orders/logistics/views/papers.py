"""Printing the papers of a trip, and ticking off the signed ones that came back."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from market.exceptions import Refused
from market.forms.refusals import show_refusal
from orders.logistics.actions.papers import print_papers, take_back_paper
from orders.logistics.forms.papers import PaperBackForm
from orders.logistics.paper_pack import make_pack
from orders.logistics.permissions import get_trip
from orders.logistics.permissions_receipts import get_paper, papers_for
from orders.logistics.queries.papers import pack_facts, papers_out


@login_required
@require_http_methods(["GET", "POST"])
def paper_pack(request: HttpRequest, pk: int) -> HttpResponse:
    """All papers as one PDF. Sent by the button (POST), the signed ones are expected back; looked at again, nothing changes."""
    trip = get_trip(request.user, pk)
    if request.method == "POST":
        print_papers(trip, by=request.user)
    url = request.build_absolute_uri(reverse("logistics:trip", args=[pk]))
    response = HttpResponse(make_pack(pack_facts(trip), url), content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="papers-{pk}.pdf"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


@login_required
@require_GET
def papers(request: HttpRequest) -> HttpResponse:
    """Signed papers that are still out. Two statements beside the person's."""
    page = papers_out(papers_for(request.user), request.GET.get("page"))
    return render(request, "logistics/papers.html", {"page": page})


@login_required
@require_http_methods(["GET", "POST"])
def paper_back(request: HttpRequest, pk: int) -> HttpResponse:
    paper = get_paper(request.user, pk)
    form = PaperBackForm(request.POST or None, request.FILES or None)
    if form.is_bound and form.is_valid():
        values = form.cleaned_data
        try:
            take_back_paper(paper, key=values["key"], scans=values["photos"] or (), by=request.user)
        except Refused as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("单据已收回"))
            return redirect("logistics:papers")
    return render(request, "logistics/paper_back.html", {"paper": paper, "form": form})
