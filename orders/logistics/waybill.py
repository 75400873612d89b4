"""The waybill of a trip as a paper in three copies, with a place for every signature and a code of its own hash."""

import hashlib
import json
from collections.abc import Sequence

from django.utils import timezone
from django.utils.translation import gettext as _
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, KeepTogether, Spacer, Table, TableStyle

from market.wording import calendar_day, listed
from orders.logistics.manifest import both_ways
from orders.logistics.models import Load
from orders.logistics.papers import GRID, Sheet, qr_drawing, text_of
from orders.logistics.queries.trips import TripSheet

COPIES = (1, 2, 3)
RETURNED_COPY = 3  # signed by everybody, it comes back to the dispatcher
CODE_SIDE = 26 * mm
ROW = 13 * mm


def copy_word(copy: int) -> str:
    words = {1: _("第一联：发货人留存"), 2: _("第二联：承运人留存"), 3: _("第三联：各方签字后交回调度")}
    return words[copy]


def waybill_hash(sheet: TripSheet) -> str:
    """SHA-256 of what the waybill says, so that a copy altered by hand is found out."""
    trip = sheet.trip
    loads = [[load.pk, load.allocation_id, load.planned_g, load.loaded_g] for load in sheet.loads]
    said = [trip.pk, trip.day.isoformat(), trip.truck.plate, trip.driver_id, sorted(loads)]
    return hashlib.sha256(json.dumps(said, ensure_ascii=True, separators=(",", ":")).encode()).hexdigest()


def code_text(sheet: TripSheet) -> str:
    """What the code on the waybill says: the trip and half of the hash."""
    return f"GCW1:{sheet.trip.pk}:{waybill_hash(sheet)[:32].upper()}"


def waybill_sheets(sheet: TripSheet, seals: Sequence[str]) -> list[Sheet]:
    """Three papers, the same but for the copy's name."""
    return [Sheet(_story(sheet, seals, copy), _foot(sheet, copy)) for copy in COPIES]


def _story(sheet: TripSheet, seals: Sequence[str], copy: int) -> list[Flowable]:
    return [
        _head(sheet, seals, copy),
        Spacer(0, 3 * mm),
        _goods(sheet),
        Spacer(0, 4 * mm),
        text_of(_("签字（每站当面点清，写实际数量）"), bold=True),
        Spacer(0, 1 * mm),
        _signatures(sheet),
        Spacer(0, 3 * mm),
        KeepTogether([text_of(_("备注：短少、拒收或破损写在这里，并拍照上传"), size=9), Spacer(0, 14 * mm)]),
    ]


def _head(sheet: TripSheet, seals: Sequence[str], copy: int) -> Table:
    trip = sheet.trip
    lines = [
        text_of(_("绿通集市货运单"), bold=True, size=16),
        text_of(copy_word(copy), bold=True, size=12),
        text_of(f"{trip.truck.plate}　{number_of(sheet, copy)}", bold=True, size=12),
        text_of(f"{calendar_day(trip.day)}　{trip.truck.carrier.name}　{trip.driver.name}"),
        text_of(_("封条号：%(seals)s") % {"seals": listed(seals) if seals else "________________"}),
        text_of(_("校验 %(hash)s") % {"hash": waybill_hash(sheet)[:16].upper()}, size=9),
    ]
    head = Table([[lines, qr_drawing(code_text(sheet), CODE_SIDE, quiet=4)]], colWidths=[150 * mm, 36 * mm])
    head.setStyle(TableStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), ("LEFTPADDING", (0, 0), (0, 0), 0)]))
    return head


def number_of(sheet: TripSheet, copy: int) -> str:
    """The printed number of one copy: 20210808-12-3."""
    return f"No. {sheet.trip.day:%Y%m%d}-{sheet.trip.pk}-{copy}"


def _goods(sheet: TripSheet) -> Table:
    titles = (_("发货人"), _("收货人"), _("货"), _("应装"), _("实装"), _("实收"))
    rows = [[text_of(word, bold=True) for word in titles]]
    rows += [[text_of(word, size=9) for word in _cells(load)] for load in sheet.loads]
    return Table(rows, colWidths=[w * mm for w in (34, 36, 30, 30, 28, 28)], repeatRows=1, style=GRID)


def _cells(load: Load) -> tuple[str, ...]:
    listing = load.allocation.lot.listing
    loaded = "" if load.loaded_g is None else _two_lines(load.loaded_g)
    goods = f"{listing.produce.name} {listing.get_grade_display()}"
    buyer = load.allocation.pledge.buyer.name
    return (load.allocation.lot.seller.name, buyer, goods, _two_lines(load.planned_g), loaded, "")


def _two_lines(grams: int) -> str:
    return both_ways(grams).replace(" / ", "\n")


def _signatures(sheet: TripSheet) -> Table:
    titles = (_("站"), _("单位"), _("签字"), _("时间"), _("件数 / 重量"))
    rows = [[text_of(word, bold=True) for word in titles]]
    rows += [
        [text_of(f"{n} {leg.stop.get_kind_display()}"), text_of(leg.stop.organisation.name), "", "", ""]
        for n, leg in enumerate(sheet.legs, start=1)
    ]
    rows.append([text_of(_("司机")), text_of(sheet.trip.truck.carrier.name), "", "", ""])
    heights = [None, *[ROW] * (len(rows) - 1)]
    return Table(rows, colWidths=[w * mm for w in (24, 46, 50, 30, 36)], rowHeights=heights, repeatRows=1, style=GRID)


def _foot(sheet: TripSheet, copy: int) -> str:
    at = f"{timezone.localtime():%Y-%m-%d %H:%M}"
    return _("绿通集市 · 货运单 %(number)s · 打印于 %(at)s") % {"number": number_of(sheet, copy), "at": at}
