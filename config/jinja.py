"""The second template engine: lists of many cards. Same words and filters as the first."""

from typing import Any

from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from jinja2 import Environment

from market.templatetags.market_ui import JINJA_FILTERS, JINJA_GLOBALS


def environment(**options: Any) -> Environment:
    env = Environment(extensions=["jinja2.ext.i18n"], **options)  # noqa: S701 - Django's backend sets autoescape
    env.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]
    env.globals.update(static=static, url=reverse, **JINJA_GLOBALS)
    env.filters.update(JINJA_FILTERS)
    return env
