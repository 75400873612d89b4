"""The second template engine: lists of many cards. Same words and filters as the first."""

from typing import Any

from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from jinja2 import Environment

from market import wording
from market.quantities import describe, format_grams
from market.templatetags.market_ui import icon


def environment(**options: Any) -> Environment:
    env = Environment(extensions=["jinja2.ext.i18n"], **options)  # noqa: S701 - Django's backend sets autoescape
    env.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]
    env.globals.update(static=static, url=reverse, icon=icon)
    env.filters.update(
        grams=format_grams,
        describe=describe,
        relative_day=wording.relative_day,
        clock_time=wording.clock_time,
    )
    return env
