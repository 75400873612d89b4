"""Cards of lots as text and HTML. The words are chosen here once a page; the template only places them."""

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from django.core.files.storage import default_storage
from django.template.loader import get_template
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from market.enums import Grade, ProduceKind
from market.pricing import unit_word
from market.quantities import growers_words
from market.queries.board import LotCard
from market.templatetags.market_ui import icon_paths, share
from market.wording import freshness, hours_left, relative_day, yuan

KIND_ICONS: dict[str, str] = {
    ProduceKind.VEGETABLE: "salad",
    ProduceKind.FRUIT: "apple",
    ProduceKind.AQUATIC: "fish",
    ProduceKind.LIVESTOCK: "feather",
    ProduceKind.MEAT: "beef",
    ProduceKind.EGG: "egg",
    ProduceKind.GRAIN: "wheat",
}
OTHER_ICON = "package"
LONGEST_SELLER = 20  # characters; the lot's own page says the whole name


class ShownCard(NamedTuple):
    url: str
    title: str
    place: str
    seller: str
    photo: str
    icon: str
    price: str
    left: str
    offered: str
    share: str
    is_gone: bool
    fresh: str
    clock: str
    day: str


def render_cards(cards: Iterable[LotCard]) -> SafeString:
    """The list of cards with the drawings it uses. No statement."""
    shown = shown_cards(cards)
    drawings = {name: icon_paths(name) for name in sorted({card.icon for card in shown if not card.photo})}
    template = get_template("market/lot_cards.html", using="jinja2")
    return SafeString(template.render({"cards": shown, "drawings": drawings}))


def shown_cards(cards: Iterable[LotCard]) -> list[ShownCard]:
    """One moment for the whole page; what many cards say alike is put into words once."""
    words = _Words()
    return [words.of(card) for card in cards]


class _Words:
    """The words of one page in one language at one moment."""

    def __init__(self) -> None:
        self.now = timezone.now()
        self.today = timezone.localdate(self.now)
        self.language = get_language() or ""
        self.base = reverse("market:lot", args=[0]).removesuffix("0/")
        self.left, self.offered, self.gone = _("剩 %(weight)s"), _("共 %(weight)s"), _("已认购完")
        self.days: dict[dt.date, str] = {}
        self.clocks: dict[dt.datetime, tuple[str, str]] = {}

    def of(self, card: LotCard) -> ShownCard:
        fresh, clock = self.clock(card.best_before)
        parts = (card.produce.name, card.variety, grade_word(self.language, card.grade))
        return ShownCard(
            url=f"{self.base}{card.id}/",
            title=" · ".join(part for part in parts if part),
            place=card.place.full_name,
            seller=Truncator(card.seller).chars(LONGEST_SELLER),
            photo=default_storage.url(card.photo) if card.photo else "",
            icon=KIND_ICONS.get(card.produce.kind, OTHER_ICON),
            price=price_word(self.language, card.price, card.price_unit, card.pack_word),
            left=self.gone if card.is_gone else self.left % {"weight": weight_word(self.language, card.remaining_g)},
            offered=self.offered % {"weight": weight_word(self.language, card.offered_g)},
            share=share(card.remaining_g, card.offered_g),
            is_gone=card.is_gone,
            fresh=fresh,
            clock=clock,
            day=self.day(card.day),
        )

    def day(self, day: dt.date) -> str:
        if day not in self.days:
            self.days[day] = relative_day(day, today=self.today)
        return self.days[day]

    def clock(self, until: dt.datetime) -> tuple[str, str]:
        if until not in self.clocks:
            self.clocks[until] = freshness(until, now=self.now), hours_left(until, now=self.now)
        return self.clocks[until]


# A Chinese message is looked for in two dozen catalogues before it stands for itself: the same few words are kept.
@lru_cache(maxsize=4096)
def weight_word(_language: str, grams: int) -> str:
    return growers_words(grams)


@lru_cache(maxsize=4096)
def price_word(_language: str, price: Decimal | None, price_unit: str, pack_word: str) -> str:
    return yuan(price, unit_word(price_unit, pack_word))


@lru_cache(maxsize=32)
def grade_word(_language: str, grade: str) -> str:
    return str(Grade(grade).label)
