"""How a listing is said on the seller's pages: stages, facts, days, history."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from market.actions.lots import WITHDRAWN_STOCK
from market.enums import ListingStage
from market.models import Event, Listing, Lot
from market.pricing import unit_word
from market.quantities import describe, format_grams
from market.queries.listings import MyListing
from market.wording import calendar_day, relative_day, yuan
from market.wording import unit_word as pack_word

BADGES = {
    ListingStage.DRAFT: "draft",
    ListingStage.IN_REVIEW: "wait",
    ListingStage.CHANGES_ASKED: "warm",
    ListingStage.LIVE: "live",
    ListingStage.LIVE_EDIT_IN_REVIEW: "live",
    ListingStage.LIVE_CHANGES_ASKED: "warm",
    ListingStage.WITHDRAWN: "done",
    ListingStage.ENDED: "done",
}


def stage_words(stage: ListingStage) -> dict[str, str]:
    """Badge, big word and what happens next."""
    next_step = {
        ListingStage.DRAFT: _("还没有提交审核，买家看不到"),
        ListingStage.IN_REVIEW: _("主管部门正在审核，通过后买家就能看到，您不用再做什么"),
        ListingStage.CHANGES_ASKED: _("请按下面的意见修改，再提交一次"),
        ListingStage.LIVE: _("买家现在就能看到并认购"),
        ListingStage.LIVE_EDIT_IN_REVIEW: _("买家看到的还是原来的内容，修改通过后再换上"),
        ListingStage.LIVE_CHANGES_ASKED: _("原来的内容还在卖；修改没有通过，请按意见再改"),
        ListingStage.WITHDRAWN: _("买家看不到。想再卖，可以修改后重新提交"),
        ListingStage.ENDED: _("日期已经过去。还有货就再发一条"),
    }
    return {"kind": BADGES[stage], "word": str(stage.label), "text": next_step[stage]}


def price_words(listing: Listing) -> str:
    return yuan(listing.price, unit_word(listing.price_unit, listing.pack_word)) if listing.price else _("面议")


def days_words(listing: Listing) -> str:
    first, last = relative_day(listing.first_day), relative_day(listing.last_day)
    return first if first == last else _("%(first)s 到 %(last)s") % {"first": first, "last": last}


def facts_of(listing: Listing, *, unlike: Listing | None = None) -> list[tuple[str, str]]:
    """Label and value, line by line; with `unlike` only what differs from that one."""
    pack = listing.pack
    facts = [
        (_("农产品"), f"{listing.produce.name} {listing.variety}".strip()),
        (_("等级"), str(listing.get_grade_display())),
        (_("每天"), describe(listing.quantity_per_day_g)),
        (_("日期"), days_words(listing)),
        (_("单价"), price_words(listing)),
        (_("起订量"), describe(listing.minimum_g) if listing.minimum_g else ""),
        (
            _("包装"),
            _("每%(word)s %(weight)s") % {"word": pack_word(pack.word), "weight": describe(pack.grams)} if pack else "",
        ),
        (_("产地"), listing.place.full_name_zh),
        (_("合格证"), _("有") if listing.has_certificate else ""),
        (_("说明"), listing.note),
        (_("联系人"), f"{listing.contact_name} {listing.contact_phone.removeprefix('+86')}"),
    ]
    if unlike is None:
        return facts
    before = dict(facts_of(unlike))
    return [(label, value or _("（去掉）")) for label, value in facts if value != before[label]]


def listing_rows(mine: Iterable[MyListing], *, name_sellers: bool) -> list[dict[str, Any]]:
    """The cards of "my listings"."""
    return [
        {
            "url": reverse("market:listing", args=[row.listing.pk]),
            "title": f"{row.listing.produce.name} {row.listing.variety} · {row.listing.get_grade_display()}",
            "seller": row.listing.seller.name if name_sellers else "",
            "days": days_words(row.listing),
            "per_day": describe(row.listing.quantity_per_day_g),
            "price": price_words(row.listing),
            "photo": row.photo,
            "badge": BADGES[row.stage],
            "stage": row.stage.label,
            "reason": row.reason,
            "offered_g": row.offered_g,
            "reserved_g": row.reserved_g,
        }
        for row in mine
    ]


def lot_rows(lots: Iterable[Lot]) -> list[dict[str, Any]]:
    """For each day what is offered, promised and taken back, as `_progress.html` draws it."""
    today = timezone.localdate()
    return [
        {
            "day": relative_day(lot.day),
            "is_open": lot.is_open,
            "withdrawn_g": lot.withdrawn_g,
            "url": reverse("market:withdraw_day", args=[lot.pk]) if lot.day >= today and lot.remaining_g else "",
            "whole": lot.offered_g,
            "bars": [
                {
                    "label": _("供应 %(offered)s，已认购") % {"offered": format_grams(lot.offered_g)},
                    "grams": lot.reserved_g,
                }
            ],
        }
        for lot in lots
    ]


def event_lines(events: Iterable[Event]) -> list[dict[str, Any]]:
    """The listing's history, newest first, as `_timeline.html` draws it."""
    words = _event_words()
    lines = []
    for event in reversed(list(events)):
        sentence, icon = words.get(event.verb, (_("有变动"), "circle-dot"))
        if event.verb == WITHDRAWN_STOCK:
            sentence, icon = _stock_sentence(event), "undo-2"
        facts = {"at": event.at, "by": event.by, "on_behalf_of": event.on_behalf_of, "why": event.reason}
        lines.append({"sentence": sentence, "icon": icon, **facts})
    return lines


def _stock_sentence(event: Event) -> str:
    words = {"day": calendar_day(dt.date.fromisoformat(event.from_state)), "weight": describe(event.grams or 0)}
    return _("收回 %(day)s 没人认购的 %(weight)s") % words


def _event_words() -> dict[str, tuple[str, str]]:
    return {
        "submitted": (pgettext("event", "提交审核"), "send"),
        "edited": (_("修改后提交审核"), "file-pen"),
        "resubmitted": (_("按意见修改后重新提交"), "file-pen"),
        "withdrawn": (pgettext("event", "下架"), "archive"),
        "approved": (_("审核通过一步"), "check"),
        "changes_asked": (pgettext("event", "退回修改"), "undo-2"),
        "published": (_("审核通过，已上架"), "store"),
        "taken_down": (_("主管部门下架"), "archive"),
    }
