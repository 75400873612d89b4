"""What buyers and sellers are told when their goods change truck, and when the truck with them stands."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_noop

from market.actions.notices import tell_all
from orders.logistics.actions.dispatch_notices import tell_desks
from orders.logistics.models import Breakdown, Load, TransferPoint
from orders.models import Pledge


def tell_of_relay(onward: Load, point: TransferPoint | None) -> None:
    """Both sides of the pledge: with which truck the goods come now, and when."""
    text = gettext_noop("%(produce)s要在“%(point)s”换车，换到 %(plate)s，预计 %(arrives_at)s 送到")
    tell_sides(onward, f"relay-{onward.pk}", text, point=point.name if point else "", **_ride(onward))


def tell_of_rescue(loads: list[Load]) -> None:
    """Both sides of every pledge on the rescue trip: once for each load."""
    text = gettext_noop("送%(produce)s的车坏了，换 %(plate)s 来接，预计 %(arrives_at)s 送到")
    for load in loads:
        tell_sides(load, f"rescue-{load.pk}", text, **_ride(load))


def tell_of_breakdown(breakdown: Breakdown) -> None:
    """The dispatchers, to find a rescue; and both sides of what was still to be delivered."""
    trip = breakdown.trip
    facts = {
        "plate": trip.truck.plate,
        "where": breakdown.address or breakdown.place.full_name_zh,
        "what": breakdown.what,
    }
    tell_desks(
        f"breakdown-{breakdown.pk}",
        gettext_noop("%(plate)s 在“%(where)s”出了故障：%(what)s。请安排救援"),
        url=reverse("logistics:breakdown", args=[breakdown.pk]),
        **facts,
    )
    rows = Load.objects.live().filter(trip=trip).exclude(state__in=["delivered", "handed_over"])
    for load in rows.select_related("allocation__pledge", "allocation__lot__produce"):
        text = gettext_noop("送%(produce)s的 %(plate)s 出了故障，正在安排换车，换好会再通知")
        tell_sides(
            load, f"breakdown-{breakdown.pk}", text, produce=load.allocation.lot.produce.name, plate=trip.truck.plate
        )


def tell_of_going_on(breakdown: Breakdown, loads: list[Load], minutes: int) -> None:
    """The truck is repaired: both sides of what is aboard know how late it will be."""
    text = gettext_noop("送%(produce)s的 %(plate)s 修好了，继续送，比原来晚约 %(minutes)s 分钟")
    for load in loads:
        facts = {"produce": load.allocation.lot.produce.name, "plate": breakdown.trip.truck.plate, "minutes": minutes}
        tell_sides(load, f"repaired-{breakdown.pk}", text, **facts)


def tell_of_loss(load: Load, grams: int, reason: str, key: str) -> None:
    text = gettext_noop("%(produce)s有 %(lost_g)s 因车辆故障送不到：%(reason)s")
    tell_sides(load, key, text, produce=load.allocation.lot.produce.name, lost_g=grams, reason=reason)


def tell_sides(load: Load, key: str, text: str, **facts: Any) -> None:
    """Buyer and seller of the load's pledge, once for each key and pledge."""
    pledge: Pledge = load.allocation.pledge
    url = reverse("orders:pledge", args=[pledge.pk])
    tell_all([pledge.buyer_id, pledge.seller_id], f"{key}-{pledge.pk}"[:100], text, url=url, **facts)


def _ride(load: Load) -> dict[str, Any]:
    return {
        "produce": load.allocation.lot.produce.name,
        "plate": load.trip.truck.plate,
        "arrives_at": load.delivery.planned_at,
    }
