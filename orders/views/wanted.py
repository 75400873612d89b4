"""What buyers want (求购), for everybody to read, and for sellers to answer."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from market.permissions import can_enter_for_others, selling_for
from market.views import options
from market.views.pages import shared_page
from orders.forms.demands import WantedFilter
from orders.permissions import buying_for
from orders.queries.demands import lots_for, public_demand, wanted_demands, wanted_page, with_rooms
from orders.queries.offers import own_offers_to


@require_safe
@shared_page
def wanted(request: HttpRequest) -> HttpResponse:
    """Three statements, and the five of a person who is logged in."""
    asked = WantedFilter(request.GET, queryset=wanted_demands())
    page, shown = wanted_page(asked.qs, request.GET.get("page"))
    typed = {name: asked.data.get(name, "")[:40] for name in ("produce", "county")}
    choices = {
        "produce": options.produce_options(typed["produce"]),
        "county": options.county_options(typed["county"]),
    }
    known = {"page": page, "demands": shown, "filter": asked, "options": choices, "today": timezone.localdate()}
    return render(request, "orders/wanted.html", known, using="django")


@require_safe
@shared_page
def wanted_demand(request: HttpRequest, pk: int) -> HttpResponse:
    """Two statements for everybody; two more for a seller, and the person's five."""
    demand = get_object_or_404(public_demand(), pk=pk)
    shown = with_rooms([demand])[0]
    sells = request.user.is_authenticated and bool(selling_for(request.user))
    known = {
        "shown": shown,
        "demand": demand,
        "sells": sells,
        "by_desk": can_enter_for_others(request.user),
        "is_own": demand.buyer_id in {one.pk for one in buying_for(request.user)},
        "lots": lots_for(request.user, demand) if sells else [],
        "offers": own_offers_to(request.user, demand) if sells else [],
    }
    return render(request, "orders/wanted_demand.html", known, using="django")
