"""Open pledges and offers, placed through their actions."""

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

from django.utils import timezone

from market.models import Lot, Produce, User
from market.quantities import Quantity
from orders.actions.demands import DemandTerms, place_demand
from orders.actions.offers import OfferTerms, make_offer, offer_instead, offer_to_demand
from orders.models import Demand, Dock, Offer, Pledge


def tomorrow() -> dt.date:
    """No test depends on the hour it runs at."""
    return timezone.localdate() + dt.timedelta(days=1)


def make_demand_terms(dock: Dock, text: str = "2000斤", **changes: Any) -> DemandTerms:
    """2,000 斤 a day, tomorrow, at any price, between 06:00 and 10:00; `most` may be text too."""
    values = {"window_from": dt.time(6), "window_to": dt.time(10), "last_day": tomorrow(), **changes}
    if isinstance(values.get("most"), str):
        values["most"] = Quantity.parse(values["most"])
    return DemandTerms(quantity=Quantity.parse(text), dock=dock, **values)


def make_demand(produce: Produce, dock: Dock, text: str = "2000斤", *, by: User, **changes: Any) -> Demand:
    """The dock's organisation wants the produce tomorrow."""
    first_day, key = changes.pop("first_day", tomorrow()), changes.pop("key", None) or uuid.uuid4()
    terms = make_demand_terms(dock, text, **changes)
    return place_demand(buyer=dock.organisation, produce=produce, first_day=first_day, terms=terms, key=key, by=by)


def make_offer_terms(text: str = "1000斤", price: str = "1.20", **changes: Any) -> OfferTerms:
    return OfferTerms(quantity=Quantity.parse(text), price=Decimal(price), **changes)


def make_buyers_offer(lot: Lot, dock: Dock, *, by: User, key: uuid.UUID | None = None, **terms: Any) -> Offer:
    return make_offer(
        buyer=dock.organisation,
        lot_id=lot.pk,
        terms=make_offer_terms(**terms),
        dock=dock,
        window_from=dt.time(6),
        window_to=dt.time(10),
        key=key or uuid.uuid4(),
        by=by,
    )


def make_answer(demand: Demand, lot: Lot, *, by: User, key: uuid.UUID | None = None, **terms: Any) -> Offer:
    """The seller's offer to a demand."""
    return offer_to_demand(
        demand=demand, lot_id=lot.pk, terms=make_offer_terms(**terms), key=key or uuid.uuid4(), by=by
    )


def make_substitute(
    pledge: Pledge, lot: Lot, *, by: User, back_on_sale: bool = False, key: uuid.UUID | None = None, **terms: Any
) -> Offer:
    return offer_instead(
        pledge=pledge,
        lot_id=lot.pk,
        terms=make_offer_terms(**terms),
        back_on_sale=back_on_sale,
        key=key or uuid.uuid4(),
        by=by,
    )
