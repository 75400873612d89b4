"""The signed papers of a trip, for its page."""

from django import template

from orders.logistics.models import Paper, Trip
from orders.logistics.queries import papers

register = template.Library()


@register.simple_tag
def papers_of(trip: Trip) -> list[Paper]:
    """One statement."""
    return papers.papers_of(trip)
