"""`python -m benchmarks.seed_ways PLEDGES LOTS`: tomorrow with so many pledges on so many lots; printed as JSON.

`python -m benchmarks.seed_ways match` computes the run of that day and carries it out, and prints how long each took.
`python -m benchmarks.seed_ways statements PATH SESSION…` counts the SQL statements of each page, asked twice.

One large seller has a twentieth of the lots, one large supermarket a tenth of the pledges: their pages are the worst there are.
Every third pledge has a stretch, and the association's are holds. Besides them there are open demands (an eighth as many), an
offer to each tenth demand, standing pledges (a fortieth as many), 300 stalls and 500 notices to a party. Written in bulk; `reconcile` finds nothing wrong.
"""

import datetime as dt
import json
import random
import sys
import time
import uuid
from decimal import Decimal
from typing import Any

import django

django.setup()

from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.utils import timezone  # noqa: E402

from benchmarks.seed_pages import BATCH, _gather_statistics, _sellers  # noqa: E402
from benchmarks.seed_pledges import organisation, session_of  # noqa: E402
from cms.groups import make_desks  # noqa: E402
from market.actions.lots import best_before  # noqa: E402
from market.enums import Grade, OrganisationKind, PlaceLevel, PriceUnit, Role, VerificationState  # noqa: E402
from market.models import Event, Listing, Lot, Membership, Notice, Organisation, Place, Produce, User  # noqa: E402
from market.pricing import listing_price_per_kg  # noqa: E402
from orders.actions.committing import carry_out, commit_match  # noqa: E402
from orders.actions.computing import run_match  # noqa: E402
from orders.actions.matching import request_match  # noqa: E402
from orders.actions.policies import publish_first_policies  # noqa: E402
from orders.enums import OfferSide, PledgeState  # noqa: E402
from orders.models import (  # noqa: E402
    Allocation,
    Demand,
    Dock,
    MatchPolicy,
    Offer,
    Pledge,
    Stall,
    StandingPledge,
)

TOWNS = ("430202", "430203", "430204", "430211")  # the districts where buyers are
BUYERS = 200
STALLS = 300
OFFERED = (500_000, 1_000_000, 2_500_000, 10_000_000)
FROM, TO = dt.time(6), dt.time(10)


def tomorrow() -> dt.date:
    return timezone.localdate() + dt.timedelta(days=1)


def seed(pledges: int, lots: int) -> dict:
    chance = random.Random(pledges)
    people = _people()
    docks = _docks(chance, people["buyer"], people["clerk"])
    sold = _lots(chance, people["farmer"], lots)
    placed = _pledges(chance, people["buyer"], docks, sold, pledges)
    demands = _demands(chance, people["buyer"], docks, pledges // 8)
    _offers(chance, people["farmer"], sold, demands)
    _standing(chance, people["buyer"], docks, sold, pledges // 40)
    _notices(docks, sold)
    publish_first_policies()
    _gather_statistics()
    return {
        "lots": Lot.objects.count(),
        "pledges": Pledge.objects.count(),
        "demands": len(demands),
        "sessions": {name: session_of(user) for name, user in people.items()},
        "pledge": placed[0].pk,
        "demand": demands[0].pk,
        "lot": sold[0].pk,
        "standing": StandingPledge.objects.filter(buyer=docks[0].organisation).latest("pk").pk,
    }


def _people() -> dict[str, User]:
    names = ("farmer", "buyer", "clerk", "desk")
    people = {
        name: User.objects.create_user(f"+86136000000{number:02d}", name=name, phone_verified=True)
        for number, name in enumerate(names)
    }
    people["desk"].groups.add(make_desks()["commerce"])
    return people


def _docks(chance: random.Random, buyer: User, clerk: User) -> list[Dock]:
    """The first is the large supermarket's, the second the association's."""
    towns = [place for place in Place.objects.filter(level=PlaceLevel.TOWNSHIP) if place.pk[:6] in TOWNS]
    large = organisation("惠民超市", OrganisationKind.RETAILER, buyer, towns[0])
    association = organisation("市农贸市场协会", OrganisationKind.ASSOCIATION, clerk, towns[0])
    kinds = (OrganisationKind.RETAILER, OrganisationKind.WHOLESALE, OrganisationKind.CANTEEN)
    others = Organisation.objects.bulk_create(
        Organisation(
            name=f"采购单位{number}",
            kind=kinds[number % 3],
            place=chance.choice(towns),
            contact_name="李四",
            contact_phone="+8613800000000",
            verification=VerificationState.VERIFIED,
        )
        for number in range(BUYERS)
    )
    Stall.objects.bulk_create(Stall(association=association, name=f"{n} 号摊") for n in range(STALLS))
    return Dock.objects.bulk_create(
        Dock(organisation=one, name="北门", place=one.place, contact_name="收", contact_phone="+8613800000000")
        for one in (large, association, *others)
    )


def _lots(chance: random.Random, farmer: User, count: int) -> list[Lot]:
    places = list(Place.objects.filter(level__in=(PlaceLevel.TOWNSHIP, PlaceLevel.VILLAGE)))
    produce = list(Produce.objects.filter(is_active=True))
    sellers = _sellers(chance, places)
    Membership.objects.create(user=farmer, organisation=sellers[0], role=Role.MANAGER)
    listings = [_listing(chance, farmer, sellers, produce, places, number) for number in range(count)]
    Listing.objects.bulk_create(listings, batch_size=BATCH)
    rows = [
        Lot(
            listing=one,
            day=one.first_day,
            offered_g=one.quantity_per_day_g,
            best_before=best_before(one, one.first_day),
            seller_id=one.seller_id,
            produce_id=one.produce_id,
            kind=one.produce.kind,
            place_code=one.place_id,
            grade=one.grade,
            price_per_kg=listing_price_per_kg(one),
        )
        for one in listings
    ]
    return Lot.objects.bulk_create(rows, batch_size=BATCH)


def _listing(
    chance: random.Random,
    farmer: User,
    sellers: list[Organisation],
    produce: list[Produce],
    places: list[Place],
    number: int,
) -> Listing:
    grams = chance.choice(OFFERED)
    return Listing(
        live=True,
        seller=sellers[0] if number % 20 == 0 else chance.choice(sellers),
        produce=chance.choice(produce),
        place=chance.choice(places),
        variety=chance.choice(("", "", "本地种")),
        grade=chance.choice(Grade.values),
        quantity_per_day_g=grams,
        quantity_typed=f"{grams // 500}斤",
        minimum_g=chance.choice((None, None, None, 25_000)),
        first_day=tomorrow(),
        last_day=tomorrow(),
        price=None if chance.random() < 0.1 else Decimal(chance.randint(50, 400)) / 100,
        contact_name="张三",
        contact_phone="+8613800000000",
        created_by=farmer,
    )


def _pledges(chance: random.Random, buyer: User, docks: list[Dock], lots: list[Lot], count: int) -> list[Pledge]:
    """Of each lot at most four fifths, in equal parts; what the lot says is reserved is their sum."""
    each = -(-count // len(lots))
    rows = []
    for number in range(count):
        lot = lots[number % len(lots)]
        grams = lot.offered_g * 4 // 5 // each // 500 * 500
        lot.reserved_g += grams
        rows.append(_pledge(chance, buyer, docks[0] if number % 10 == 0 else chance.choice(docks[1:]), lot, grams))
    Pledge.objects.bulk_create(rows, batch_size=BATCH)
    Allocation.objects.bulk_create((Allocation(lot=row.lot, pledge=row, grams=row.firm_g) for row in rows), BATCH)
    Event.objects.bulk_create(
        (Event(subject="orders.pledge", subject_id=row.pk, verb="placed", grams=row.firm_g, by=buyer) for row in rows),
        batch_size=BATCH,
    )
    Lot.objects.bulk_update(lots, ["reserved_g"], batch_size=500)
    return rows


def _pledge(chance: random.Random, buyer: User, dock: Dock, lot: Lot, grams: int) -> Pledge:
    listing, is_hold = lot.listing, dock.organisation.kind == OrganisationKind.ASSOCIATION
    return Pledge(
        buyer=dock.organisation,
        lot=lot,
        day=lot.day,
        state=PledgeState.HELD if is_hold else PledgeState.PLACED,
        held_until=timezone.now() + dt.timedelta(hours=1) if is_hold else None,
        firm_typed=f"{grams // 500}斤",
        seller=lot.listing.seller,
        produce=listing.produce,
        variety=listing.variety,
        grade=listing.grade,
        place=listing.place,
        price=listing.price,
        price_unit=listing.price_unit,
        **_wish(dock, buyer, grams, grams * chance.choice((2, 2, 3)) // 2),
    )


def _wish(dock: Dock, by: User, firm: int, most: int) -> dict[str, Any]:
    hours = {"window_from": FROM, "window_to": TO}
    return {"firm_g": firm, "most_g": most, "dock": dock, "key": uuid.uuid4(), "placed_by": by, **hours}


def _demands(chance: random.Random, buyer: User, docks: list[Dock], count: int) -> list[Demand]:
    produce = list(Produce.objects.filter(is_active=True))
    rows = []
    for number in range(count):
        dock = docks[0] if number % 10 == 0 else chance.choice(docks[2:])
        jin = chance.choice((200, 500, 1000, 3000))
        rows.append(
            Demand(
                buyer=dock.organisation,
                produce=chance.choice(produce),
                grade_at_least=chance.choice(("", "", Grade.SECOND, Grade.FIRST)),
                price_at_most=chance.choice((None, Decimal("2.50"), Decimal("3.50"))),
                km_at_most=chance.choice((None, 60, 120)),
                first_day=tomorrow(),
                last_day=tomorrow(),
                is_whole=chance.random() < 0.2,
                firm_typed=f"{jin}斤",
                **_wish(dock, buyer, jin * 500, jin * chance.choice((500, 600))),
            )
        )
    return Demand.objects.bulk_create(rows, batch_size=BATCH)


def _offers(chance: random.Random, farmer: User, lots: list[Lot], demands: list[Demand]) -> None:
    of_produce: dict[int, list[Lot]] = {}
    for lot in lots:
        of_produce.setdefault(lot.produce_id, []).append(lot)
    rows = []
    for demand in demands[::10]:
        lot = chance.choice(of_produce[demand.produce_id])
        rows.append(
            Offer(
                lot=lot,
                buyer=demand.buyer,
                seller=lot.listing.seller,
                demand=demand,
                side=OfferSide.SELLER,
                price=Decimal("2.00"),
                price_unit=PriceUnit.JIN,
                firm_g=demand.firm_g,
                most_g=demand.firm_g,
                firm_typed=demand.firm_typed,
                dock=demand.dock,
                window_from=FROM,
                window_to=TO,
                expires_at=timezone.now() + dt.timedelta(hours=12),
                key=uuid.uuid4(),
                made_by=farmer,
            )
        )
    Offer.objects.bulk_create(rows, batch_size=BATCH)


def _standing(chance: random.Random, buyer: User, docks: list[Dock], lots: list[Lot], count: int) -> None:
    rows = []
    for number in range(count):
        dock, lot = docks[0] if number % 5 == 0 else chance.choice(docks), chance.choice(lots)
        rows.append(
            StandingPledge(
                buyer=dock.organisation,
                listing=lot.listing,
                first_day=lot.day,
                last_day=lot.day,
                firm_typed="20斤",
                price_per_kg=lot.price_per_kg,
                **_wish(dock, buyer, 10_000, 10_000),
            )
        )
    StandingPledge.objects.bulk_create(rows, batch_size=BATCH)


def _notices(docks: list[Dock], lots: list[Lot]) -> None:
    recipients = [docks[0].organisation_id, docks[1].organisation_id, lots[0].seller_id]
    Notice.objects.bulk_create(
        (
            Notice(
                recipient_id=pk,
                key=f"seeded-{number}",
                text="%(who)s 要 %(grams_g)s",
                facts={"who": "某店", "grams_g": 500},
            )
            for pk in recipients
            for number in range(500)
        ),
        batch_size=BATCH,
    )


def match() -> dict:
    """Wall seconds and this process's CPU seconds of computing and of carrying out, and what they came to."""
    desk = User.objects.get(name="desk")
    policy = MatchPolicy.objects.filter(kind="first_share").latest("version")
    began, cpu = time.perf_counter(), time.process_time()
    run = run_match(request_match(tomorrow(), policy, by=desk).pk)
    computed, computed_cpu = time.perf_counter() - began, time.process_time() - cpu
    commit_match(run, by=desk)
    began, cpu = time.perf_counter(), time.process_time()
    run = carry_out(run.pk)
    return {
        "run": run.pk,
        "computed_s": round(computed, 1),
        "computed_cpu_s": round(computed_cpu, 1),
        "carried_out_s": round(time.perf_counter() - began, 1),
        "carried_out_cpu_s": round(time.process_time() - cpu, 1),
        **{name: value for name, value in run.summary.items() if name not in ("by_produce", "commit")},
    }


def statements(asked: list[str]) -> dict:
    counts = {}
    for path, session in zip(asked[::2], asked[1::2], strict=True):
        client = Client(headers={"host": "127.0.0.1"})
        client.cookies["sessionid"] = session
        client.get(path)  # places and produce are read once in a process
        with CaptureQueriesContext(connection) as captured:
            status = client.get(path).status_code
        counts[path] = [status, len(captured)]
    return counts


if __name__ == "__main__":
    if sys.argv[1] == "match":
        print(json.dumps(match()))
    elif sys.argv[1] == "statements":
        print(json.dumps(statements(sys.argv[2:])))
    else:
        print(json.dumps(seed(int(sys.argv[1]), int(sys.argv[2]))))
