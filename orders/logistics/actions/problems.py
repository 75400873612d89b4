"""What holds a truck up but leaves it able to drive: a delay, a closed road. A truck that stands is `actions.breakdowns`."""

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_noop

from market.actions.events import record
from market.exceptions import WrongState
from market.models import User
from market.permissions import require
from orders.logistics import exceptions as refusals
from orders.logistics.actions.dispatch_notices import tell_desks
from orders.logistics.actions.locks import lock_one
from orders.logistics.enums import OPEN_TRIPS, RoadProblem
from orders.logistics.models import Stop, Trip
from orders.logistics.permissions import can_drive

TOLD = {
    RoadProblem.DELAY: gettext_noop("%(plate)s 要晚到“%(where)s”：%(note)s"),
    RoadProblem.ROAD_CLOSED: gettext_noop("%(plate)s 去“%(where)s”的路不通：%(note)s"),
    RoadProblem.OTHER: gettext_noop("%(plate)s 在去“%(where)s”的路上报告：%(note)s"),
}
VERBS = {
    RoadProblem.DELAY: "delayed",
    RoadProblem.ROAD_CLOSED: "road_closed",
    RoadProblem.OTHER: "problem",
}


@transaction.atomic
def report_problem(stop: Stop, kind: RoadProblem, *, note: str, key: str, by: User) -> Trip:
    """The problem on the way to this stop stands in the trip's history, and every dispatchers' desk has a notice.

    Locks: trip. The caller sees to it that one report is told once; desks are told once for each `key`.
    Raises: NotAllowed, WrongState, ReasonNeeded.
    """
    trip = lock_one(Trip, stop.trip_id)
    require(can_drive(by, trip))
    if trip.state not in OPEN_TRIPS:
        raise WrongState(state=trip.get_state_display())
    if refusals.no_reason_given(note):
        raise refusals.ReasonNeeded
    record(trip, VERBS[kind], by=by, reason=note)
    facts = {"plate": trip.truck.plate, "where": stop.organisation.name, "note": note}
    tell_desks(f"problem-{key}", TOLD[kind], url=reverse("logistics:trip", args=[trip.pk]), **facts)
    return trip
