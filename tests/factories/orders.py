"""Docks and pledges."""

import datetime as dt
import uuid
from typing import Any

from market.models import Lot, Organisation, Place, User
from market.quantities import Quantity
from orders.actions.holds import hold_lot
from orders.actions.pledges import place_pledge
from orders.models import Dock, Pledge


def make_dock(organisation: Organisation, place: Place | None = None, **fields: Any) -> Dock:
    """A dock in use, open from 04:00 to 20:00."""
    values = {
        "name": f"{organisation.name}收货点{organisation.docks.count() + 1}",
        "contact_name": "收货员",
        "contact_phone": "+8613800000001",
        **fields,
    }
    return Dock.objects.create(organisation=organisation, place=place or organisation.place, **values)


def make_pledge(lot: Lot, dock: Dock, text: str = "100斤", *, by: User, **fields: Any) -> Pledge:
    """A pledge placed through its action, for delivery between 06:00 and 10:00."""
    listing = Lot.objects.select_related("listing").get(pk=lot.pk).listing
    values = {"window_from": dt.time(6), "window_to": dt.time(10), "key": uuid.uuid4(), **fields}
    return place_pledge(
        buyer=dock.organisation,
        lot_id=lot.pk,
        quantity=Quantity.parse(text, pack=listing.pack, default_unit="斤"),
        dock=dock,
        by=by,
        **values,
    )


def make_hold(lot: Lot, dock: Dock, text: str = "100斤", *, by: User, **fields: Any) -> Pledge:
    """An association's hold, for delivery between 06:00 and 10:00."""
    values = {"window_from": dt.time(6), "window_to": dt.time(10), "key": uuid.uuid4(), **fields}
    return hold_lot(buyer=dock.organisation, lot_id=lot.pk, quantity=Quantity.parse(text), dock=dock, by=by, **values)


def kg(text: str) -> Quantity:
    """A weight as people write it, with its unit."""
    return Quantity.parse(text)


def stalls(*texts: str) -> list[tuple[str, Quantity]]:
    """Lines of a sheet: 1号摊, 2号摊, …"""
    return [(f"{n}号摊", kg(text)) for n, text in enumerate(texts, start=1)]


def fresh(user: User) -> User:
    """The same person in the next request: nothing remembered about memberships."""
    return User.objects.get(pk=user.pk)
