"""Places and produce as every page needs them: read once, kept in the process for some minutes.

The board shows 24 places and 24 products without asking the database for their names, and reads typed words without
asking it either. `forget_reference` is called wherever the tables change (`market.actions.reference`, and
`market.apps` for single rows); other processes follow within `KEEP_SECONDS`.
"""

import re
import time
from collections.abc import Callable, Set
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from market.enums import PlaceLevel
from market.models import Place, Produce
from market.wording import in_english

KEEP_SECONDS = 300
PREFIX_LENGTH = {PlaceLevel.CITY: 4, PlaceLevel.COUNTY: 6, PlaceLevel.TOWNSHIP: 9, PlaceLevel.VILLAGE: 12}
SUFFIX = re.compile("(?:社区居委会|村委会|居委会|街道|社区|示范区|[市县区镇乡村])$")
COUNTY_CENTROID = "county_centroid"


@dataclass(frozen=True, slots=True)
class KnownPlace:
    code: str
    level: str
    name_zh: str
    name_pinyin: str
    full_name_zh: str
    lat: float | None
    lon: float | None
    precision: str

    @property
    def name(self) -> str:
        return self.name_pinyin if self.name_pinyin and in_english() else self.name_zh

    @property
    def full_name(self) -> str:
        """From the county down, in Chinese; the place's own pinyin for a reader of English."""
        return self.name_pinyin if self.name_pinyin and in_english() else self.full_name_zh

    @property
    def prefix(self) -> str:
        """What the codes of this place and of everything inside it begin with."""
        return self.code[: PREFIX_LENGTH[PlaceLevel(self.level)]]

    @property
    def short_name(self) -> str:
        """白关 of 白关镇: what people type."""
        return SUFFIX.sub("", self.name_zh) or self.name_zh

    @property
    def is_approximate(self) -> bool:
        return self.precision == COUNTY_CENTROID


@dataclass(frozen=True, slots=True)
class KnownProduce:
    id: int
    slug: str
    name_zh: str
    name_en: str
    search_text: str
    kind: str
    directory_status: str

    @property
    def name(self) -> str:
        return self.name_en if in_english() else self.name_zh

    @property
    def words(self) -> list[str]:
        return self.search_text.split()


@dataclass(frozen=True, slots=True)
class Reference:
    """Everything at once, so that one page never mixes two versions."""

    places: dict[str, KnownPlace]
    counties: tuple[KnownPlace, ...]
    produce: dict[int, KnownProduce]
    by_slug: dict[str, KnownProduce]

    def townships_of(self, county_code: str) -> list[KnownPlace]:
        return [
            place
            for place in self.places.values()
            if place.level == PlaceLevel.TOWNSHIP and place.code.startswith(county_code)
        ]


_kept: tuple[float, Reference] | None = None
_listeners: list[Callable[[], None]] = []


def reference() -> Reference:
    """Places and produce by code, id and slug. No statement while kept, two when read anew."""
    global _kept  # noqa: PLW0603 - one value for the process, replaced as a whole
    kept = _kept
    if kept is None or kept[0] < time.monotonic():
        _forget()
        kept = _kept = (time.monotonic() + KEEP_SECONDS, _read())
    return kept[1]


def reference_of(produce_ids: Set[int], place_codes: Set[str]) -> Reference:
    """The reference, read anew when a row names produce or a place that came after it was read."""
    known = reference()
    if not (known.produce.keys() >= produce_ids and known.places.keys() >= place_codes):
        _forget()
        known = reference()
    return known


def forget_reference(**_signal: Any) -> None:
    """The next page reads places and produce anew; also once more when the running transaction has ended."""
    _forget()
    transaction.on_commit(_forget)


def when_forgotten(listener: Callable[[], None]) -> None:
    """Also empty what was made from the reference, such as the options of a select."""
    _listeners.append(listener)


def _forget() -> None:
    global _kept  # noqa: PLW0603 - see reference()
    _kept = None
    for listener in _listeners:
        listener()


def _read() -> Reference:
    place_fields = ("code", "level", "name_zh", "name_pinyin", "full_name_zh", "lat", "lon", "precision")
    produce_fields = ("id", "slug", "name_zh", "name_en", "search_text", "kind", "directory_status")
    places = {row[0]: KnownPlace(*row) for row in Place.objects.order_by("code").values_list(*place_fields)}
    produce = {row[0]: KnownProduce(*row) for row in Produce.objects.order_by("pk").values_list(*produce_fields)}
    return Reference(
        places=places,
        counties=tuple(place for place in places.values() if place.level == PlaceLevel.COUNTY),
        produce=produce,
        by_slug={one.slug: one for one in produce.values()},
    )
