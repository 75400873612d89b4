"""Statements: what a buyer owes a seller for what was received, per day and period.

A line is one receipt, rounded once (`queries.line_money`); every sum is the sum of its lines. A receipt that takes back another is a
line below zero. Where no price is agreed (面议) the line has no amount and waits for one. A line stands on the day it was received, an adjustment on the day it was written: a period that is over stays as it was.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, F, Max, QuerySet, Sum
from django.db.models.functions import TruncDate
from django.utils import timezone

from market.days import moment
from market.models import Organisation
from orders.logistics.models import Receipt, StatementAdjustment
from orders.logistics.queries.line_money import PLEDGE, fen_of, fen_of_line, unpriced, yuan_of
from orders.logistics.queries.line_money import fen as in_fen
from orders.models import Pledge

MAX_PERIOD_DAYS = 366
SELLER, BUYER = "seller", "buyer"
SIDES = (SELLER, BUYER)
LESS, MORE = "less", "more"  # what an adjustment does to the amount the buyer owes


@dataclass(frozen=True)
class Period:
    """Both days belong to it."""

    since: dt.date
    until: dt.date

    @property
    def moments(self) -> tuple[dt.datetime, dt.datetime]:
        """From the first, before the second."""
        return moment(self.since), moment(self.until + dt.timedelta(days=1))


@dataclass(frozen=True)
class Totals:
    """Sums of lines and adjustments. Money in fen, so that no sum is rounded."""

    accepted_g: int = 0
    rejected_g: int = 0
    missing_g: int = 0
    goods_fen: int = 0
    adjusted_fen: int = 0
    lines: int = 0
    unpriced_g: int = 0  # taken, but without an agreed price
    downgraded_g: int = 0

    @property
    def goods(self) -> Decimal:
        return yuan_of(self.goods_fen)

    @property
    def adjusted(self) -> Decimal:
        return yuan_of(self.adjusted_fen)

    @property
    def amount(self) -> Decimal:
        """What the buyer owes the seller."""
        return yuan_of(self.goods_fen + self.adjusted_fen)

    @property
    def taken_g(self) -> int:
        return self.accepted_g + self.downgraded_g

    @property
    def refused_g(self) -> int:
        return self.rejected_g + self.missing_g

    def __add__(self, other: "Totals") -> "Totals":
        names = self.__dataclass_fields__
        return Totals(**{name: getattr(self, name) + getattr(other, name) for name in names})


def _sums() -> dict[str, Any]:
    return {
        "accepted": Sum("accepted_g"),
        "downgraded": Sum("downgraded_g"),
        "rejected": Sum("rejected_g"),
        "missing": Sum("missing_g"),
        "fen": Sum(fen_of_line()),
        "number": Count("pk"),
        "unpriced": Sum(F("accepted_g") + F("downgraded_g"), filter=unpriced()),
    }


def _totals(row: Any) -> Totals:
    return Totals(
        accepted_g=row["accepted"],
        downgraded_g=row["downgraded"],
        rejected_g=row["rejected"],
        missing_g=row["missing"],
        goods_fen=row["fen"] or 0,
        lines=row["number"],
        unpriced_g=row["unpriced"] or 0,
    )


# --- which rows ---


def receipts_in(period: Period, sides: dict[str, int]) -> QuerySet[Receipt]:
    """Of the period, between these sides: {"seller": pk}, {"buyer": pk}, both, or everybody's."""
    begin, end = period.moments
    rows = Receipt.objects.filter(at__gte=begin, at__lt=end)
    return rows.filter(**{f"{PLEDGE}{side}": pk for side, pk in sides.items()})


def adjustments_in(period: Period, sides: dict[str, int]) -> QuerySet[StatementAdjustment]:
    return StatementAdjustment.objects.filter(day__gte=period.since, day__lte=period.until, **sides)


def totals_by_day(period: Period, sides: dict[str, int]) -> dict[dt.date, Totals]:
    """Days with a line or an adjustment, in order. Two statements, however many lines."""
    return _with(_received(period, sides, on=TruncDate("at")), _adjusted_by(period, sides, "day"))


def totals_by_side(period: Period, sides: dict[str, int], by: str) -> dict[int, Totals]:
    """By organisation of the side `by` (seller or buyer), the largest amount first. Two statements."""
    return _largest_first(_with(_received(period, sides, on=F(f"{PLEDGE}{by}")), _adjusted_by(period, sides, by)))


def _received(period: Period, sides: dict[str, int], *, on: Any) -> dict[Any, Totals]:
    """Sums of the receipts by `on`. One statement."""
    rows = receipts_in(period, sides).order_by().annotate(on=on).values("on").annotate(**_sums())
    return {row["on"]: _totals(row) for row in rows}


def _adjusted_by(period: Period, sides: dict[str, int], *names: str) -> dict[Any, int]:
    """Fen by one fact of the adjustments, or by several. One statement."""
    rows = adjustments_in(period, sides).order_by().values_list(*names).annotate(fen=Sum(in_fen(F("amount"))))
    return {row[0] if len(names) == 1 else row[:-1]: row[-1] for row in rows}


def _with(received: dict[Any, Totals], fen: dict[Any, int]) -> dict[Any, Totals]:
    found = defaultdict(Totals, received)
    for key, adjusted in fen.items():
        found[key] = found[key] + Totals(adjusted_fen=adjusted)
    return dict(sorted(found.items()))


def _largest_first(totals: dict[int, Totals]) -> dict[int, Totals]:
    return dict(sorted(totals.items(), key=lambda item: (-item[1].amount, item[0])))


def sum_of(totals: Iterable[Totals]) -> Totals:
    return sum(totals, Totals())


# --- one organisation's overview ---


@dataclass(frozen=True)
class Overview:
    """Of one organisation in a period: by day, and by whom it trades with."""

    organisation: Organisation
    period: Period
    days: dict[dt.date, Totals]
    others: list[tuple[Organisation, Totals]]

    @property
    def total(self) -> Totals:
        return sum_of(self.days.values())


def side_of(organisation: Organisation) -> str:
    """On which side of a statement the organisation stands: its kind says it."""
    return SELLER if organisation.is_seller else BUYER


def other_side(side: str) -> str:
    return BUYER if side == SELLER else SELLER


def overview_of(organisation: Organisation, period: Period) -> Overview:
    """Four statements, however many lines."""
    side = side_of(organisation)
    sides, other = {side: organisation.pk}, other_side(side)
    fen = _adjusted_by(period, sides, "day", other)
    by_day = _with(_received(period, sides, on=TruncDate("at")), _folded(fen, 0))
    by_other = _with(_received(period, sides, on=F(f"{PLEDGE}{other}")), _folded(fen, 1))
    return Overview(organisation, period, by_day, _named(_largest_first(by_other)))


def _folded(fen: dict[Any, int], part: int) -> dict[Any, int]:
    """By one part of the keys only."""
    found: dict[Any, int] = defaultdict(int)
    for key, one in fen.items():
        found[key[part]] += one
    return found


def everybody(period: Period, side: str) -> list[tuple[Organisation, Totals]]:
    """For the commerce desk: every seller, or every buyer, with its sums. Three statements."""
    return _named(totals_by_side(period, {}, side))


def _named(totals: dict[int, Totals]) -> list[tuple[Organisation, Totals]]:
    names = Organisation.objects.in_bulk(list(totals))
    return [(names[pk], one) for pk, one in totals.items()]


# --- the lines between two ---


@dataclass(frozen=True)
class Line:
    """One receipt or one adjustment of a statement. `amount` None waits for a price."""

    day: dt.date
    at: dt.datetime
    what: str
    pledge_id: int | None
    amount: Decimal | None
    is_adjustment: bool = False
    accepted_g: int = 0
    downgraded_g: int = 0
    rejected_g: int = 0
    missing_g: int = 0
    surplus_g: int = 0
    downgraded_price: Decimal | None = None
    load_id: int | None = None
    is_reversal: bool = False
    price: Decimal | None = None
    price_word: str = ""
    reason: str = ""

    @property
    def taken_g(self) -> int:
        return self.accepted_g + self.downgraded_g

    @property
    def refused_g(self) -> int:
        return self.rejected_g + self.missing_g


def lines_of(period: Period, sides: dict[str, int]) -> list[Line]:
    """Oldest first. Two statements."""
    return _in_order([*_received_lines(period, sides), *_adjusted_lines(period, sides)])


def _in_order(lines: Iterable[Line]) -> list[Line]:
    return sorted(lines, key=lambda line: (line.day, line.is_adjustment, line.at))


def _received_lines(period: Period, sides: dict[str, int]) -> list[Line]:
    rows = receipts_in(period, sides).select_related("load__allocation__pledge__produce")
    return [_line(receipt) for receipt in rows.annotate(fen=fen_of_line())]


def _adjusted_lines(period: Period, sides: dict[str, int]) -> list[Line]:
    return [_adjusted(row) for row in adjustments_in(period, sides).select_related("pledge__produce")]


def _line(receipt: Any) -> Line:
    pledge = receipt.load.allocation.pledge
    return Line(
        day=timezone.localdate(receipt.at),
        at=receipt.at,
        what=_what(pledge),
        pledge_id=pledge.pk,
        amount=None if receipt.fen is None else yuan_of(receipt.fen),
        accepted_g=receipt.accepted_g,
        downgraded_g=receipt.downgraded_g,
        rejected_g=receipt.rejected_g,
        missing_g=receipt.missing_g,
        surplus_g=receipt.surplus_g,
        downgraded_price=receipt.downgraded_price,
        load_id=receipt.load_id,
        is_reversal=receipt.reverses_id is not None,
        price=pledge.price,
        price_word=pledge.price_word,
        reason=receipt.reason,
    )


def _adjusted(row: StatementAdjustment) -> Line:
    return Line(
        day=row.day,
        at=row.at,
        what=_what(row.pledge) if row.pledge else "",
        pledge_id=row.pledge_id,
        amount=row.amount,
        is_adjustment=True,
        reason=row.reason,
    )


def _what(pledge: Pledge) -> str:
    parts = [pledge.produce.name, pledge.variety, pledge.get_grade_display()]
    return " · ".join(str(part) for part in parts if part)


def received_pledges(seller: Organisation, buyer: Organisation, most: int = 50) -> list[Pledge]:
    """What an adjustment may be about: pledges with a receipt, the last received first. One statement."""
    rows = Pledge.objects.filter(seller=seller, buyer=buyer, allocations__loads__receipts__isnull=False)
    last = Max("allocations__loads__receipts__pk")
    return list(rows.select_related("produce").annotate(last=last).order_by("-last")[:most])


# --- the page of a statement ---

LINES_A_PAGE = 60


@dataclass(frozen=True)
class DayOfStatement:
    """A day with its lines and their sums."""

    day: dt.date
    totals: Totals
    lines: list[Line]


def statement_page(
    period: Period, sides: dict[str, int], number: str | int | None
) -> tuple[Totals, Page, list[DayOfStatement]]:
    """The sums of the whole period, and a page of its days with their lines. Three statements, however many lines."""
    adjusted = _adjusted_lines(period, sides)
    fen: dict[dt.date, int] = defaultdict(int)
    for line in adjusted:
        fen[line.day] += fen_of(line.amount)
    days = _with(_received(period, sides, on=TruncDate("at")), fen)
    page = Paginator(day_chunks(days), 1).get_page(number)
    shown = page.object_list[0] if page.object_list else []
    lines: dict[dt.date, list[Line]] = defaultdict(list)
    received = _received_lines(Period(shown[0], shown[-1]), sides) if shown else []
    for line in _in_order([*received, *adjusted]):
        lines[line.day].append(line)
    return sum_of(days.values()), page, [DayOfStatement(day, days[day], lines[day]) for day in shown]


def day_chunks(days: dict[dt.date, Totals]) -> list[list[dt.date]]:
    """The days of a page each: whole days, together about `LINES_A_PAGE` lines. No statement."""
    chunks: list[list[dt.date]] = []
    room = 0
    for day, totals in days.items():
        if room < totals.lines or not chunks:
            chunks.append([])
            room = LINES_A_PAGE
        chunks[-1].append(day)
        room -= max(totals.lines, 1)
    return chunks


def totals_of(lines: Iterable[Line]) -> Totals:
    """The sums of lines that are at hand. No statement."""
    return sum_of(
        Totals(
            accepted_g=line.accepted_g,
            downgraded_g=line.downgraded_g,
            rejected_g=line.rejected_g,
            missing_g=line.missing_g,
            goods_fen=0 if line.is_adjustment else fen_of(line.amount),
            adjusted_fen=fen_of(line.amount) if line.is_adjustment else 0,
            lines=0 if line.is_adjustment else 1,
            unpriced_g=line.taken_g if line.amount is None else 0,
        )
        for line in lines
    )
