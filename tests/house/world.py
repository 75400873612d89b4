"""One of everything, so that every address of the table leads somewhere."""

import uuid
from typing import Any

from market.models import Lot
from orders.actions.relays import read_relay
from orders.logistics.actions.disputes import raise_dispute
from orders.logistics.actions.papers import print_papers
from orders.logistics.actions.rescues import rescue
from orders.logistics.actions.seals import put_seal
from orders.logistics.actions.trips import add_trip
from orders.logistics.actions.visits import record_visits
from orders.models import Stall, StallAlias
from tests.cast import Cast
from tests.factories.areas import make_area
from tests.factories.ceilings import make_ceiling
from tests.factories.checkpoints import make_checkpoint, make_scan
from tests.factories.evidence import make_evidence
from tests.factories.logistics import Day, commit, make_day, make_health_check, make_pass
from tests.factories.matching import make_run
from tests.factories.orders import make_dock, make_hold, make_pledge, stalls
from tests.factories.passes import make_office, sign_by_hand
from tests.factories.receipts import make_receipt, on_the_road
from tests.factories.road import break_down, fetch
from tests.factories.standing import make_standing
from tests.factories.talks import make_answer, make_demand


def make_world(cast: Cast, reference: dict[str, Any]) -> dict[str, Any]:
    """The household's loofah is on the board; the supermarket's pledge of it is planned on a trip of the carrier."""
    day = make_day(cast, reference)
    pledge, moving = day.pledge("1000斤"), day.pledge("500斤")
    sheet = make_pledge(
        day.lot, make_dock(cast.association), "100斤", by=cast.association_clerk, lines=stalls("60斤", "40斤")
    )
    trip = _trip(day, cast)
    demand = make_demand(reference["loofah"], day.dock, by=cast.buyer, first_day=day.lot.day, last_day=day.lot.day)
    return {
        "listing": day.listing,
        "ceiling": make_ceiling(reference["loofah"], "9.90", by=cast.commerce_desk),
        "lot": day.lot,
        "dock": day.dock,
        "pledge": pledge,
        "moving": moving,
        "sheet": sheet,
        "demand": demand,
        "offer": make_answer(demand, day.lot, by=cast.farmer),
        "standing": make_standing(day.listing, day.dock, by=cast.buyer),
        "truck": trip.truck,
        "driver": trip.driver,
        "green_pass": trip.truck.passes.get(),
        "office": make_office(cast),
        "pass_code": sign_by_hand(trip, by=cast.dispatcher),
        "area": make_area(day.dock.place, by=cast.dispatcher, is_closed=False),
        "run": trip.run,
        "match": make_run(cast.commerce_desk),
        "trip": trip,
        "stop": trip.stops.order_by("position").first(),
        "load": trip.loads.order_by("pk").first(),
        "evidence": make_evidence(trip, by=cast.dispatcher, load=trip.loads.order_by("pk").first()),
        "paper": print_papers(trip, by=cast.dispatcher)[0],
        **_received(day, cast),
        **_checked(cast),
        **_association(day, cast),
        **_on_the_road(day, cast),
    }


def _trip(day: Day, cast: Cast) -> Any:
    truck = day.truck()
    make_pass(truck, day.day, by=cast.dispatcher)
    make_health_check(truck.driver, by=cast.dispatcher)
    return commit(day)[0]


def _received(day: Day, cast: Cast) -> dict[str, Any]:
    """A part of another pledge was refused, and the household does not agree."""
    receipt = make_receipt(on_the_road(day, day.pledge("200斤")), cast.buyer, accepted=50_000, rejected=50_000)
    dispute = raise_dispute(receipt, why="装车时都是好的", key=uuid.uuid4(), by=cast.farmer)
    return {"receipt": receipt, "dispute": dispute}


def _checked(cast: Cast) -> dict[str, Any]:
    """A code nobody issued was seen at the checkpoint."""
    checkpoint = make_checkpoint(cast.checkpoint)
    scan = make_scan(uuid.uuid4(), checkpoint, cast.officer, token="ab" * 8)
    visit = record_visits(checkpoint, scan.device, [scan], by=cast.officer)[0].visit
    return {"checkpoint": checkpoint, "visit": visit, "alarm": visit.alarms.get()}


def _on_the_road(day: Day, cast: Cast) -> dict[str, Any]:
    """A truck that stands with goods under a seal, and another one that is to take them on."""
    pledge, trucks = day.pledge("300斤"), [day.truck(), day.truck()]
    for truck in trucks:
        make_pass(truck, day.day, by=cast.dispatcher)
    trip = add_trip(day.day, trucks[0], [(pledge.allocations.get().pk, None)], by=cast.dispatcher)
    load = fetch(trip.loads.get())
    seal = put_seal(trip, "ZZ300001", by=cast.dispatcher)
    breakdown = break_down(trip, by=cast.dispatcher)
    made = rescue(breakdown, trucks[1], {load.pk: load.loaded_g}, by=cast.dispatcher)
    return {"seal": seal, "breakdown": breakdown, "taken": made.loads.get()}


def _association(day: Day, cast: Cast) -> dict[str, Any]:
    """A hold and a relay text of the association, and a stall its group calls otherwise."""
    stall = Stall.objects.create(association=cast.association, name="建宁菜场老李")
    alias = StallAlias.objects.create(association=cast.association, alias="李老板", stall=stall)
    lot = Lot.objects.select_related("listing__produce").get(pk=day.lot.pk)
    reading = read_relay(
        association=cast.association, lot=lot, text="1. 老李 100斤", unit="斤", by=cast.association_clerk
    )
    hold = make_hold(day.lot, cast.association.docks.get(), by=cast.association_clerk)
    return {"stall": stall, "alias": alias, "reading": reading, "hold": hold}
