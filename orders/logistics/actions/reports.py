"""What a driver's phone sends, at once or hours later: each report is carried out once, and says what became of it.

One table, verb → action. The page without a script sends its forms through the same table.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from market.exceptions import Refused
from market.models import User
from market.permissions import require
from orders.logistics.actions.breakdowns import end_breakdown, report_breakdown
from orders.logistics.actions.evidence import clean_pictures, keep_pictures
from orders.logistics.actions.handovers import hand_over
from orders.logistics.actions.problems import report_problem
from orders.logistics.actions.road import arrive, depart, record_loaded, record_not_loaded
from orders.logistics.actions.seals import put_seal
from orders.logistics.actions.taking_on import take_on
from orders.logistics.enums import BreakdownState, EvidenceKind, RoadProblem
from orders.logistics.exceptions_reports import NotOnYourTrips, NotUnderstood, PhotoMissing
from orders.logistics.exceptions_road import BreakdownOver
from orders.logistics.models import Breakdown, Load, RoadReport, Stop, Trip
from orders.logistics.permissions import can_drive
from orders.logistics.permissions_receipts import can_add_evidence
from orders.logistics.queries.facts import TOLERANCE, newest_fact

DONE, REFUSED, WAITING = "done", "refused", "waiting"
LONGEST_REFUSAL = RoadReport._meta.get_field("refusal").max_length


@dataclass(frozen=True)
class Report:
    """`facts` are checked for shape; `stop` or `load` in them is a number that may name anything. `made_at` is the phone's time."""

    key: UUID
    verb: str
    facts: Mapping[str, Any]
    made_at: dt.datetime
    photo: Any = None
    fault: str = ""  # what is wrong with the facts, where something is


@dataclass(frozen=True)
class Answer:
    key: UUID
    state: str
    sentence: str = ""


@dataclass(frozen=True)
class Doing:
    """A report with what it is about, fetched, and the time it counts from."""

    report: Report
    stop: Stop
    load: Any  # a Load, wherever the verb's form asks for one
    at: dt.datetime
    by: User

    @property
    def key(self) -> UUID:
        return self.report.key

    def __getitem__(self, name: str) -> Any:
        return self.report.facts.get(name)


@dataclass(frozen=True)
class Verb:
    """`ordered`: what follows on the same trip makes no sense before this is done."""

    do: Callable[[Doing], Any]
    ordered: bool = True


def _photo(doing: Doing) -> None:
    if doing.report.photo is None:
        raise PhotoMissing
    trip = doing.stop.trip
    require(can_add_evidence(doing.by, EvidenceKind.ROAD, trip))
    keep_pictures([doing.report.photo], kind=EvidenceKind.ROAD, trip=trip, key=doing.key, by=doing.by, stop=doing.stop)


def _handover(doing: Doing) -> None:
    said = {"code": doing["code"] or "", "reason": doing["reason"] or ""}
    hand_over(doing.stop, key=doing.key, by=doing.by, at=doing.at, **said)


def _taken(doing: Doing) -> None:
    said: dict[str, Any] = {"reason": doing["reason"] or "", "key": doing.key, "by": doing.by, "at": doing.at}
    take_on(doing.load, doing["quantity"], **said)


def _repaired(doing: Doing) -> None:
    breakdown = Breakdown.objects.filter(trip=doing.stop.trip, state=BreakdownState.OPEN).first()
    if breakdown is None:
        raise BreakdownOver
    end_breakdown(breakdown, by=doing.by, at=doing.at)


def _problem(doing: Doing) -> None:
    """A truck that stands is near the stop it goes to or is at; better is where the phone says it is."""
    stop = doing.stop
    if doing["kind"] == RoadProblem.BREAKDOWN:
        where = {"lat": doing["lat"], "lon": doing["lon"], "address": stop.address if stop.arrived_at else ""}
        said = {"what": doing["note"], "key": doing.key, "by": doing.by, "at": doing.at}
        report_breakdown(stop.trip, place=stop.place, **said, **where)
        return
    report_problem(doing.stop, RoadProblem(doing["kind"]), note=doing["note"], key=str(doing.key), by=doing.by)


VERBS: dict[str, Verb] = {
    "arrive": Verb(lambda d: arrive(d.stop, by=d.by, at=d.at)),
    "loaded": Verb(lambda d: record_loaded(d.load, d["quantity"], by=d.by, at=d.at)),
    "taken": Verb(_taken),
    "not_loaded": Verb(lambda d: record_not_loaded(d.load, reason=d["reason"], by=d.by)),
    "handover": Verb(_handover),
    "seal": Verb(lambda d: put_seal(d.stop.trip, d["number"], by=d.by, at=d.at)),
    "depart": Verb(lambda d: depart(d.stop, by=d.by, at=d.at)),
    "repaired": Verb(_repaired),
    "problem": Verb(_problem, ordered=False),
    "photo": Verb(_photo, ordered=False),
}


@dataclass
class Round:
    """Reports taken in order; after a refusal the later ones of that trip wait, because each builds on the one before."""

    by: User
    say: Callable[[Refused], str] = str
    ahead: dt.timedelta = dt.timedelta(0)  # how far the phone's clock is ahead of ours
    held: set[int] = field(default_factory=set)

    def take(self, report: Report) -> Answer:
        """Carry the report out, unless it was before or waits for another. A repeat is answered as the first was.

        What the report changes, `RoadReport` and its answer are written together. Raises nothing of `Refused`.
        """
        first = RoadReport.objects.filter(user=self.by, key=report.key).first()
        if first is None:
            thing = _find(report, self.by)
            if thing is not None and thing[0].trip_id in self.held and VERBS[report.verb].ordered:
                return Answer(report.key, WAITING)
            first = self._carry_out(report, thing)
        if first.refusal and first.trip_id and report.verb in VERBS and VERBS[report.verb].ordered:
            self.held.add(first.trip_id)
        return Answer(report.key, REFUSED if first.refusal else DONE, first.refusal)

    def _carry_out(self, report: Report, thing: tuple[Stop, Load | None] | None) -> RoadReport:
        """Written before it is done: of the same report sent twice at once the second waits here for the first."""
        report, bad = _tidied(report)
        with transaction.atomic():
            try:
                with transaction.atomic():
                    row = _write(report, thing[0].trip if thing else None, self.by)
            except IntegrityError:
                return RoadReport.objects.get(user=self.by, key=report.key)
            try:
                self._do(report, thing, bad)
            except Refused as refusal:
                row.refusal = self.say(refusal)[:LONGEST_REFUSAL]
                row.save(update_fields=["refusal"])
            return row

    @transaction.atomic
    def _do(self, report: Report, thing: tuple[Stop, Load | None] | None, bad: Refused | None) -> None:
        if thing is None or bad:
            raise bad or NotOnYourTrips
        stop, load = thing
        at = moment(report.made_at - self.ahead, stop.trip, timezone.now(), key=report.key)
        VERBS[report.verb].do(Doing(report, stop, load, at, self.by))


def moment(made_at: dt.datetime, trip: Trip, now: dt.datetime, *, key: UUID | None = None) -> dt.datetime:
    """The phone's time where it can be true: not to come and not before the trip was made. Otherwise now.

    What is said to be older than the trip's newest fact counts from that one: each report builds on those before it, and a
    departure is judged by what was valid at its time. `key` is that of the report itself, which is written already.
    """
    if not trip.created_at <= made_at <= now + TOLERANCE:
        return now
    newest = newest_fact(trip, but=[key] if key else [])
    return min(max(made_at, newest or made_at), now)


def _find(report: Report, by: User) -> tuple[Stop, Load | None] | None:
    """The stop and maybe the load that the report is about, where the person drives or dispatches the trip."""
    load, stop = None, None
    if "load" in report.facts:
        rows = Load.objects.select_related("pickup__trip__driver", "pickup__trip__truck", "pickup__organisation")
        load = rows.filter(pk=report.facts["load"]).first()
        stop = load.pickup if load else None
    elif "stop" in report.facts:
        stops = Stop.objects.select_related("trip__driver", "trip__truck", "organisation", "place")
        stop = stops.filter(pk=report.facts["stop"]).first()
    if stop is None or not can_drive(by, stop.trip):
        return None
    return stop, load


def _tidied(report: Report) -> tuple[Report, Refused | None]:
    """What is wrong with the report by itself. Cleaning takes long: it is done before anything is locked."""
    if report.fault:
        return report, NotUnderstood(said=report.fault)
    if report.photo is None:
        return report, None
    try:
        return replace(report, photo=clean_pictures([report.photo])[0]), None
    except Refused as refusal:
        return report, refusal


def _write(report: Report, trip: Trip | None, by: User) -> RoadReport:
    facts = {name: value for name, value in report.facts.items() if isinstance(value, str | int | float)}
    return RoadReport.objects.create(
        key=report.key, user=by, trip=trip, verb=report.verb, facts=facts, made_at=report.made_at
    )
