"""Template words of the whole site: icons and the filters that say days, money, weights and people.

A built-in of the Django engine, so no `{% load %}` is needed; Jinja2 templates get the same functions from
`JINJA_GLOBALS` and `JINJA_FILTERS`. What the words are is decided in `market.wording` and `market.quantities`.
"""

import logging
import re
from collections.abc import Sequence
from functools import cache, lru_cache
from pathlib import Path

from django import template
from django.conf import settings
from django.http import QueryDict
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from market import quantities, wording

register = template.Library()
log = logging.getLogger(__name__)

LICENCE_LINE = re.compile(r"<!--.*?-->", re.DOTALL)
INNER = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)
PERSONAL_CHOICES = ("lang", "type")
ICON_NAME = re.compile(r"[a-z0-9-]+")


@cache
def icon_paths(name: str) -> SafeString:
    """What stands inside the drawing `name` of the icon set; nothing (and a warning) when there is none."""
    file = Path(settings.ICONS_DIR) / f"{name}.svg"
    if not ICON_NAME.fullmatch(name) or not file.is_file():
        log.warning("no icon named %r", name)
        return SafeString("")
    drawing = INNER.search(LICENCE_LINE.sub("", file.read_text(encoding="utf-8")))
    lines = drawing.group(1).split("\n") if drawing else []
    return mark_safe("".join(line.strip() for line in lines))  # noqa: S308 our own pinned icon set, never user text


@register.simple_tag
@lru_cache(maxsize=512)
def icon(name: str, css: str = "") -> SafeString:
    """An icon of the set, drawn inline with the strokes of class `icon`. Decoration: the word beside it carries the meaning."""
    return format_html(
        '<svg class="icon{}" viewBox="0 0 24 24" aria-hidden="true">{}</svg>',
        f" {css}" if css else "",
        icon_paths(str(name)) if name else "",
    )


@register.simple_tag(takes_context=True)
def query_with(context: template.Context, **changes: object) -> str:
    """The query of this page with some keys changed (None takes a key away), beginning with `?`.

    The language and the type size are kept in cookies and never handed on. Unlike Django's `querystring` it also
    works where there is no request, as on an error page.
    """
    request = context.get("request")
    query = request.GET.copy() if request else QueryDict(mutable=True)
    for choice in PERSONAL_CHOICES:
        query.pop(choice, None)
    for key, value in changes.items():
        if value is None:
            query.pop(key, None)
        else:
            query[key] = str(value)
    return f"?{query.urlencode()}"


@register.filter
def share(part: object, whole: object) -> str:
    """`part` of `whole` as the width of a bar, between 0% and 100%. Never a number to be read out."""
    try:
        percent = 100 * float(part) / float(whole)  # type: ignore[arg-type]
    except (TypeError, ValueError, ZeroDivisionError):
        return "0%"
    return f"{min(max(percent, 0), 100):.1f}%"


@register.filter
def beside(cells: Sequence[object], columns: Sequence[object]) -> list[tuple[object, object]]:
    """Each cell of a row with its column: a table of N columns wants N cells."""
    return list(zip(cells, columns, strict=True))


@register.filter
def grams(quantity_g: int | None, unit: str = "auto") -> str:
    """A stored weight in the unit asked for: `{{ lot.left_g|grams }}`, `{{ load.loaded_g|grams:"t" }}`."""
    return "" if quantity_g is None else quantities.format_grams(quantity_g, unit=unit)


@register.filter
def describe(quantity_g: int | None) -> str:
    """100 斤 = 50 公斤."""
    return "" if quantity_g is None else quantities.describe(quantity_g)


@register.filter
def yuan(amount: object, unit: str = "") -> str:
    return wording.yuan(amount, unit)  # type: ignore[arg-type]


FILTERS = {
    "day": wording.relative_day,
    "calendar_day": wording.calendar_day,
    "clock": wording.clock_time,
    "hours_left": wording.hours_left,
    "freshness": wording.freshness,
    "mask_phone": wording.mask_phone,
    "mask_name": wording.mask_name,
    "unit_word": wording.unit_word,
    "listed": wording.listed,
    "run_on": wording.run_on,
}
for filter_name, function in FILTERS.items():
    # A filter takes one value; the words `now` and `today` of these functions are for tests.
    register.filter(filter_name, lambda value, function=function: function(value))

register.filter("with_note", wording.with_note)

JINJA_GLOBALS = {"icon": icon}
JINJA_FILTERS = {**FILTERS, "grams": grams, "describe": describe, "yuan": yuan, "share": share}
