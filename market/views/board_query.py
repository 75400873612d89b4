"""What the address of the board asks for, read and said again: parameters, chips, links that keep the rest."""

import datetime as dt
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from market.filters import JIN, SHOWN_VALUE, LotFilter
from market.models import Lot
from market.quantities import Quantity
from market.queries.board import LEFT, MAX_PAGES, ORDERS, SPOIL
from market.queries.reference import KnownPlace, KnownProduce
from market.wording import relative_day, yuan

SORTS = (*ORDERS, LEFT)


@dataclass(frozen=True)
class Chip:
    """One condition in force and the address without it."""

    label: str
    url: str


class BoardQuery:
    """Reads a query once. `params` is the shortest query that asks for the same."""

    def __init__(self, query: QueryDict) -> None:
        self.filter = LotFilter(query, Lot.objects.on_board())
        self._extra: list[str] = []
        self.sort = self._read_sort(query.get("sort", "").strip())
        self.number = self._read_page(query.get("page", "").strip())

    @property
    def sentences(self) -> list[str]:
        """One for each value that was left out."""
        return [*self.filter.sentences, *self._extra]

    @cached_property
    def params(self) -> dict[str, str]:
        params = {name: as_parameter(value) for name, value in self.filter.asked.items()}
        return params if self.sort == SPOIL else {**params, "sort": self.sort}

    def url(self, **changes: str | None) -> str:
        """The board with these parameters changed (None takes one away), from its first page unless one is named."""
        params = {name: value for name, value in {**self.params, **changes}.items() if value}
        return f"{reverse('market:board')}?{urlencode(params)}" if params else reverse("market:board")

    @cached_property
    def chips(self) -> list[Chip]:
        asked = self.filter.asked
        return [Chip(self._label(name), self._url_without(name)) for name in asked if name != "unit"]

    def _url_without(self, name: str) -> str:
        if name == "town":
            return self.url(town=None, county=self.params["town"][:6])
        return self.url(**{name: None}, **({"unit": None} if name == "price" else {}))

    def _label(self, name: str) -> str:
        value = self.filter.asked[name]
        words = {
            "q": lambda: _("搜索“%(text)s”") % {"text": value},
            "produce": lambda: value.name,
            "day": lambda: relative_day(value),
            "price": lambda: _("不超过 %(price)s") % {"price": yuan(value, self.filter.asked.get("unit", JIN))},
            "left": lambda: _("至少剩 %(weight)s") % {"weight": value},
            "gone": lambda: _("含已认购完"),
            "county": lambda: value.full_name,
            "town": lambda: value.full_name,
        }
        return str(words[name]() if name in words else value.label)

    def _read_sort(self, text: str) -> str:
        if text and text not in SORTS:
            self._extra.append(_("没有“%(value)s”这种排法，已按最急的在前") % {"value": text[:SHOWN_VALUE]})
        return text if text in SORTS else SPOIL

    def _read_page(self, text: str) -> int:
        if not text:
            return 1
        number = int(text) if text.isascii() and text.isdigit() and len(text) <= 6 else 0
        if number < 1:
            self._extra.append(_("没有第“%(value)s”页，这是第 1 页") % {"value": text[:SHOWN_VALUE]})
        elif number > MAX_PAGES:
            self._extra.append(_("最多看 %(pages)d 页，请加条件缩小范围") % {"pages": MAX_PAGES})
        return max(number, 1)


def as_parameter(value: Any) -> str:
    """How the address says a value that was understood."""
    match value:
        case KnownProduce():
            return value.slug
        case KnownPlace():
            return value.prefix
        case Quantity():
            return value.typed
        case dt.date():
            return value.isoformat()
        case True:
            return "1"
    return str(value)
