"""The paper of a trip as PDF: stops in order, what to pack first, a code that leads to the trip on a phone."""

from collections.abc import Sequence

from django.utils import timezone
from django.utils.translation import gettext as _
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, KeepTogether, Spacer, Table, TableStyle

from market.quantities import format_grams
from market.wording import calendar_day, with_note
from orders.logistics.enums import PassState, StopKind
from orders.logistics.models import Load
from orders.logistics.papers import GRID, print_a4, qr_drawing, text_of
from orders.logistics.pass_sheet import override_boxes
from orders.logistics.queries.loads import Leg
from orders.logistics.queries.tolls import LegForecast
from orders.logistics.queries.trips import TripSheet

QR_SIDE = 27 * mm
WIDE = 182 * mm


def make_manifest(sheet: TripSheet, packing: Sequence[Load], url: str, tolls: Sequence[LegForecast] = ()) -> bytes:
    """A4 pages. `packing` are the loads in the order they go on; `url` is what the code says."""
    return print_a4(f"{sheet.trip.truck.plate} {sheet.trip.day}", manifest_story(sheet, packing, url, tolls))


def manifest_story(
    sheet: TripSheet, packing: Sequence[Load], url: str, tolls: Sequence[LegForecast] = ()
) -> list[Flowable]:
    """What the manifest says, for a paper of its own or in a pack; what a supervisor let pass stands on it too."""
    return [
        _head(sheet, url),
        Spacer(0, 4 * mm),
        *override_boxes(sheet.trip.overrides.all(), WIDE),
        text_of(_("停靠顺序"), bold=True),
        Spacer(0, 1 * mm),
        _stops(sheet),
        Spacer(0, 4 * mm),
        text_of(_("装车顺序（后卸的先装，放最里面）"), bold=True),
        Spacer(0, 1 * mm),
        _packing(packing, {leg.stop.pk: n for n, leg in enumerate(sheet.legs, start=1)}),
        *_tolls(tolls),
        Spacer(0, 6 * mm),
        text_of(_("发货人：____________　　司机：____________　　收货人：____________")),
    ]


def _tolls(tolls: Sequence[LegForecast]) -> list[Flowable]:
    """What to expect at the toll station, leg by leg."""
    if not tolls:
        return []
    said = [
        text_of(_("第 %(number)s 站之后：%(said)s") % {"number": one.number, "said": one.sentence}, size=9)
        for one in tolls
    ]
    head = text_of(_("高速免费（绿色通道）：只是预计，由出口收费站查验决定"), bold=True)
    return [Spacer(0, 4 * mm), KeepTogether([head, *said])]


def both_ways(grams: int) -> str:
    """50 公斤 / 100 斤: what the scales say and what the growers say."""
    return f"{format_grams(grams, '公斤')} / {format_grams(grams, '斤')}"


def _head(sheet: TripSheet, url: str) -> Table:
    trip = sheet.trip
    green_pass = trip.green_pass
    lines = [
        (_("日期"), calendar_day(trip.day)),
        (_("时间"), f"{_clock(trip.starts_at)}–{_clock(trip.ends_at)}"),
        (_("承运"), trip.truck.carrier.name),
        (_("司机"), f"{trip.driver.name} {trip.driver.phone.removeprefix('+86')}"),
        (_("通行证"), _pass_line(sheet) if green_pass else _no_pass(sheet)),
        (_("里程"), _("%(km)s 公里") % {"km": f"{trip.distance_m / 1000:,.1f}"}),
        (_("最重时"), with_note(both_ways(sheet.heaviest_g), _("核载 %(percent)s%%") % {"percent": sheet.percent})),
    ]
    number = _("第 %(number)s 号") % {"number": trip.pk}
    facts: list[Flowable] = [
        text_of(_("绿通集市随车清单"), bold=True, size=16),
        text_of(f"{trip.truck.plate}　{number}", bold=True, size=13),
        *(text_of(_("%(label)s：%(said)s") % {"label": label, "said": value}) for label, value in lines),
    ]
    head = Table([[facts, qr_drawing(url, QR_SIDE)]], colWidths=[148 * mm, 34 * mm])
    head.setStyle(TableStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), ("LEFTPADDING", (0, 0), (0, 0), 0)]))
    return head


def _pass_line(sheet: TripSheet) -> str:
    green_pass = sheet.trip.green_pass
    assert green_pass is not None
    until = _("有效至 %(until)s") % {"until": f"{timezone.localtime(green_pass.valid_to):%m-%d %H:%M}"}
    note = until if green_pass.state == PassState.ISSUED else green_pass.get_state_display()
    return with_note(f"{green_pass.get_issuer_display()} {green_pass.number}", str(note))


def _no_pass(sheet: TripSheet) -> str:
    return _("没有，见特批放行") if sheet.trip.overrides.all() else _("不需要")


def _stops(sheet: TripSheet) -> Table:
    rows = [[text_of(word, bold=True) for word in (_("站"), _("时间"), _("地点和联系人"), _("货"), _("实数"))]]
    rows += [
        [
            text_of(f"{n} {leg.stop.get_kind_display()}", bold=True),
            text_of(_clock(leg.stop.planned_at)),
            text_of(_where(leg)),
            text_of("\n".join(_goods(leg, load) for load in leg.loads)),
            text_of("\n".join(_counted(load) for load in leg.loads)),
        ]
        for n, leg in enumerate(sheet.legs, start=1)
    ]
    return Table(rows, colWidths=[24 * mm, 14 * mm, 58 * mm, 58 * mm, 28 * mm], repeatRows=1, style=GRID)


def _where(leg: Leg) -> str:
    stop = leg.stop
    phone = stop.contact_phone.removeprefix("+86")
    return f"{stop.organisation.name}\n{stop.address}\n{stop.contact_name} {phone}"


def _goods(leg: Leg, load: Load) -> str:
    is_pickup = leg.stop.kind == StopKind.PICKUP
    other = load.allocation.pledge.buyer.name if is_pickup else load.allocation.lot.seller.name
    listing = load.allocation.lot.listing
    return f"{listing.produce.name} {listing.get_grade_display()} {'→' if is_pickup else '←'} {other}\n{both_ways(load.planned_g)}"


def _counted(load: Load) -> str:
    """Two lines, as the goods beside it have."""
    return both_ways(load.loaded_g).replace(" / ", "\n") if load.loaded_g is not None else "________\n"


def _packing(loads: Sequence[Load], number_of: dict[int, int]) -> Table:
    rows = [[text_of(word, bold=True) for word in (_("顺序"), _("在第几站装"), _("在第几站卸"), _("货"), _("重量"))]]
    rows += [
        [
            text_of(str(n), bold=True),
            text_of(str(number_of[load.pickup_id])),
            text_of(str(number_of[load.delivery_id])),
            text_of(f"{load.allocation.lot.listing.produce.name} → {load.allocation.pledge.buyer.name}"),
            text_of(both_ways(load.planned_g)),
        ]
        for n, load in enumerate(loads, start=1)
    ]
    return Table(rows, colWidths=[14 * mm, 26 * mm, 26 * mm, 68 * mm, 48 * mm], repeatRows=1, style=GRID)


def _clock(moment: object) -> str:
    return f"{timezone.localtime(moment):%H:%M}"  # type: ignore[arg-type]
