"""People, organisations, places, produce, listings."""

import datetime as dt
import itertools
from decimal import Decimal
from io import BytesIO
from typing import Any
from uuid import uuid4

from django.contrib.auth.hashers import make_password
from django.utils import timezone
from PIL import Image

from market.actions.listings import ListingTerms, submit_listing
from market.actions.photos import store_photo
from market.enums import (
    DirectoryStatus,
    Grade,
    OrganisationKind,
    PlaceLevel,
    PriceUnit,
    ProduceKind,
    Role,
    VerificationState,
)
from market.models import Listing, Membership, Organisation, Photo, Place, Produce, User
from market.quantities import Quantity
from market.queries.reference import forget_reference

_numbers = itertools.count(1)


def new_user(name: str = "某人", password: str | None = None, **fields: Any) -> User:
    """Not saved yet."""
    phone = fields.pop("phone", None) or f"+86139{next(_numbers):08d}"
    return User(phone=phone, password=make_password(password), name=name, **{"phone_verified": True, **fields})


def make_user(name: str = "某人", **fields: Any) -> User:
    user = new_user(name, **fields)
    user.save()
    return user


def new_organisation(
    name: str, kind: OrganisationKind, place: Place, contact: User | None = None, **fields: Any
) -> Organisation:
    """Verified; not saved yet."""
    return Organisation(
        name=name,
        kind=kind,
        place=place,
        contact_name=contact.name if contact else "联系人",
        contact_phone="+8613800000000",
        **{"verification": VerificationState.VERIFIED, **fields},
    )


def make_organisation(
    name: str, kind: OrganisationKind, place: Place, *members: tuple[User, Role], **fields: Any
) -> Organisation:
    organisation = new_organisation(name, kind, place, members[0][0] if members else None, **fields)
    organisation.save()
    for user, role in members:
        Membership.objects.create(user=user, organisation=organisation, role=role)
    return organisation


def make_reference() -> dict[str, Any]:
    """A small part of the real data, with the real codes."""
    city = _place("430200000000", PlaceLevel.CITY, "株洲市", None, 27.83333, 113.15)
    lusong = _place("430203000000", PlaceLevel.COUNTY, "芦淞区", city, 27.8095, 113.2496)
    tianyuan = _place("430211000000", PlaceLevel.COUNTY, "天元区", city, 27.8269, 113.0822)
    yanling = _place("430225000000", PlaceLevel.COUNTY, "炎陵县", city, 26.4898, 113.7727)
    baiguan = _place("430203100000", PlaceLevel.TOWNSHIP, "白关镇", lusong, 27.8095, 113.2496)
    village = _place("430203100201", PlaceLevel.VILLAGE, "白关村", baiguan, 27.8095, 113.2496)
    loofah = _produce("sigua", "丝瓜", "loofah", ProduceKind.VEGETABLE, "丝瓜 sigua sg 白关丝瓜 baiguansigua bgsg", 48)
    loofah.pack_word, loofah.pack_g = "筐", 20_000
    peach = _produce("huangtao", "黄桃", "yellow peach", ProduceKind.FRUIT, "黄桃 huangtao ht 炎陵黄桃", 120)
    rice = _produce("zaodao", "早籼稻", "early indica paddy", ProduceKind.GRAIN, "早籼稻 zaoxiandao zxd 早稻", None)
    Place.objects.bulk_create([city, lusong, tianyuan, yanling, baiguan, village])
    Produce.objects.bulk_create([loofah, peach, rice])
    forget_reference()  # rows in bulk send no signal, and the process may remember another test's
    return {
        "city": city,
        "lusong": lusong,
        "tianyuan": tianyuan,
        "yanling": yanling,
        "baiguan": baiguan,
        "village": village,
        "loofah": loofah,
        "peach": peach,
        "rice": rice,
    }


def _place(code: str, level: PlaceLevel, name: str, parent: Place | None, lat: float, lon: float) -> Place:
    above = parent.full_name_zh if parent and parent.level in {PlaceLevel.COUNTY, PlaceLevel.TOWNSHIP} else ""
    return Place(code=code, level=level, name_zh=name, parent=parent, full_name_zh=above + name, lat=lat, lon=lon)


def _produce(slug: str, name: str, english: str, kind: ProduceKind, search: str, hours: int | None) -> Produce:
    return Produce(
        slug=slug,
        name_zh=name,
        name_en=english,
        kind=kind,
        search_text=search,
        ambient_hours=hours,
        directory_status=DirectoryStatus.NO if kind == ProduceKind.GRAIN else DirectoryStatus.YES,
    )


def make_photo(by: User, colour: str = "green") -> Photo:
    """A photograph kept through the action, of one colour."""
    bytes_ = BytesIO()
    Image.new("RGB", (320, 240), colour).save(bytes_, "JPEG")
    return store_photo(bytes_, by=by)


def make_terms(produce: Produce, place: Place, **changes: Any) -> ListingTerms:
    """2 万斤 a day from today for three days at 1.20 元/斤: what a farmer says in the form."""
    today = timezone.localdate()
    values = {
        "quantity": Quantity.parse("2万斤"),
        "first_day": today,
        "last_day": today + dt.timedelta(days=2),
        "grade": Grade.FIRST,
        "price": Decimal("1.20"),
        "contact_name": "王建国",
        "contact_phone": "+8613900000000",
        **changes,
    }
    return ListingTerms(produce=produce, place=place, **values)


def make_submitted_listing(
    seller: Organisation, produce: Produce, place: Place, *, by: User, **changes: Any
) -> Listing:
    """A listing in the bureau's review, handed in through the action."""
    return submit_listing(make_terms(produce, place, **changes), seller=seller, key=uuid4(), by=by)


def make_listing(seller: Organisation, produce: Produce, place: Place, *, by: User, **fields: Any) -> Listing:
    """A saved listing that nobody has submitted yet: 10 t a day (2 万斤) from today for three days at 1.20 元/斤."""
    today = timezone.localdate()
    values = {
        "variety": "",
        "grade": Grade.FIRST,
        "quantity_per_day_g": 10_000_000,
        "quantity_typed": "2万斤",
        "first_day": today,
        "last_day": today + dt.timedelta(days=2),
        "price": Decimal("1.20"),
        "price_unit": PriceUnit.JIN,
        "contact_name": by.name,
        "contact_phone": by.phone,
        **fields,
    }
    return Listing.objects.create(seller=seller, produce=produce, place=place, created_by=by, **values)


def make_live_listing(seller: Organisation, produce: Produce, place: Place, *, by: User, **fields: Any) -> Listing:
    """A published listing with its lots; publication goes through `Listing.publish` like every other."""
    listing = make_listing(seller, produce, place, by=by, **fields)
    listing.save_revision(user=by).publish()
    return Listing.objects.get(pk=listing.pk)
