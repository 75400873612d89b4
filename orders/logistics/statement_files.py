"""A statement between two as a paper to sign (PDF) and as a sheet to count with (XLSX)."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from itertools import groupby

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from reportlab.lib import colors
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, KeepTogether, LongTable, Spacer, TableStyle

from market.models import Organisation
from market.quantities import format_grams
from market.sheets import write_xlsx
from market.wording import calendar_day, unit_word, with_note, yuan
from orders.logistics.capitals import capitals
from orders.logistics.exceptions import StatementTooLong
from orders.logistics.papers import GRID, print_a4, text_of
from orders.logistics.queries.statements import Line, Period, Totals, totals_of

MOST_PDF_LINES, MOST_XLSX_LINES = 1_000, 20_000
FIRST_FIGURE = 2  # the column from which on figures stand
WIDTHS = (16 * mm, 50 * mm, 30 * mm, 30 * mm, 29 * mm, 27 * mm)


@dataclass(frozen=True)
class Statement:
    """What both files say."""

    seller: Organisation
    buyer: Organisation
    period: Period
    lines: Sequence[Line]

    @cached_property
    def total(self) -> Totals:
        return totals_of(self.lines)

    @property
    def name(self) -> str:
        """For the file: ASCII, so that every phone keeps it."""
        return f"statement-{self.seller.pk}-{self.buyer.pk}-{self.period.since:%Y%m%d}-{self.period.until:%Y%m%d}"


def amount_words(line: Line) -> str:
    return _("待定价") if line.amount is None else yuan(line.amount)


def make_pdf(statement: Statement) -> bytes:
    """A4 pages, to be signed by both. Raises: StatementTooLong."""
    _require_length(statement, MOST_PDF_LINES)
    story = [*_head(statement), Spacer(0, 4 * mm), _table(statement), Spacer(0, 4 * mm), KeepTogether(_foot(statement))]
    return print_a4(statement.name, story)


def _require_length(statement: Statement, most: int) -> None:
    if len(statement.lines) > most:
        raise StatementTooLong(count=len(statement.lines), most=most)


def _head(statement: Statement) -> list[Flowable]:
    days = statement.period
    facts = [
        (_("卖方"), statement.seller.name),
        (_("买方"), statement.buyer.name),
        (
            _("日期"),
            _("%(since)s 到 %(until)s") % {"since": f"{days.since:%Y-%m-%d}", "until": f"{days.until:%Y-%m-%d}"},
        ),
        (_("打印时间"), f"{timezone.localtime():%Y-%m-%d %H:%M}"),
    ]
    said = [text_of(_("%(label)s：%(said)s") % {"label": label, "said": value}) for label, value in facts]
    return [text_of(_("对账单"), bold=True, size=16), Spacer(0, 2 * mm), *said]


def _table(statement: Statement) -> LongTable:
    titles = (_("日期"), _("货品"), _("收下"), _("拒收 / 短少"), _("单价"), _("金额"))
    rows: list[list[Flowable]] = [_cells(titles, bold=True)]
    marked = []
    for day, lines in groupby(statement.lines, key=lambda line: line.day):
        group = list(lines)
        rows += [_row(line) for line in group]
        marked.append(len(rows))
        rows.append(_sum_row(with_note(calendar_day(day), _("小计")), group))
    rows.append(_sum_row(_("合计"), statement.lines))
    marks = [("BACKGROUND", (0, n), (-1, n), colors.whitesmoke) for n in (*marked, len(rows) - 1)]
    return LongTable(rows, colWidths=WIDTHS, repeatRows=1, style=TableStyle(marks, parent=GRID))


def _row(line: Line) -> list[Flowable]:
    what, note = _("调整") if line.is_adjustment else line.what, _note(line)
    cells = (
        f"{line.day:%m-%d}",
        f"{what}\n{note}" if note else what,
        _weight(line.taken_g) if not line.is_adjustment else "",
        _weight(line.refused_g) if line.refused_g else "",
        yuan(line.price, line.price_word) if not line.is_adjustment else "",
        amount_words(line),
    )
    return _cells(cells)


def _note(line: Line) -> str:
    """What stands under the goods: what was taken lower and at which price, what came beyond, and why."""
    if line.is_adjustment:
        return with_note(line.what, line.reason) if line.what else line.reason
    said = [_("更正，原来记的作废：%(reason)s") % {"reason": line.reason} if line.is_reversal else line.reason]
    if line.downgraded_g:
        facts = {"weight": format_grams(line.downgraded_g, "公斤")}
        lower = _("其中降级 %(weight)s") % facts
        price = "" if line.downgraded_price is None else yuan(line.downgraded_price, line.price_word)
        said.append(f"{lower} {price}".strip())
    if line.surplus_g:
        said.append(_("比装车多出 %(weight)s") % {"weight": format_grams(line.surplus_g, "公斤")})
    return "\n".join(part for part in said if part)


def _sum_row(label: str, lines: Sequence[Line]) -> list[Flowable]:
    sums = totals_of(lines)
    refused = _weight(sums.refused_g) if sums.refused_g else ""
    cells = ("", label, _weight(sums.taken_g), refused, "", yuan(sums.amount))
    return _cells(cells, bold=True)


def _cells(cells: Sequence[str], *, bold: bool = False) -> list[Flowable]:
    """Words to the left, figures to the right."""
    return [text_of(cell, bold=bold, size=9, right=column >= FIRST_FIGURE) for column, cell in enumerate(cells)]


def _weight(grams: int) -> str:
    return f"{format_grams(grams, '公斤')}\n{format_grams(grams, '斤')}"


def _foot(statement: Statement) -> list[Flowable]:
    total = statement.total
    said = [text_of(_("买方应付：%(amount)s") % {"amount": yuan(total.amount)}, bold=True, size=13)]
    if (get_language() or "zh").startswith("zh"):
        said.append(text_of(_("大写：%(capitals)s") % {"capitals": capitals(total.amount)}))
    if total.unpriced_g:
        facts = {"weight": format_grams(total.unpriced_g, "公斤")}
        said.append(text_of(_("另有 %(weight)s 面议的货还没有定价，不在合计里") % facts))
    signs = _("卖方（签字盖章）：________________　　买方（签字盖章）：________________")
    return [*said, Spacer(0, 10 * mm), text_of(signs)]


def make_xlsx(statement: Statement) -> bytes:
    """One row a line and the sum below; nothing in it runs. Raises: StatementTooLong."""
    _require_length(statement, MOST_XLSX_LINES)
    titles = [
        *(
            _("日期"),
            _("卖方"),
            _("买方"),
            _("认购号"),
            _("货品"),
            _("收下（公斤）"),
            _("其中降级（公斤）"),
            _("拒收（公斤）"),
            _("短少（公斤）"),
        ),
        *(_("单价（元）"), _("计价单位"), _("金额（元）"), _("说明")),
    ]
    rows = [
        [
            *(line.day, statement.seller.name, statement.buyer.name, line.pledge_id),
            _("调整") if line.is_adjustment else line.what,
            *(_kg(grams) for grams in (line.taken_g, line.downgraded_g, line.rejected_g, line.missing_g)),
            *(line.price, unit_word(line.price_word), _("待定价") if line.amount is None else line.amount, _note(line)),
        ]
        for line in statement.lines
    ]
    total = statement.total
    weights = [_kg(grams) for grams in (total.taken_g, total.downgraded_g, total.rejected_g, total.missing_g)]
    rows.append([_("合计"), "", "", "", "", *weights, "", "", total.amount, ""])
    return write_xlsx(titles, rows, name=_("对账单"))


def _kg(grams: int) -> Decimal:
    """Whole grams as kilograms, exactly."""
    return Decimal(grams).scaleb(-3)
