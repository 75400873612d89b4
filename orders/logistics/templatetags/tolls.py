"""The toll forecast for pages that have a trip's sheet at hand."""

from typing import Any

from django import template

from orders.logistics.queries.tolls import LegForecast, forecast_of, in_force, known_rules
from orders.logistics.queries.trips import TripSheet

register = template.Library()


@register.simple_tag(takes_context=True)
def tolls_of(context: Any, sheet: TripSheet) -> list[LegForecast]:
    """Of every leg with goods aboard. One statement a page, however many trips it shows."""
    page = context.get("request") or context.render_context  # an included template has a render context of its own
    if not hasattr(page, "toll_rules"):
        page.toll_rules = known_rules()
    return forecast_of(sheet, in_force(page.toll_rules, sheet.trip.day))


@register.filter
def badge_of(forecast: LegForecast) -> str:
    """The kind of badge of an outlook."""
    return {"expected": "live", "station": "warm", "unmet": "draft"}[forecast.outlook.value]
