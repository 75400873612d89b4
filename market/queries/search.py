"""Typed words as a condition on lots: what the catalogue and the places know is resolved before the database is asked."""

from django.db.models import Q, Value

from market.enums import PlaceLevel
from market.models import Listing, Organisation
from market.queries.reference import KnownPlace, KnownProduce, reference

MAX_WORDS = 5
MAX_PLACES = 40
MAX_NAMES = 500
LEVELS = list(PlaceLevel)
SHORTEST_PINYIN = 3


def text_condition(text: str) -> Q:
    """Lots for which every word of `text` is the name of produce, place, variety or seller. At most one statement.

    A word that is the very name of produce or a place (丝瓜, sigua, 白关) needs none, and the board's indexes answer it.
    Any other word is looked for among varieties and sellers too, all such words at once.
    """
    words = text.split()[:MAX_WORDS]
    known = {word: _in_reference(word) for word in words}
    others = _names_like([word for word in words if not known[word][1]])
    condition = Q()
    for word in words:
        condition &= known[word][0] | _named(word, others)
    return condition


def _in_reference(word: str) -> tuple[Q, bool]:
    """Lots whose produce or place the word may mean; True where it is the name itself."""
    produce, named_produce = produce_called(word)
    places, named_places = places_called(word)
    condition = Q(produce_id__in=[one.id for one in produce])
    for place in places:
        condition |= within(place)
    return condition, named_produce or named_places


def _names_like(words: list[str]) -> list[tuple[int, str]]:
    """Sellers (id, name) and varieties (0, name) that contain one of the words. One statement, none without words."""
    if not words:
        return []
    sellers, varieties = Q(), Q()
    for word in words:
        sellers |= Q(name__icontains=word)
        varieties |= Q(variety__icontains=word)
    found = Organisation.objects.sellers().filter(sellers).order_by().values_list("pk", "name")
    grown = Listing.objects.filter(varieties, live=True).order_by().values_list(Value(0), "variety").distinct()
    return list(found.union(grown, all=True)[:MAX_NAMES])


def _named(word: str, names: list[tuple[int, str]]) -> Q:
    found = [(pk, name) for pk, name in names if word.lower() in name.lower()]
    sellers, varieties = [pk for pk, _name in found if pk], [name for pk, name in found if not pk]
    condition = Q(seller_id__in=sellers)
    return (
        condition | Q(listing__in=Listing.objects.filter(variety__in=varieties).values("pk"))
        if varieties
        else condition
    )


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
