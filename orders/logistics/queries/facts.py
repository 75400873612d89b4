"""When the last thing happened that was reported of a trip."""

import datetime as dt
from collections.abc import Collection
from uuid import UUID

from django.db.models import F, Max

from orders.logistics.models import RoadReport, Trip

TOLERANCE = dt.timedelta(minutes=2)  # two clocks are never quite alike
BUILT_ON = ("arrive", "loaded", "taken", "not_loaded", "handover", "seal", "depart", "repaired")


def newest_fact(trip: Trip, *, but: Collection[UUID] = ()) -> dt.datetime | None:
    """The latest arrival, departure or other report of the trip that what comes next builds on. Two statements.

    Loading has no column of its own: its time is that of its report, as the phone has it. Of a phone that was ahead of us when
    it reported, only arrivals and departures count, whose times were put right. `but`: keys of reports that do not count.
    """
    stops = trip.stops.aggregate(arrived=Max("arrived_at"), departed=Max("departed_at"))
    reports = RoadReport.objects.filter(trip=trip, refusal="", verb__in=BUILT_ON).exclude(key__in=but)
    reported = reports.filter(made_at__lte=F("received_at") + TOLERANCE).aggregate(made=Max("made_at"))
    return max((time for time in (*stops.values(), *reported.values()) if time is not None), default=None)
