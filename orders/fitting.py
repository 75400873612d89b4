"""Does a lot satisfy an open pledge? One pure answer for the seller's offer, the matching and the booking.

Nothing here reads the database: `lot_facts` and `demand_facts` take rows that were read with their listing, dock and dock's place.
A distance that cannot be measured (a place or dock without a point) rules nothing out; `road_km` says None, and a page says so.
"""

import datetime as dt
from dataclasses import dataclass
from fractions import Fraction

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from market.days import moment
from market.models import Lot
from market.pricing import exact_price_per_kg, unit_word
from market.quantities import price_per_kg
from market.queries.reference import reference
from orders.enums import GRADE_RANK
from orders.models import Demand, Dock
from orders.solving.distances import Point, great_circle_m

# Why a lot does not fit, in the order in which they are asked, with what is said about it.
OWN, DAY, PRODUCE, VARIETY, GRADE = "own", "day", "produce", "variety", "grade"
OPEN_PRICE, PRICE, DISTANCE, FRESHNESS = "open_price", "price", "distance", "freshness"
WORDS: dict[str, Promise] = {
    OWN: _("这是买方自己的货"),
    DAY: _("供货的日子不在求购的日期里"),
    PRODUCE: _("不是求购的农产品"),
    VARIETY: _("品种不是求购的品种"),
    GRADE: _("等级低于求购的等级"),
    OPEN_PRICE: _("还没有定价，买方有最高价"),
    PRICE: _("单价高于买方的最高价"),
    DISTANCE: _("路程超过买方要求的公里数"),
    FRESHNESS: _("送到以后放不到买方要求的时间"),
}


@dataclass(frozen=True, slots=True)
class LotFacts:
    """What of a lot decides. `per_kg` is the exact price in yuan, the listing's or the agreed one; None is open (面议)."""

    seller_id: int
    produce_id: int
    variety: str
    grade: str
    day: dt.date
    best_before: dt.datetime
    per_kg: Fraction | None
    point: Point | None


@dataclass(frozen=True, slots=True)
class DemandFacts:
    """What of a demand decides. Empty or None asks for nothing."""

    buyer_id: int
    produce_id: int
    variety: str
    grade_at_least: str
    first_day: dt.date
    last_day: dt.date
    window_to: dt.time
    fresh_hours: int
    per_kg_at_most: Fraction | None
    km_at_most: int | None
    point: Point | None


def why_unfit(lot: LotFacts, demand: DemandFacts) -> str | None:
    """The first reason (a key of `WORDS`) why the lot cannot answer the demand; None when it can."""
    return _wrong_goods(lot, demand) or _wrong_price(lot, demand) or _wrong_delivery(lot, demand)


def _wrong_goods(lot: LotFacts, demand: DemandFacts) -> str | None:
    if lot.seller_id == demand.buyer_id:
        return OWN
    if not demand.first_day <= lot.day <= demand.last_day:
        return DAY
    if lot.produce_id != demand.produce_id:
        return PRODUCE
    if demand.variety and _plain(lot.variety) != _plain(demand.variety):
        return VARIETY
    return None if rank_ok(lot.grade, demand.grade_at_least) else GRADE


def _wrong_price(lot: LotFacts, demand: DemandFacts) -> str | None:
    if demand.per_kg_at_most is None:
        return None
    if lot.per_kg is None:
        return OPEN_PRICE
    return PRICE if lot.per_kg > demand.per_kg_at_most else None


def _wrong_delivery(lot: LotFacts, demand: DemandFacts) -> str | None:
    if demand.km_at_most is not None:
        km = road_km(lot.point, demand.point)
        if km is not None and km > demand.km_at_most:
            return DISTANCE
    arrives = moment(lot.day, demand.window_to)
    return FRESHNESS if lot.best_before - arrives < dt.timedelta(hours=demand.fresh_hours) else None


def rank_ok(grade: str, at_least: str) -> bool:
    """统货 satisfies only who asks for no grade, or for 统货."""
    return not at_least or GRADE_RANK[grade] >= GRADE_RANK[at_least]


def road_km(a: Point | None, b: Point | None) -> float | None:
    """Kilometres by road, estimated: the great circle times `settings.ROAD_FACTOR`. None where a point is not known."""
    return None if a is None or b is None else great_circle_m(a, b) * settings.ROAD_FACTOR / 1000


def lot_facts(lot: Lot, per_kg: Fraction | None = None) -> LotFacts:
    """Of a lot read with its listing; `per_kg` is an agreed price in place of the listing's. No statement."""
    listing = lot.listing
    if per_kg is None:
        per_kg = exact_price_per_kg(listing)
    return LotFacts(
        seller_id=lot.seller_id,
        produce_id=lot.produce_id,
        variety=listing.variety,
        grade=lot.grade,
        day=lot.day,
        best_before=lot.best_before,
        per_kg=per_kg,
        point=point_of(lot.place_code),
    )


def demand_facts(demand: Demand) -> DemandFacts:
    """Of a demand read with its dock. No statement."""
    return DemandFacts(
        buyer_id=demand.buyer_id,
        produce_id=demand.produce_id,
        variety=demand.variety,
        grade_at_least=demand.grade_at_least,
        first_day=demand.first_day,
        last_day=demand.last_day,
        window_to=demand.window_to,
        fresh_hours=demand.fresh_hours,
        per_kg_at_most=per_kg_at_most(demand),
        km_at_most=demand.km_at_most,
        point=dock_point(demand.dock),
    )


def per_kg_at_most(demand: Demand) -> Fraction | None:
    if demand.price_at_most is None:
        return None
    return price_per_kg(demand.price_at_most, unit_word(demand.price_unit))


def point_of(code: str) -> Point | None:
    """The place's own point, or that of the place it lies in: a village has none of its own. From what the process keeps."""
    places = reference().places
    for prefix in (code, code[:9], code[:6]):
        place = places.get(prefix.ljust(12, "0"))
        if place is not None and place.lat is not None and place.lon is not None:
            return place.lat, place.lon
    return None


def dock_point(dock: Dock) -> Point | None:
    return (dock.lat, dock.lon) if dock.lat is not None and dock.lon is not None else point_of(dock.place_id)


def _plain(text: str) -> str:
    return "".join(text.split()).casefold()
