"""The scenes on the road: the plan of the day is made and taken, trucks load and leave, buyers count what came."""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from cms.demo.company import Company, check_drivers, check_drivers_again
from cms.demo.matching import ask_in_the_morning
from cms.demo.selling import pledge_in_the_morning
from market.models import User
from orders.logistics.actions.clearing import clear_day
from orders.logistics.actions.planning import Committed, commit_plan, request_plan
from orders.logistics.actions.receipts import record_receipt
from orders.logistics.actions.road import arrive, depart, record_loaded
from orders.logistics.actions.solving import run_plan
from orders.logistics.enums import StopKind
from orders.logistics.models import Load, Stop, Trip

CURTAIN = dt.time(9)  # of the stage `moving`: what the trucks have done by then is done
BRUISED_G, SHORT_G = 20_000, 5_000


@dataclass(frozen=True, order=True)
class Scene:
    """Something that happens at an hour; `turn` keeps the order of what happens at the same hour."""

    moment: dt.datetime
    turn: int
    act: Callable[[], object]


def plan_the_day(company: Company) -> Committed:
    """On the eve the drivers are checked, and the dispatcher makes a plan of the day and takes it."""
    company.clock.at(-1, 20)
    check_drivers(company)
    company.clock.at(-1, 20, 30)
    run = request_plan(company.clock.day, by=company.person("dispatcher"))
    # Here and now, not in the background: the play goes on only when the plan is there.
    done = commit_plan(run_plan(run.pk), by=company.person("dispatcher"))
    clear_day(company.clock.day, by=company.person("dispatcher"))
    return done


def play_the_day(company: Company, *, until: dt.time | None = None) -> None:
    """Tests, fresh pledges and every halt at its planned hour, up to `until` or to the end of the day."""
    clock = company.clock
    scenes = [
        Scene(clock.moment(0, dt.time(4, 40)), 0, partial(check_drivers_again, company)),
        Scene(clock.moment(0, dt.time(7, 30)), 0, partial(pledge_in_the_morning, company)),
        Scene(clock.moment(0, dt.time(7, 40)), 0, partial(ask_in_the_morning, company)),
        *_on_the_road(company),
    ]
    for scene in sorted(scenes, key=lambda scene: (scene.moment, scene.turn)):
        if until is None or scene.moment <= clock.moment(0, until):
            clock.go(scene.moment)
            scene.act()


def _on_the_road(company: Company) -> Iterator[Scene]:
    """Each halt of each trip: the truck comes when it is planned, and leaves when the goods are on or off."""
    loads = list(Load.objects.live().filter(trip__day=company.clock.day).order_by("pk"))
    bruised, short = company.rng.sample([load.pk for load in loads], 2)
    turn = 1
    for trip in Trip.objects.filter(day=company.clock.day).prefetch_related("stops").order_by("starts_at", "pk"):
        for stop in sorted(trip.stops.all(), key=lambda stop: stop.position):
            here = [load for load in loads if stop.pk in (load.pickup_id, load.delivery_id)]
            busy = dt.timedelta(minutes=5 + sum(load.planned_g for load in here) // 100_000)
            yield Scene(stop.planned_at, turn, partial(_arrive, stop))
            yield Scene(stop.planned_at + busy, turn + 1, partial(_leave, company, stop, bruised, short))
            turn += 2


def _driver(stop: Stop) -> User:
    return User.objects.get(driver__trips=stop.trip_id)


def _arrive(stop: Stop) -> None:
    arrive(stop, by=_driver(stop))


def _leave(company: Company, stop: Stop, bruised: int, short: int) -> None:
    if stop.kind == StopKind.PICKUP:
        for load in Load.objects.live().filter(pickup=stop).order_by("pk"):
            record_loaded(load, load.planned_g, by=_driver(stop))
    else:
        for load in Load.objects.live().filter(delivery=stop).select_related("allocation__pledge").order_by("pk"):
            _receive(company, load, bruised, short)
    # Counting the last load completes the trip: nothing is left to drive away with.
    if Trip.objects.open().filter(pk=stop.trip_id).exists():
        depart(stop, by=_driver(stop))


def _receive(company: Company, load: Load, bruised: int, short: int) -> None:
    """Nearly everything is accepted; one load has bruised goods, one comes a little short."""
    came = load.loaded_g or 0
    rejected = BRUISED_G if load.pk == bruised and came > BRUISED_G else 0
    missing = SHORT_G if load.pk == short and came > SHORT_G else 0
    buyer = next(key for key, party in company.parties.items() if party.pk == load.allocation.pledge.buyer_id)
    record_receipt(
        load,
        accepted=came - rejected - missing,
        rejected=rejected,
        missing=missing,
        reason="筐底压坏了几斤，退回" if rejected else "过秤少了几斤" if missing else "",
        key=company.key(),
        by=company.manager_of(buyer),
    )
