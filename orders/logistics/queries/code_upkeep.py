"""Which codes the clock has to look at."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import OuterRef, Subquery

from orders.logistics.enums import CodeEnd, CodeKind
from orders.logistics.models import Pass, PassCode, Trip
from orders.logistics.queries.code_grounds import CODED_TRIPS
from orders.logistics.queries.fitness import with_recent_checks


@dataclass(frozen=True)
class LiveCode:
    code: PassCode
    trip: Trip
    green_pass: Pass


def codes_to_review(at: dt.datetime, before: dt.datetime) -> Iterator[LiveCode]:
    """Live codes of trips cleared or under way that end before then, with all that decides about them. Three statements."""
    rows = PassCode.objects.live().filter(trip__state__in=CODED_TRIPS, expires_at__lte=before)
    rows = rows.exclude(kind=CodeKind.EMPTY_RETURN)
    rows = rows.select_related("green_pass", "trip__truck__carrier", "trip__driver__carrier", "trip__green_pass")
    for code in rows.prefetch_related("trip__overrides", with_recent_checks(at, "trip__driver__health_checks")):
        if code.trip is not None and code.green_pass is not None:
            yield LiveCode(code, code.trip, code.green_pass)


def trips_without_code() -> list[int]:
    """Cleared or running trips whose latest code was withdrawn because they were unfit. One statement."""
    latest = PassCode.objects.filter(trip=OuterRef("pk")).order_by("-pk")
    rows = Trip.objects.filter(state__in=CODED_TRIPS).annotate(last_end=Subquery(latest.values("end")[:1]))
    return list(rows.filter(last_end=CodeEnd.UNFIT).values_list("pk", flat=True))
