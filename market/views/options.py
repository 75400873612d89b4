"""The choices of the board's filters, drawn once for each language and kept: 200 options cost more than a whole page."""

import datetime as dt
from collections.abc import Iterable
from functools import lru_cache

from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from market.enums import Grade, ProduceKind
from market.filters import JIN, KG
from market.queries.board import DAY, LEFT, PRICE, SPOIL
from market.queries.reference import reference, when_forgotten
from market.wording import relative_day

DAYS_SHOWN = 7


def produce_options(selected: str) -> SafeString:
    return _mark(_produce(get_language()), selected)


def kind_options(selected: str) -> SafeString:
    return _mark(_kinds(get_language()), selected)


def county_options(selected: str) -> SafeString:
    return _mark(_counties(get_language()), selected)


def township_options(county_code: str, selected: str) -> SafeString:
    return _mark(_townships(get_language(), county_code), selected)


def grade_options(selected: str) -> SafeString:
    return _mark(_grades(get_language()), selected)


def unit_options(selected: str) -> SafeString:
    return _mark(_units(get_language()), selected)


def day_options(selected: dt.date | None) -> SafeString:
    """The coming week; a later day that was asked for by its address is added."""
    today = timezone.localdate()
    week, chosen = _week(get_language(), today), selected.isoformat() if selected else ""
    if selected and selected > today + dt.timedelta(days=DAYS_SHOWN - 1):
        week += _options([(chosen, relative_day(selected, today=today))])
    return _mark(week, chosen)


def sort_options(selected: str) -> SafeString:
    return _mark(_sorts(get_language()), selected)


@lru_cache(maxsize=8)
def _produce(_language: str) -> SafeString:
    return _options((one.slug, one.name) for one in reference().produce.values())


@lru_cache(maxsize=8)
def _kinds(_language: str) -> SafeString:
    return _options(ProduceKind.choices)


@lru_cache(maxsize=8)
def _counties(_language: str) -> SafeString:
    return _options((place.prefix, place.name) for place in reference().counties)


@lru_cache(maxsize=64)
def _townships(_language: str, county_code: str) -> SafeString:
    return _options((place.prefix, place.name) for place in reference().townships_of(county_code))


@lru_cache(maxsize=8)
def _grades(_language: str) -> SafeString:
    return _options(Grade.choices)


@lru_cache(maxsize=8)
def _week(_language: str, today: dt.date) -> SafeString:
    days = [today + dt.timedelta(days=n) for n in range(DAYS_SHOWN)]
    return _options((day.isoformat(), relative_day(day, today=today)) for day in days)


@lru_cache(maxsize=8)
def _units(_language: str) -> SafeString:
    return _options([(JIN, _("元/斤")), (KG, _("元/公斤"))])


@lru_cache(maxsize=8)
def _sorts(_language: str) -> SafeString:
    words = {SPOIL: _("最急的在前"), PRICE: _("价格低的在前"), LEFT: _("剩得多的在前"), DAY: _("最新鲜的在前")}
    return _options(words.items())


def _options(choices: Iterable[tuple[object, object]]) -> SafeString:
    """HTML lets the closing tags be left out, and there are a hundred of them."""
    return format_html_join("", '<option value="{}">{}', choices)


def _mark(options: SafeString, selected: str) -> SafeString:
    """`selected` is a known value: a slug, a code, an ISO date; never what somebody typed."""
    if not selected:
        return options
    return mark_safe(options.replace(f'value="{selected}">', f'value="{selected}" selected>', 1))  # noqa: S308 - above


def forget_options() -> None:
    for drawn in (_produce, _counties, _townships):
        drawn.cache_clear()


when_forgotten(forget_options)
