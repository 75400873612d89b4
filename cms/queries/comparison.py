"""What an edit changes, field by field, in the words of the market."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from market.models import Listing, Photo
from market.pricing import unit_word
from market.quantities import describe
from market.wording import calendar_day, with_note, yuan


@dataclass(frozen=True)
class Change:
    """One line of "before → after". Photographs come as lists of pictures, everything else as text."""

    label: Any
    before: Any
    after: Any
    is_photos: bool = False
    changed: bool = True


@dataclass(frozen=True)
class Picture:
    photo: Photo
    is_new: bool = False
    is_gone: bool = False


def weight(grams: int | None, typed: str) -> str:
    """50 筐（2,000 斤 = 1,000 公斤）: what was typed, and both units."""
    if not grams:
        return _("不限")
    plain = describe(grams)
    said = "".join(typed.split()) in "".join(plain.split()).replace(",", "").split("=")
    return with_note(typed, plain) if typed and not said else plain


def price(listing: Listing) -> str:
    return yuan(listing.price, unit_word(listing.price_unit, listing.pack_word) if listing.price is not None else "")


def _pack(listing: Listing) -> str:
    return f"{listing.pack_word} · {describe(listing.pack_g)}" if listing.pack_g else _("散装")


def _phone(listing: Listing) -> str:
    return listing.contact_phone.removeprefix("+86")


FACTS: tuple[tuple[Any, Callable[[Listing], Any]], ...] = (
    (gettext_lazy("农产品"), lambda listing: listing.produce.name),
    (gettext_lazy("品种"), lambda listing: listing.variety or "—"),
    (gettext_lazy("等级"), lambda listing: listing.get_grade_display()),
    (gettext_lazy("每天供应"), lambda listing: weight(listing.quantity_per_day_g, listing.quantity_typed)),
    (
        gettext_lazy("日期"),
        lambda listing: f"{calendar_day(listing.first_day)} – {calendar_day(listing.last_day)}",
    ),
    (gettext_lazy("单价"), price),
    (gettext_lazy("起订量"), lambda listing: weight(listing.minimum_g, listing.minimum_typed)),
    (gettext_lazy("包装"), _pack),
    (gettext_lazy("产地"), lambda listing: listing.place.full_name_zh),
    (gettext_lazy("说明"), lambda listing: listing.note or "—"),
    (gettext_lazy("合格证"), lambda listing: _("有") if listing.has_certificate else _("没有")),
    (gettext_lazy("联系人"), lambda listing: listing.contact_name),
    (gettext_lazy("联系电话"), _phone),
)


def facts_of(listing: Listing) -> list[tuple[Any, Any]]:
    return [(label, say(listing)) for label, say in FACTS]


def photos_of(listing: Listing) -> list[Photo]:
    """In their order. One statement, also for a listing made from a revision."""
    ids = [row.photo_id for row in listing.photos.all()]
    known = Photo.objects.in_bulk(ids)
    return [known[pk] for pk in ids if pk in known]


def all_lines(before: Listing, after: Listing) -> list[Change]:
    """Every field, photographs first, each saying whether it changed."""
    lines = [_photo_line(before, after)]
    for label, say in FACTS:
        old, new = str(say(before)), str(say(after))
        lines.append(Change(label, old, new, changed=old != new))
    return lines


def changes_between(before: Listing, after: Listing) -> list[Change]:
    """Only what differs."""
    return [line for line in all_lines(before, after) if line.changed]


def _photo_line(before: Listing, after: Listing) -> Change:
    old, new = photos_of(before), photos_of(after)
    old_keys, new_keys = [p.pk for p in old], [p.pk for p in new]
    return Change(
        _("照片"),
        [Picture(photo, is_gone=photo.pk not in new_keys) for photo in old],
        [Picture(photo, is_new=photo.pk not in old_keys) for photo in new],
        is_photos=True,
        changed=old_keys != new_keys,
    )
