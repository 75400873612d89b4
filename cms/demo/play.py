"""The play from its first scene to the stage asked for."""

import datetime as dt
import hashlib
import json
import random
from dataclasses import asdict, dataclass
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cms.demo.clock import StoryClock, playing
from cms.demo.company import gather
from cms.demo.matching import ask_on_the_eve, match_the_day
from cms.demo.moving import CURTAIN, plan_the_day, play_the_day
from cms.demo.selling import list_goods, pledge_on_the_eve
from market.exceptions import Refused
from market.models import Listing, Lot, Organisation
from orders.logistics.models import Receipt, Trip
from orders.models import Demand, Pledge

STAGES = ("listed", "pledged", "matched", "moving", "delivered")
# Every role has something to do: desks with listings waiting, fresh pledges to plan for today and tomorrow, trips on the
# road and trips still to load, loads to receive.
DEFAULT_STAGE = "moving"
DEFAULT_SEED = 20210808


class NoDemoHere(Refused):
    sentence = _("没有打开 DEMO 设置，不装演示数据；演示数据不能进正式环境")


class DayNotCome(Refused):
    sentence = _("--on 要写今天或过去的日期，例如 2021-08-08：演示不写将来的记录")


@dataclass(frozen=True)
class Loaded:
    """What is there now. `fresh` is False when it was there before and nothing was changed."""

    fresh: bool
    day: str
    organisations: int
    listings: int
    lots: int
    pledges: int
    trips: int
    receipts: int
    digest: str

    def to_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False)


def is_loaded() -> bool:
    return Organisation.objects.filter(is_demo=True).exists()


@transaction.atomic
def play(stage: str = DEFAULT_STAGE, *, seed: int = DEFAULT_SEED, on: dt.date | None = None) -> Loaded:
    """The demo day is in the database as far as `stage`; with `on`, dated as then instead of today.

    One transaction: an interrupted load leaves no row (at most a few picture files nobody refers to) and is repeated. The
    same seed tells the same story. Where demo data are loaded already nothing changes. Raises: NoDemoHere, DayNotCome.
    """
    if not settings.DEMO:
        raise NoDemoHere
    today = timezone.localdate()
    if on is not None and on > today:
        raise DayNotCome
    if is_loaded():
        return _counted(fresh=False)
    day = on or today
    clock = StoryClock(day, timezone.now())
    rng = random.Random(seed)  # noqa: S311 - a story, not a secret
    with playing(clock):
        company = gather(clock, rng)
        list_goods(company)
        if stage != "listed":
            pledge_on_the_eve(company)
            ask_on_the_eve(company)
        if stage in ("matched", "moving", "delivered"):
            match_the_day(company)
            plan_the_day(company)
        if stage in ("moving", "delivered"):
            play_the_day(company, until=CURTAIN if stage == "moving" else None)
    return _counted(fresh=True)


def _counted(*, fresh: bool) -> Loaded:
    first = Listing.objects.filter(seller__is_demo=True).order_by("first_day").first()
    return Loaded(
        fresh=fresh,
        day=str(first.first_day) if first else "",
        organisations=Organisation.objects.filter(is_demo=True).count(),
        listings=Listing.objects.filter(seller__is_demo=True).count(),
        lots=Lot.objects.filter(seller__is_demo=True).count(),
        pledges=Pledge.objects.filter(buyer__is_demo=True).count(),
        trips=Trip.objects.filter(truck__carrier__is_demo=True).count(),
        receipts=Receipt.objects.filter(load__allocation__pledge__buyer__is_demo=True).count(),
        digest=_digest(),
    )


def _digest() -> str:
    """A hash of what the story tells, without the clock times and random file names that a repeat cannot share.

    Nor which truck carries what: the planner's clock may cut its search.
    """
    told: list[Any] = [
        sorted(Organisation.objects.values_list("name", "kind", "place_id", "verification")),
        sorted(
            Listing.objects.values_list("seller__name", "produce__slug", "quantity_typed", "live", "submission_key")
        ),
        sorted(Lot.objects.values_list("seller__name", "produce__slug", "day", "offered_g", "reserved_g")),
        sorted(Pledge.objects.filter(demand=None).values_list("buyer__name", "day", "firm_g", "firm_typed", "key")),
        # What answers a demand is named after its number, which differs from one database to the next.
        sorted(Pledge.objects.exclude(demand=None).values_list("buyer__name", "seller__name", "day", "firm_g")),
        sorted(Demand.objects.values_list("buyer__name", "produce__slug", "first_day", "firm_g", "key")),
    ]
    return hashlib.sha256(repr(told).encode()).hexdigest()
