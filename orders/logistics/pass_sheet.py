"""The pass of a trip as a paper: A4 landscape on green, with a code that a phone reads without a network.

It works with the power off: what to do when the code cannot be scanned stands on it, and so does everything an officer compares.
Names are masked; whoever stops the truck compares them with the papers of the person before him.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from reportlab.lib import colors
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, KeepInFrame, Spacer, Table, TableStyle

from market.wording import listed, mask_name, run_on, with_note
from orders.logistics.models import PassCode, TripOverride
from orders.logistics.papers import Sheet, qr_drawing, text_of
from orders.logistics.queries.fitness import SENTENCES, Reason, masked
from orders.logistics.queries.trips import TripSheet

CODE_SIDE = 84 * mm  # without the quiet zone; at least 60 is asked for
QUIET = 4
LEFT, RIGHT = 106 * mm, 167 * mm
TALL = 180 * mm  # whatever there is to say is made small enough for one page
MOST_GOODS = 8
BOX = TableStyle(
    [
        ("BOX", (0, 0), (-1, -1), 1, colors.black),
        ("LEFTPADDING", (0, 0), (-1, -1), 6),
        ("TOPPADDING", (0, 0), (-1, -1), 1),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 6),
    ]
)


@dataclass(frozen=True)
class PassFacts:
    """What the paper is made of."""

    sheet: TripSheet
    code: PassCode
    overrides: Sequence[TripOverride]
    seals: Sequence[str]


def pass_sheet(facts: PassFacts) -> Sheet:
    left = _code_column(facts.code)
    right = [
        *_head(facts),
        Spacer(0, 2 * mm),
        _facts(facts),
        Spacer(0, 2 * mm),
        *override_boxes(facts.overrides, RIGHT - 4 * mm),
        _when_unread(),
    ]
    both = Table([[left, KeepInFrame(RIGHT, TALL, right, mode="shrink")]], colWidths=[LEFT, RIGHT])
    both.setStyle(
        TableStyle(
            [
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("LEFTPADDING", (0, 0), (-1, -1), 0),
                ("TOPPADDING", (0, 0), (-1, -1), 0),
            ]
        )
    )
    return Sheet([both], _foot(facts), green=True)


def grouped(number: str) -> str:
    """430202 000123: the area and the count, to be read out."""
    return f"{number[:6]} {number[6:]}".strip()


def _code_column(code: PassCode) -> list[Flowable]:
    number = code.green_pass.number if code.green_pass else ""
    return [
        qr_drawing(code.text, CODE_SIDE, error="q", quiet=QUIET),
        Spacer(0, 3 * mm),
        text_of(_("通行证号"), size=11),
        text_of(grouped(number), bold=True, size=27),
        text_of(_("校验码"), size=11),
        text_of(" ".join(code.check_code), bold=True, size=30),
    ]


def _head(facts: PassFacts) -> list[Flowable]:
    code, trip = facts.code, facts.sheet.trip
    kind = _("样张，不能通行") if code.is_specimen else code.get_kind_display()
    return [
        text_of(with_note(_("绿色通道通行单"), kind), bold=True, size=21),
        text_of(trip.truck.plate, bold=True, size=34),
    ]


def _facts(facts: PassFacts) -> Table:
    code, trip = facts.code, facts.sheet.trip
    green_pass = code.green_pass
    goods = list(dict.fromkeys(load.allocation.lot.listing.produce.name for load in facts.sheet.loads))
    said_goods = listed(goods[:MOST_GOODS])
    if len(goods) > MOST_GOODS:
        said_goods = _("%(goods)s等 %(count)s 种") % {"goods": said_goods, "count": len(goods)}
    whole_city = green_pass is None or green_pass.from_place is None or green_pass.to_place is None
    route = _("全市") if whole_city else f"{green_pass.from_place.name} → {green_pass.to_place.name}"  # type: ignore[union-attr]
    rows = [
        (_("有效时间"), f"{_moment(code.not_before)} — {_moment(code.expires_at)}"),
        (_("路线"), route),
        (_("签发单位"), green_pass.get_issuer_display() if green_pass else ""),
        (_("承运"), trip.truck.carrier.name),
        (_("司机"), mask_name(trip.driver.name)),
        (_("车牌颜色"), trip.truck.get_plate_colour_display()),
        (_("货"), said_goods),
        (_("车次"), _("第 %(number)s 号") % {"number": trip.pk}),
    ]
    rows += [(_("封条"), listed(facts.seals))] if facts.seals else []
    table = Table(
        [[text_of(label, size=12), text_of(said, bold=True, size=13)] for label, said in rows],
        colWidths=[26 * mm, 141 * mm],
    )
    table.setStyle(
        TableStyle(
            [
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("TOPPADDING", (0, 0), (-1, -1), 0),
                ("LEFTPADDING", (0, 0), (-1, -1), 0),
            ]
        )
    )
    return table


def override_boxes(overrides: Iterable[TripOverride], width: float) -> list[Flowable]:
    """What somebody let pass against the rules, plainly."""
    found: list[Flowable] = []
    for one in overrides:
        said = {
            "until": _moment(one.until),
            "why": one.why,
            "reasons": run_on(_against(one)),
            "by": mask_name(one.by.name),
        }
        words = text_of(
            _("特批放行到 %(until)s：%(why)s（没有满足的条件：%(reasons)s；批准人 %(by)s）") % said, bold=True, size=11
        )
        found += [Table([[words]], colWidths=[width], style=BOX), Spacer(0, 2 * mm)]
    return found


def _against(override: TripOverride) -> list[str]:
    """Facts of health are said as one general word, as everywhere outside the checkpoint."""
    reasons = [Reason.from_json(one) if isinstance(one, dict) else Reason(str(one)) for one in override.reasons]
    return masked([reason for reason in reasons if reason.code in SENTENCES])


def _when_unread() -> Table:
    steps = [
        _("扫不出来时："),
        _("1. 把纸铺平、擦干、挡住强光，离远一点再扫一次；没有网络也能扫。"),
        _("2. 在查验页面上输入 12 位通行证号和 4 位校验码。"),
        _("3. 打电话或发短信到 %(hotline)s，报通行证号和校验码，对方回答真假和有效时间。")
        % {"hotline": settings.HOTLINE},
        _("4. 都不行时：对车牌、司机证件、时间和路线，记下通行证号和校验码。有疑问先停下，不要只凭这张纸放行。"),
    ]
    words = [[text_of(step, bold=not n, size=11)] for n, step in enumerate(steps)]
    return Table(words, colWidths=[RIGHT - 4 * mm], style=BOX)


def _foot(facts: PassFacts) -> str:
    number = facts.code.green_pass.number if facts.code.green_pass else ""
    said = {"number": grouped(number), "code": facts.code.check_code, "at": _moment(timezone.now())}
    return _("绿通集市 · 通行单 %(number)s %(code)s · 打印于 %(at)s · 纸质和手机上的同样有效") % said


def _moment(moment: object) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}"  # type: ignore[arg-type]
