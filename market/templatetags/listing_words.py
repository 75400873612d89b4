"""For templates that Wagtail renders with nothing but the listing: its facts and photographs."""

from django import template

from market.models import Listing, Photo
from market.queries.listings import photos_of
from market.views.listing_words import facts_of

register = template.Library()


@register.filter
def listing_facts(listing: Listing) -> list[tuple[str, str]]:
    return facts_of(listing)


@register.filter
def listing_photos(listing: Listing) -> list[Photo]:
    return photos_of(listing)
