"""`python -m benchmarks.seed_pages LOTS`: so many lots on the board, published long ago; printed as JSON.

`python -m benchmarks.seed_pages statements PATH…` counts the SQL statements of each page, asked twice by an anonymous reader.

Ten lots a listing, from two days ago to a week ahead, of all produce and townships; each second listing has a photograph,
each a line of history. Written in bulk, because publishing 10,000 listings as the bureau does takes an hour: nothing else is
measured here, and the rows are those publication would make.
"""

import datetime as dt
import json
import random
import sys
from decimal import Decimal

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.utils import timezone  # noqa: E402

from market.actions.lots import best_before, days_of  # noqa: E402
from market.enums import Grade, OrganisationKind, PlaceLevel, VerificationState  # noqa: E402
from market.models import Event, Listing, ListingPhoto, Lot, Organisation, Photo, Place, Produce, User  # noqa: E402
from market.pricing import listing_price_per_kg  # noqa: E402

DAYS = 10
FIRST = -2
SELLERS = 400
BATCH = 2000


def seed(lots: int) -> dict:
    chance = random.Random(lots)
    places = list(Place.objects.filter(level__in=(PlaceLevel.TOWNSHIP, PlaceLevel.VILLAGE)))
    produce = list(Produce.objects.filter(is_active=True))
    farmer = User.objects.create_user("+8613999999999", name="农户")
    sellers = _sellers(chance, places)
    photos = _photos(farmer)
    listings = [_listing(chance, farmer, sellers, produce, places) for _ in range(lots // DAYS)]
    Listing.objects.bulk_create(listings, batch_size=BATCH)
    ListingPhoto.objects.bulk_create(
        [ListingPhoto(listing=one, photo=chance.choice(photos), sort_order=0) for one in listings[::2]],
        batch_size=BATCH,
    )
    Event.objects.bulk_create(
        [Event(subject="market.listing", subject_id=one.pk, verb="published", by=farmer) for one in listings],
        batch_size=BATCH,
    )
    for start in range(0, len(listings), 500):
        Lot.objects.bulk_create(
            [lot for one in listings[start : start + 500] for lot in _lots(chance, one)], batch_size=BATCH
        )
    _gather_statistics()
    shown = Lot.objects.on_board().with_stock().order_by("best_before", "pk").values_list("pk", flat=True)[:240]
    return {"lots": Lot.objects.count(), "open": Lot.objects.on_board().count(), "shown": list(shown)}


def _sellers(chance: random.Random, places: list[Place]) -> list[Organisation]:
    return Organisation.objects.bulk_create(
        Organisation(
            name=f"{place.name_zh}第{number}农产品专业合作社",
            kind=OrganisationKind.COOPERATIVE,
            place=place,
            contact_name="张三",
            contact_phone="+8613800000000",
            verification=VerificationState.VERIFIED,
        )
        for number, place in enumerate(chance.choices(places, k=SELLERS))
    )


def _photos(farmer: User) -> list[Photo]:
    """Names as long as real ones; no page reads the files."""
    names = [f"photos/{n:02x}/{n:032x}.jpg" for n in range(100)]
    rows = [Photo(full=name, card=name, width=1280, height=960, uploaded_by=farmer) for name in names]
    return Photo.objects.bulk_create(rows)


def _listing(
    chance: random.Random, farmer: User, sellers: list[Organisation], produce: list[Produce], places: list[Place]
) -> Listing:
    kind, jin = chance.choice(produce), chance.choice((200, 500, 1000, 5000, 20_000))
    first = timezone.localdate() + dt.timedelta(days=FIRST)
    return Listing(
        live=True,
        seller=chance.choice(sellers),
        produce=kind,
        place=chance.choice(places),
        variety=chance.choice(("", "", "本地种", "早熟", "白关丝瓜")),
        grade=chance.choice(Grade.values),
        quantity_per_day_g=jin * 500,
        quantity_typed=f"{jin}斤",
        first_day=first,
        last_day=first + dt.timedelta(days=DAYS - 1),
        price=None if chance.random() < 0.1 else Decimal(chance.randint(50, 900)) / 100,
        contact_name="张三",
        contact_phone="+8613800000000",
        created_by=farmer,
        note="早上五点采，可以送到村口。",
    )


def _lots(chance: random.Random, listing: Listing) -> list[Lot]:
    return [
        Lot(
            listing=listing,
            day=day,
            offered_g=listing.quantity_per_day_g,
            reserved_g=int(listing.quantity_per_day_g * chance.choice((0, 0, 0.1, 0.5, 0.9, 1))),
            best_before=best_before(listing, day),
            seller_id=listing.seller_id,
            produce_id=listing.produce_id,
            kind=listing.produce.kind,
            place_code=listing.place_id,
            grade=listing.grade,
            price_per_kg=listing_price_per_kg(listing),
        )
        for day in days_of(listing)
    ]


def _gather_statistics() -> None:
    """What autovacuum does after a while. SQLite keeps no statistics unless asked to, and nobody does."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")


def statements(paths: list[str]) -> dict:
    settings.PAGE_SECONDS = 0  # every page is made anew
    client = Client(headers={"host": "127.0.0.1"})
    counts = {}
    for path in paths:
        client.get(path)  # places and produce are read once in a process
        with CaptureQueriesContext(connection) as captured:
            status = client.get(path).status_code
        if status != 200:
            raise SystemExit(f"{path} was answered {status}")
        counts[path] = len(captured)
    return counts


if __name__ == "__main__":
    print(json.dumps(statements(sys.argv[2:]) if sys.argv[1] == "statements" else seed(int(sys.argv[1]))))
