"""Whether a truck may expect the toll exemption of fresh produce (绿色通道免费) on each leg, and why. Never a promise.

Not the epidemic pass. A leg is judged by what is aboard: produce of the directory, no grain and nothing that is not fresh, 80 %
of the rated mass or of the box. What was loaded counts where it is known, else what is planned; so it is live while loading.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.conf import settings
from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from market.enums import DirectoryStatus, ProduceKind
from market.models import Produce
from market.wording import listed
from orders.logistics.enums import StopKind
from orders.logistics.models import Load, Stop, TollRules, Trip, Truck
from orders.logistics.queries.loads import Leg
from orders.logistics.queries.trips import TripSheet, sheets_of
from orders.solving.distances import great_circle_m

FRESH = {
    ProduceKind.VEGETABLE,
    ProduceKind.FRUIT,
    ProduceKind.AQUATIC,
    ProduceKind.LIVESTOCK,
    ProduceKind.MEAT,
    ProduceKind.EGG,
}
# The nationwide rules, where none are recorded.
FULL_PERCENT, ADMIXTURE_PERCENT = 80, 20
# How much of a box a kilogram of loosely packed goods fills; our estimate, used only to send people to the toll station.
LITRES_A_KG = {
    ProduceKind.VEGETABLE: Decimal("2.2"),
    ProduceKind.FRUIT: Decimal("1.8"),
    ProduceKind.EGG: Decimal("2.5"),
}
LEAFY_LITRES_A_KG = Decimal(5)
LEAFY_SHRINK = 25  # ‰: what dries out as fast as leaves is as light as leaves


class Outlook(TextChoices):
    EXPECTED = "expected", gettext_lazy("预计符合")
    STATION = "station", gettext_lazy("需收费站认定")
    UNMET = "unmet", gettext_lazy("不符合")


@dataclass(frozen=True)
class LegForecast:
    """From one halt to the next. `yuan` is what the toll would be; None where no rates are in force or no motorway is used."""

    number: int
    since: Stop
    until: Stop
    grams: int
    percent: int
    outlook: Outlook
    sentence: str
    yuan: Decimal | None

    @property
    def is_expected(self) -> bool:
        return self.outlook == Outlook.EXPECTED


@dataclass(frozen=True)
class Goods:
    produce: Produce
    grams: int


def known_rules() -> list[TollRules]:
    """The latest to begin first. One statement."""
    return list(TollRules.objects.order_by("-since", "-pk"))


def in_force(rules: Iterable[TollRules], day: dt.date) -> TollRules | None:
    """No statement."""
    return next((one for one in rules if one.since <= day and (one.until is None or day <= one.until)), None)


def toll_rules(day: dt.date) -> TollRules | None:
    """Those in force, the latest to begin. One statement."""
    return in_force(known_rules(), day)


def toll_forecast(trip: Trip) -> list[LegForecast]:
    """Of every leg with goods aboard. Four statements."""
    (sheet,) = sheets_of(Trip.objects.filter(pk=trip.pk))
    return forecast_of(sheet, toll_rules(trip.day))


def forecast_of(sheet: TripSheet, rules: TollRules | None) -> list[LegForecast]:
    """Of a trip at hand. No statement."""
    found = []
    for number, (leg, after) in enumerate(zip(sheet.legs, sheet.legs[1:], strict=False), start=1):
        aboard = goods_aboard(sheet.legs, number)
        if aboard:
            found.append(_forecast(number, leg, after, aboard, sheet.trip.truck, rules))
    return found


def goods_aboard(legs: Sequence[Leg], count: int) -> list[Goods]:
    """What the truck carries when it leaves the first `count` halts, by produce. No statement."""
    aboard: dict[int, Load] = {}
    for leg in legs[:count]:
        for load in leg.loads:
            if leg.stop.kind == StopKind.PICKUP:
                aboard[load.pk] = load
            else:
                aboard.pop(load.pk, None)
    grams: dict[int, int] = {}
    produce: dict[int, Produce] = {}
    for load in aboard.values():
        one = load.allocation.lot.listing.produce
        produce[one.pk] = one
        grams[one.pk] = grams.get(one.pk, 0) + (load.planned_g if load.loaded_g is None else load.loaded_g)
    return [Goods(produce[pk], mass) for pk, mass in grams.items() if mass]


def _forecast(
    number: int, leg: Leg, after: Leg, aboard: list[Goods], truck: Truck, rules: TollRules | None
) -> LegForecast:
    mass = sum(goods.grams for goods in aboard)
    percent = mass * 100 // truck.rated_g
    outlook, sentence = judge(aboard, truck, rules)
    return LegForecast(
        number, leg.stop, after.stop, mass, percent, outlook, sentence, _toll(leg.stop, after.stop, truck, rules)
    )


def judge(aboard: Sequence[Goods], truck: Truck, rules: TollRules | None) -> tuple[Outlook, str]:
    """What to expect of these goods on this truck, and why. No statement."""
    mass = sum(goods.grams for goods in aboard)
    for check in (_never, _too_heavy, _outside, _half_empty, _unsure):
        found = check(aboard, mass, truck, rules)
        if found is not None:
            return found
    facts = {"goods": _names(aboard), "percent": mass * 100 // truck.rated_g}
    return Outlook.EXPECTED, _("预计符合：%(goods)s，满载率 %(percent)s%%") % facts


Found = tuple[Outlook, str] | None


def _never(aboard: Sequence[Goods], _mass: int, _truck: Truck, _rules: Any) -> Found:
    """Grain and what is not fresh: a few bags are enough."""
    barred = [goods for goods in aboard if goods.produce.kind not in FRESH]
    if not barred:
        return None
    facts = {"goods": _names(barred)}
    if len(barred) < len(aboard):
        return Outlook.UNMET, _("混装%(goods)s，不符合") % facts
    if all(goods.produce.kind == ProduceKind.GRAIN for goods in barred):
        return Outlook.UNMET, _("%(goods)s是粮食，不在免费范围，不符合") % facts
    return Outlook.UNMET, _("%(goods)s不是鲜活农产品，不符合") % facts


def _too_heavy(_aboard: Sequence[Goods], mass: int, truck: Truck, _rules: Any) -> Found:
    return (Outlook.UNMET, _("超过核定载质量，不符合")) if mass > truck.rated_g else None


def _outside(aboard: Sequence[Goods], mass: int, _truck: Truck, rules: TollRules | None) -> Found:
    """Fresh, but not in the directory: some of it is up to the toll station."""
    outside = [goods for goods in aboard if goods.produce.directory_status == DirectoryStatus.NO]
    if not outside:
        return None
    share = -(-sum(goods.grams for goods in outside) * 100 // mass)
    facts = {"goods": _names(outside), "share": share}
    most = rules.admixture_percent if rules else ADMIXTURE_PERCENT
    if share > most:
        return Outlook.UNMET, _("%(goods)s不在目录内，占 %(share)s%%，不符合") % facts
    return None


def _half_empty(aboard: Sequence[Goods], mass: int, truck: Truck, rules: TollRules | None) -> Found:
    full = rules.full_percent if rules else FULL_PERCENT
    percent = mass * 100 // truck.rated_g
    if percent >= full:
        return None
    facts = {"percent": percent, "full": full}
    litres = _litres(aboard)
    if truck.volume_l and litres is not None and litres * 100 >= truck.volume_l * full:
        return Outlook.STATION, _("按重量满载率 %(percent)s%%，按车厢容积可能装满，需收费站认定") % facts
    return Outlook.UNMET, _("满载率 %(percent)s%%，不到 %(full)s%%，不符合") % facts


def _unsure(aboard: Sequence[Goods], mass: int, _truck: Truck, _rules: Any) -> Found:
    outside = [goods for goods in aboard if goods.produce.directory_status == DirectoryStatus.NO]
    disputed = [goods for goods in aboard if goods.produce.directory_status == DirectoryStatus.DISPUTED]
    if outside:
        share = -(-sum(goods.grams for goods in outside) * 100 // mass)
        facts = {"goods": _names(outside), "share": share}
        return Outlook.STATION, _("%(goods)s不在目录内，占 %(share)s%%，需收费站认定") % facts
    if disputed:
        return Outlook.STATION, _("%(goods)s是否在目录内说法不一，需收费站认定") % {"goods": _names(disputed)}
    return None


def _litres(aboard: Sequence[Goods]) -> Decimal | None:
    """The room loosely packed goods take; None where we cannot say."""
    litres = Decimal(0)
    for goods in aboard:
        kind = ProduceKind(goods.produce.kind)
        leafy = kind == ProduceKind.VEGETABLE and goods.produce.shrink_permille >= LEAFY_SHRINK
        rate = LEAFY_LITRES_A_KG if leafy else LITRES_A_KG.get(kind)
        if rate is None:
            return None
        litres += rate * goods.grams / 1000
    return litres


def _names(aboard: Iterable[Goods]) -> str:
    return listed(goods.produce.name for goods in sorted(aboard, key=lambda goods: -goods.grams))


def _toll(since: Stop, until: Stop, truck: Truck, rules: TollRules | None) -> Decimal | None:
    """An estimate by the great circle with the road factor."""
    if rules is None:
        return None
    metres = great_circle_m((since.lat, since.lon), (until.lat, until.lon)) * settings.ROAD_FACTOR
    if metres < rules.motorway_from_m:
        return None
    km = Decimal(int(metres)) / 1000 * rules.motorway_percent / 100
    return (km * rules.rate_for(truck.rated_g)).quantize(Decimal("0.01"), ROUND_HALF_UP)
