"""The page of one lot. Words are chosen here; the facts come from `market.queries.lot`."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import get_template
from django.templatetags.static import static
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from market.enums import DirectoryStatus, ListingStage
from market.models import Event
from market.permissions import can_see_contact
from market.pricing import unit_word
from market.quantities import describe, growers_words
from market.queries.lot import GONE, ON_SALE, PAST, SPOILT, LotPage, lot_page
from market.templatetags.market_ui import share
from market.views.pages import shared_page
from market.wording import calendar_day, clock_time, local, mask_name, mask_phone, relative_day, yuan
from market.wording import unit_word as pack_word


@require_safe
@shared_page
def lot(request: HttpRequest, pk: int) -> HttpResponse:
    """Also for a lot that is no longer on offer: it says so instead of being gone."""
    page = lot_page(pk)
    return render(request, "market/lot.html", lot_context(request, page), using="django")


def lot_context(request: HttpRequest, page: LotPage) -> dict[str, Any]:
    url = request.build_absolute_uri(reverse("market:lot", args=[page.lot.pk]))
    return {
        "page": page,
        "lot": page.lot,
        "listing": page.listing,
        "state_badge": state_badge(page),
        "price": price_words(page),
        "facts": facts(page),
        "toll": toll_sentence(page),
        "contact": contact(request, page),
        "day_rows": render_days(page),
        "history": [entry for event in page.events if (entry := history_entry(event))],
        "map": {"points": map_points(page)},
        "geojson_url": static("market/geo/zhuzhou.geojson"),
        "share_text": share_text(page, url) if page.state == ON_SALE else "",
    }


def state_badge(page: LotPage) -> dict[str, str]:
    badges = {
        ON_SALE: ("live", _("在售")),
        GONE: ("done", _("已认购完")),
        PAST: ("draft", _("已过供货日")),
        SPOILT: ("draft", _("已过保鲜期")),
    }
    kind, word = badges.get(page.state, ("draft", _("已下架")))
    return {"kind": kind, "word": word}


def price_words(page: LotPage) -> str:
    return yuan(page.listing.price, unit_word(page.listing.price_unit, page.listing.pack_word))


def facts(page: LotPage) -> list[tuple[str, Any]]:
    """Label and value; empty values are not shown."""
    listing, lot = page.listing, page.lot
    pack = listing.pack
    return [
        (_("供货日"), relative_day(lot.day)),
        (_("最晚时间"), clock_time(lot.best_before)),
        (_("产地"), page.place.full_name),
        (_("品种"), listing.variety),
        (_("等级"), lot.get_grade_display()),
        (_("包装"), f"{describe(pack.grams)} / {pack_word(pack.word)}" if pack else ""),
        (_("起订"), describe(listing.minimum_g) if listing.minimum_g else ""),
        (_("每天供应（原文）"), listing.quantity_typed),
        (_("供货时间"), f"{calendar_day(listing.first_day)} – {calendar_day(listing.last_day)}"),
        (_("食用农产品合格证"), _("有") if listing.has_certificate else _("卖方没有勾选")),
    ]


def toll_sentence(page: LotPage) -> str:
    """What the fresh-produce directory says; whether toll is waived is decided at the toll station."""
    sentences = {
        DirectoryStatus.YES: _(
            "预计符合：这种货在鲜活农产品目录内。整车合法装载时可以申请免过路费，以收费站查验为准。"
        ),
        DirectoryStatus.NO: _("预计不符合：这种货不在鲜活农产品目录内，运费请按交过路费计算。"),
    }
    return sentences.get(
        DirectoryStatus(page.produce.directory_status),
        _("需收费站认定：这种货是否算鲜活农产品各地看法不一，请先问收费站。"),
    )


def contact(request: HttpRequest, page: LotPage) -> dict[str, str]:
    """The whole number for a verified buyer; for everybody else name and number are hidden."""
    listing = page.listing
    if can_see_contact(request.user, listing):
        return {"name": listing.contact_name, "phone": listing.contact_phone.removeprefix("+86"), "shown": "1"}
    return {"name": mask_name(listing.contact_name), "phone": mask_phone(listing.contact_phone), "shown": ""}


def render_days(page: LotPage) -> SafeString:
    """One line for each day of the listing: a link, offered and pledged in words and as a bar."""
    rows = [
        {
            "url": reverse("market:lot", args=[one.id]),
            "is_this": one.id == page.lot.pk,
            "day": relative_day(one.day),
            "offered": _("供应 %(weight)s") % {"weight": growers_words(one.offered_g)},
            "reserved": _("已认购 %(weight)s") % {"weight": growers_words(one.reserved_g)},
            "share": share(one.reserved_g, one.offered_g),
            "closed": "" if one.is_open else _("已下架"),
        }
        for one in page.days
    ]
    return SafeString(get_template("market/lot_days.html", using="jinja2").render({"rows": rows}))


def history_entry(event: Event) -> dict[str, Any] | None:
    """A line of history for the public: what and when, not who."""
    was_live = event.from_state in (ListingStage.LIVE_EDIT_IN_REVIEW, ListingStage.LIVE_CHANGES_ASKED)
    weight = {"weight": describe(event.grams or 0)}
    lines = {
        "submitted": ("sprout", _("卖方填报，每天供应 %(weight)s") % weight, ""),
        "published": ("store", _("修改的内容通过审核") if was_live else _("通过审核，上架"), ""),
        "withdrawn": ("circle-x", _("卖方下架"), "stop"),
        "taken_down": ("circle-x", _("主管部门下架"), "stop"),
    }
    icon, sentence, kind = lines[event.verb]
    return {"icon": icon, "sentence": sentence, "kind": kind, "at": event.at}


def map_points(page: LotPage) -> list[dict[str, Any]]:
    place = page.place
    if place.lat is None or place.lon is None:
        return []
    point = {"lat": place.lat, "lon": place.lon, "label": place.name, "approximate": place.is_approximate}
    return [point]


def share_text(page: LotPage, url: str) -> str:
    """Short lines for a chat group, with the address. Dated by the calendar: it may be read or sent on another day."""
    lot = page.lot
    words = {
        "title": page.title,
        "place": page.place.full_name,
        "day": calendar_day(lot.day),
        "left": growers_words(lot.remaining_g),
        "price": price_words(page),
        "until": f"{calendar_day(lot.best_before)} {local(lot.best_before):%H:%M}",
    }
    return "\n".join(
        (
            _("【绿通集市】%(title)s（%(place)s）") % words,
            _("%(day)s还剩 %(left)s，%(price)s，最晚 %(until)s") % words,
            _("认购：%(url)s") % {"url": url},
        )
    )
