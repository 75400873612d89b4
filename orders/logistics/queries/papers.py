"""What the papers of a trip are made of, and which signed ones are still out."""

from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet

from orders.logistics.models import Paper, PassCode, Seal, Trip, TripOverride
from orders.logistics.queries.tolls import LegForecast, forecast_of, toll_rules
from orders.logistics.queries.trips import TripSheet, sheet_of

PAPERS_A_PAGE = 40


@dataclass(frozen=True)
class PackFacts:
    """Everything the pack prints. `code` is None where the trip needs no pass or has none."""

    sheet: TripSheet
    code: PassCode | None
    overrides: list[TripOverride]
    seals: list[str]
    tolls: list[LegForecast]


def live_code(trip: Trip) -> PassCode | None:
    """One statement."""
    codes = PassCode.objects.live().filter(trip=trip)
    return codes.select_related("green_pass__from_place", "green_pass__to_place").first()


def pack_facts(trip: Trip) -> PackFacts:
    """Of a trip the caller may see. Nine statements."""
    sheet = sheet_of(trip)
    seals = Seal.objects.filter(trip=trip, broken_at=None).values_list("number", flat=True)
    overrides = TripOverride.objects.filter(trip=trip).select_related("by")
    tolls = forecast_of(sheet, toll_rules(trip.day))
    return PackFacts(sheet, live_code(trip), list(overrides), list(seals), tolls)


def papers_of(trip: Trip) -> list[Paper]:
    """One statement."""
    return list(Paper.objects.filter(trip=trip).order_by("kind", "copy"))


def papers_out(papers: QuerySet[Paper], number: str | int | None) -> Page:
    """Printed and not back, the oldest first. Two statements."""
    out = papers.filter(printed_at__isnull=False, returned_at=None).select_related("trip__truck", "trip__driver")
    return Paginator(out.order_by("trip__day", "pk"), PAPERS_A_PAGE).get_page(number)
