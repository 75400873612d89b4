"""All papers of a trip as one PDF: the pass where there is one, the manifest by stop, the waybill in three copies."""

from django.utils import timezone
from django.utils.translation import gettext as _

from orders.logistics.manifest import manifest_story
from orders.logistics.papers import Sheet, print_pack
from orders.logistics.pass_sheet import PassFacts, pass_sheet
from orders.logistics.queries.papers import PackFacts
from orders.logistics.queries.trips import off_loading_order
from orders.logistics.waybill import waybill_sheets


def make_pack(facts: PackFacts, url: str) -> bytes:
    """`url` is what the manifest's code says: the address of the trip."""
    sheet, trip = facts.sheet, facts.sheet.trip
    at = f"{timezone.localtime():%Y-%m-%d %H:%M}"
    foot = _("绿通集市 · 随车清单 第 %(number)s 号 · 打印于 %(at)s") % {"number": trip.pk, "at": at}
    manifest = Sheet(manifest_story(sheet, off_loading_order(sheet), url, facts.tolls), foot)
    first = [pass_sheet(PassFacts(sheet, facts.code, facts.overrides, facts.seals))] if facts.code else []
    return print_pack(f"{trip.truck.plate} {trip.day}", [*first, manifest, *waybill_sheets(sheet, facts.seals)])
