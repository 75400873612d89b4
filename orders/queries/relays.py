"""What relay text is read against, and what its screens show. The words of a row are in `orders.queries.relay_words`."""

import datetime as dt
from dataclasses import dataclass, replace
from functools import cached_property

from django.core.paginator import Page, Paginator
from django.db.models import Exists, JSONField, OuterRef, Q, Subquery
from django.utils import timezone

from market.models import Listing, Lot, User
from market.quantities import Pack
from orders.enums import CHANGEABLE_PLEDGES, PledgeState
from orders.models import Pledge, PledgeLine, RelayReading, Stall
from orders.permissions import pledging_by_sheet_for
from orders.queries.relay_words import RowWords, words_of
from orders.readings import (
    Goods,
    Known,
    Outcome,
    Part,
    Row,
    from_json,
    in_stalls,
    outcome_of,
    parts_from_json,
    prior_digest,
)

READINGS_LOOKED_AT = 20  # of one pledge; each copy of a list repeats the earlier ones
ROWS_ON_PAGE = 100
NOISE_SHOWN = 200
NAMES_OFFERED = 500
RECENT_DAYS = 3


def target_of(association_id: int, lot_id: int, wanted_id: int | None = None) -> Pledge | None:
    """The pledge a reading is saved into: the one it was pasted for, else that of an earlier reading, else the lot's hold.

    None: it becomes a new pledge. One statement.
    """
    saved = RelayReading.objects.filter(pledge=OuterRef("pk"), applied_at__isnull=False).order_by("-pk")
    live = Pledge.objects.live().filter(buyer=association_id, lot=lot_id)
    last = Subquery(saved.values("rows__parts")[:1], output_field=JSONField())
    rows = list(live.select_related("buyer", "dock").annotate(last_parts=last).order_by("-pk"))
    held = [row for row in rows if row.state == PledgeState.HELD]
    firm = [row for row in rows if row.state != PledgeState.HELD]
    own = [row for row in firm if row.pk == wanted_id]
    read = [row for row in firm if row.last_parts is not None]
    return next(iter([*own, *read, *held]), None)


def known_to(association_id: int, target: Pledge | None) -> Known:
    """What the association has already: `target` as `target_of` gives it. At most two statements."""
    stalls, aliases = {}, {}
    named = Stall.objects.filter(association=association_id).values_list("pk", "name", "aliases__alias")
    for pk, name, alias in named:
        stalls[pk] = name
        if alias:
            aliases[alias] = name
    return Known(stalls=set(stalls.values()), aliases=aliases, prior=_prior(target, stalls) if target else {})


def read_before(target: Pledge | None) -> list[Row]:
    """The rows of the earlier readings of the target, oldest first. One statement."""
    if target is None:
        return []
    saved = target.relay_readings.filter(applied_at__isnull=False).order_by("-pk")[:READINGS_LOOKED_AT]
    return [row for kept in reversed(list(saved.values_list("rows", flat=True))) for row in from_json(kept["rows"])]


def _prior(target: Pledge, stalls: dict[int, str]) -> dict[str, Part]:
    """What each stall takes now. A line keeps its lower figure only: the upper one is remembered by the last reading."""
    firm: dict[str, int] = {}
    for name, grams, stall in target.lines.values_list("name", "quantity_g", "stall"):
        name = stalls.get(stall, name) if stall else name
        firm[name] = firm.get(name, 0) + grams
    last: dict[str, list[int]] = getattr(target, "last_parts", None) or {}
    most = {name: upper for name, (lower, upper) in last.items() if firm.get(name) == lower}
    return {name: Part(grams, max(most.get(name, grams), grams)) for name, grams in firm.items()}


def goods_of(lot: Lot, unit: str, target: Pledge | None = None) -> Goods:
    """`lot` with its listing and produce. A pledge counts in the packs that were agreed."""
    agreed = target.pack if target else None
    return goods_of_listing(lot.listing, unit, agreed)


def goods_of_listing(listing: Listing, unit: str, agreed: Pack | None = None) -> Goods:
    pack = agreed or listing.pack
    names = {listing.produce.name_zh, *listing.produce.aliases, listing.variety} - {""}
    return Goods(names, {pack.word: pack.grams} if pack else {}, unit)


@dataclass(frozen=True)
class Shown:
    """A row with its words."""

    row: Row
    words: RowWords


@dataclass(frozen=True)
class RelayPage:
    """A reading as its page shows it, against what the lot and the pledge say now."""

    reading: RelayReading
    lot: Lot
    target: Pledge | None
    known: Known
    rows: list[Row]
    only_waiting: bool = False
    number: str | None = None

    @cached_property
    def outcome(self) -> Outcome:
        return outcome_of(self.rows, self.known.prior)

    @cached_property
    def digest(self) -> str:
        return prior_digest(self.known.prior)

    @property
    def is_outdated(self) -> bool:
        return self.digest != self.reading.rows["base"]

    @cached_property
    def waiting(self) -> list[Row]:
        return [row for row in self.rows if row.waits]

    @cached_property
    def said(self) -> list[Row]:
        """Those of the lines that say something, what must be asked on top."""
        rest = [row for row in self.rows if not row.waits and not row.is_noise]
        return self.waiting if self.only_waiting else [*self.waiting, *rest]

    @cached_property
    def noise(self) -> list[Row]:
        return [row for row in self.rows if row.is_noise]

    @property
    def noise_shown(self) -> list[Row]:
        return self.noise[:NOISE_SHOWN]

    @cached_property
    def page(self) -> Page:
        return Paginator(self.said, ROWS_ON_PAGE).get_page(self.number)

    @property
    def shown(self) -> list[Shown]:
        return [self.show(row) for row in self.page.object_list]

    def show(self, row: Row) -> Shown:
        return Shown(row, words_of(row, self.outcome.steps.get(row.pk), self.outcome.parts))

    @property
    def was_g(self) -> int:
        """What the lot keeps for the association already."""
        return self.target.taken_g if self.target else 0

    @property
    def room_g(self) -> int:
        """The most that could be saved now: what is left of the lot and what the pledge has."""
        return self.lot.remaining_g + self.was_g

    @property
    def over_g(self) -> int:
        return max(self.outcome.firm_g - self.room_g, 0)

    @property
    def stretch_g(self) -> int:
        return self.outcome.most_g - self.outcome.firm_g

    @property
    def is_hold(self) -> bool:
        return bool(self.target and self.target.state == PledgeState.HELD)

    @property
    def is_fixed(self) -> bool:
        """The pledge can not be changed any more: a truck has left with it."""
        return bool(self.target and not self.is_hold and self.target.state not in CHANGEABLE_PLEDGES)

    @property
    def is_saved(self) -> bool:
        return self.reading.applied_at is not None

    @property
    def pack(self) -> Pack | None:
        """What a pack weighs: as agreed on the pledge, else as the listing says."""
        return (self.target.pack if self.target else None) or self.lot.listing.pack

    def with_rows(self, reading: RelayReading) -> "RelayPage":
        """The same page with the rows as they are kept in `reading` now."""
        return replace(self, rows=in_stalls(from_json(reading.rows["rows"]), self.known))

    @property
    def stall_names(self) -> list[str]:
        """To choose from while correcting."""
        return sorted(self.known.stalls)[:NAMES_OFFERED]

    @property
    def bar(self) -> str:
        return "stop" if self.over_g else ""

    def number_of(self, pk: int) -> str:
        """The page a row stands on."""
        places = [at for at, row in enumerate(self.said) if row.pk == pk]
        return str(places[0] // ROWS_ON_PAGE + 1 if places else 1)

    def at(self, pk: int) -> Row | None:
        return next((row for row in self.rows if row.pk == pk), None)


def relay_page(reading: RelayReading, *, only_waiting: bool = False, number: str | None = None) -> RelayPage:
    """What the page of a reading shows: `reading` with its lot, listing and produce. Three statements, whatever the rows.

    A saved one is compared with what the stalls took before it, and not with what it made of them itself.
    """
    target = target_of(reading.association_id, reading.lot_id, reading.pledge_id)
    known = known_to(reading.association_id, target)
    if reading.applied_at:
        known = replace(known, prior=parts_from_json(reading.rows.get("prior", {})))
    rows = in_stalls(from_json(reading.rows["rows"]), known)
    return RelayPage(reading, reading.lot, target, known, rows, only_waiting, number)


@dataclass(frozen=True)
class RelayDesk:
    """What an association can go on with: holds and pledges to paste for, pastes not saved yet."""

    open_readings: list[RelayReading]
    pledges: list[Pledge]


def relay_desk(user: User) -> RelayDesk:
    """Two statements beside the memberships."""
    mine = [organisation.pk for organisation in pledging_by_sheet_for(user)]
    today = timezone.localdate()
    since = timezone.now() - dt.timedelta(days=RECENT_DAYS)
    readings = RelayReading.objects.filter(association__in=mine, applied_at__isnull=True, created_at__gte=since)
    readings = readings.filter(lot__day__gte=today).defer("text", "rows").select_related("by", *_OF_LOT)
    pledges = Pledge.objects.live().filter(buyer__in=mine, day__gte=today)
    has_stalls = Exists(PledgeLine.objects.filter(pledge=OuterRef("pk")))
    pledges = (
        pledges.filter(Q(state=PledgeState.HELD) | has_stalls).select_related("dock", *_OF_LOT).order_by("day", "-pk")
    )
    return RelayDesk(list(readings[:10]), list(pledges[:50]))


_OF_LOT = ("lot__listing__produce", "lot__listing__place")
