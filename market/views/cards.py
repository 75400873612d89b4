"""Cards of lots as text and HTML. The words are chosen here once a page; the template only places them."""

import datetime as dt
from collections.abc import Iterable
from typing import NamedTuple

from django.core.files.storage import default_storage
from django.template.loader import get_template
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from market.enums import ProduceKind
from market.quantities import growers_words
from market.queries.board import LotCard
from market.templatetags.market_ui import icon_paths, share
from market.wording import freshness, hours_left, relative_day, yuan

KIND_ICONS = {
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
    """One moment and one set of words for the whole page."""
    now, base = timezone.now(), reverse("market:lot", args=[0]).removesuffix("0/")
    today, left, offered, gone = timezone.localdate(now), _("剩 %(weight)s"), _("共 %(weight)s"), _("已认购完")
    days: dict[dt.date, str] = {}
    shown = []
    for card in cards:
        if card.day not in days:
            days[card.day] = relative_day(card.day, today=today)
        shown.append(
            ShownCard(
                url=f"{base}{card.id}/",
                title=card.title,
                place=card.place.full_name,
                seller=Truncator(card.seller).chars(LONGEST_SELLER),
                photo=default_storage.url(card.photo) if card.photo else "",
                icon=KIND_ICONS.get(ProduceKind(card.produce.kind), OTHER_ICON),
                price=yuan(card.price, card.price_word),
                left=gone if card.is_gone else left % {"weight": growers_words(card.remaining_g)},
                offered=offered % {"weight": growers_words(card.offered_g)},
                share=share(card.remaining_g, card.offered_g),
                is_gone=card.is_gone,
                fresh=freshness(card.best_before, now=now),
                clock=hours_left(card.best_before, now=now),
                day=days[card.day],
            )
        )
    return shown
