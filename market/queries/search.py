"""Typed words as a condition on lots: what the catalogue and the places know is resolved before the database is asked."""

from django.db.models import Q

from market.enums import PlaceLevel
from market.models import Listing, Organisation
from market.queries.reference import KnownPlace, KnownProduce, reference

MAX_WORDS = 5
MAX_PLACES = 40
LEVELS = list(PlaceLevel)
SHORTEST_PINYIN = 3


def text_condition(text: str) -> Q:
    """Lots for which every word of `text` is the name of produce, place, variety or seller. No statement of its own.

    A word that is the very name of produce or a place (丝瓜, sigua, 白关) needs nothing more, and the board's indexes
    answer it. Any other word also looks through varieties and sellers, inside the board's own statement.
    """
    condition = Q()
    for word in text.split()[:MAX_WORDS]:
        condition &= word_condition(word)
    return condition


def word_condition(word: str) -> Q:
    produce, named_produce = produce_called(word)
    places, named_places = places_called(word)
    condition = Q(produce_id__in=[one.id for one in produce])
    for place in places:
        condition |= within(place)
    if named_produce or named_places:
        return condition
    varieties = Listing.objects.filter(variety__icontains=word)
    sellers = Organisation.objects.filter(name__icontains=word)
    return condition | Q(listing__in=varieties.values("pk")) | Q(seller__in=sellers.values("pk"))


def within(place: KnownPlace) -> Q:
    """Lots from the place and from everything inside it, as a range an index answers."""
    return Q(place_code__gte=place.prefix, place_code__lt=place.prefix + "~")


def produce_called(word: str) -> tuple[list[KnownProduce], bool]:
    """Produce whose names, aliases or pinyin contain the word; True where one of them is the word itself."""
    word = word.lower()
    found = [one for one in reference().produce.values() if word in one.search_text]
    return found, any(word in one.words for one in found)


def places_called(word: str) -> tuple[list[KnownPlace], bool]:
    """Places of that name, without those inside another one found; True where one is called exactly so."""
    word = word.lower()
    if len(word) < 2:
        return [], False
    found = sorted((one for one in reference().places.values() if _is_called(one, word)), key=_level)
    kept: dict[str, KnownPlace] = {}
    for place in found:
        if not any(place.code.startswith(prefix) for prefix in kept):
            kept[place.prefix] = place
    exact = any(word in (place.short_name, place.name_zh, place.full_name_zh) for place in found)
    return list(kept.values())[:MAX_PLACES], exact


def _is_called(place: KnownPlace, word: str) -> bool:
    if word.isascii():
        return len(word) >= SHORTEST_PINYIN and place.name_pinyin.replace(" ", "").lower().startswith(word)
    return word in place.full_name_zh


def _level(place: KnownPlace) -> int:
    return LEVELS.index(PlaceLevel(place.level))
