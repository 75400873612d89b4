"""Loading the catalogue and the places. Safe to repeat: the data files decide, nothing is duplicated."""

import csv
import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db import transaction
from pypinyin import Style, lazy_pinyin

from market.enums import PlaceLevel
from market.models import Event, Place, Produce
from market.models.events import subject_of
from market.queries.reference import forget_reference

DATA = Path(__file__).resolve().parent.parent / "data"


@transaction.atomic
def load_reference(folder: Path = DATA) -> dict[str, int]:
    """Places, villages and produce from CSV; credits stand in ORIGIN.md beside them. Returns how many of each."""
    places = list(_places(folder))
    _upsert(Place, places, key="code")
    villages = list(_villages(folder, {place.code: place for place in places}))
    _upsert(Place, villages, key="code")
    produce = list(_produce(folder))
    corrected = _corrected_by_the_bureau()
    _upsert(Produce, [row for row in produce if row.slug not in corrected], key="slug", keep=("is_active",))
    forget_reference()
    return {"places": len(places), "villages": len(villages), "produce": len(produce)}


def _corrected_by_the_bureau() -> set[str]:
    """Products somebody has corrected in the CMS: the file no longer decides about them."""
    corrected = Event.objects.filter(subject=subject_of(Produce()), verb="corrected").values("subject_id")
    return set(Produce.objects.filter(pk__in=corrected).values_list("slug", flat=True))


def _upsert(model: Any, rows: list, *, key: str, keep: tuple[str, ...] = ()) -> None:
    fields = [
        field.name
        for field in model._meta.concrete_fields
        if not field.primary_key and field.name != key and field.name not in keep
    ]
    model.objects.bulk_create(rows, update_conflicts=True, unique_fields=[key], update_fields=fields, batch_size=400)


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        yield from csv.DictReader(file)


def _places(folder: Path) -> Iterator[Place]:
    city = ""
    for row in _rows(folder / "places.csv"):
        level = PlaceLevel(row["level"])
        parent = {"city": None, "county": city}.get(level, f"{row['county_code']}000000")
        if level == PlaceLevel.CITY:
            city = row["code"]
        above = row["county_zh"] if level == PlaceLevel.TOWNSHIP else ""
        yield Place(
            code=row["code"],
            level=level,
            name_zh=row["name_zh"],
            name_pinyin=row["name_pinyin"],
            parent_id=parent or None,
            full_name_zh=f"{above}{row['name_zh']}",
            lat=_number(row["lat"]),
            lon=_number(row["lon"]),
            precision=row["precision"],
            uncertainty_km=_number(row["uncertainty_km"]),
        )


def _spelled(name: str) -> str:
    """东山村 → Dongshan Cun, as the divisions above are spelled: the name in one word, what it is in another."""
    stem, kind = re.fullmatch("(.+?)(社区居委会|村委会|居委会|社区|村)?", name).groups(default="")  # type: ignore[union-attr]
    return " ".join("".join(lazy_pinyin(part)).capitalize() for part in (stem, kind) if part)


def _villages(folder: Path, townships: dict[str, Place]) -> Iterator[Place]:
    """A village stands at its township's point, and says so in `precision`."""
    for row in _rows(folder / "villages.csv"):
        township = townships[row["township_code"]]
        yield Place(
            code=row["code"],
            level=PlaceLevel.VILLAGE,
            name_zh=row["name_zh"],
            name_pinyin=_spelled(row["name_zh"]),
            parent_id=township.code,
            full_name_zh=f"{township.full_name_zh}{row['name_zh']}",
            lat=township.lat,
            lon=township.lon,
            precision=township.precision,
            uncertainty_km=township.uncertainty_km,
        )


def _produce(folder: Path) -> Iterator[Produce]:
    for row in _rows(folder / "produce.csv"):
        names = [row["name_zh"], *filter(None, row["aliases_zh"].split("|"))]
        yield Produce(
            slug=row["slug"],
            name_zh=row["name_zh"],
            name_en=row["name_en"][:1].upper() + row["name_en"][1:],
            aliases_zh=row["aliases_zh"],
            search_text=search_text([*names, row["slug"], row["name_en"]]),
            kind=row["kind"],
            directory_status=row["in_directory_2021"],
            directory_note=row["gc_note"],
            ambient_hours=_longest_hours(row["ambient_days"]),
            cold_hours=_longest_hours(row["cold_days"]),
            pack_word=row["pack_word"] if _grams(row["pack_kg"]) else "",
            pack_g=_grams(row["pack_kg"]) or None,
            shrink_permille=int(row["shrink_permille"]),
        )


def search_text(names: Iterable[str]) -> str:
    """Lower-case names with their pinyin and pinyin initials: 丝瓜 is found by 丝瓜, sigua and sg."""
    words: list[str] = []
    for name in names:
        words += [name, "".join(lazy_pinyin(name)), "".join(lazy_pinyin(name, style=Style.FIRST_LETTER))]
    return " ".join(dict.fromkeys(word.lower() for word in words))


def _longest_hours(days: str) -> int | None:
    """ "1-2" days are 48 hours, "0.5-1" are 24; "180+" counts as 180 days; empty is unknown."""
    numbers = re.findall(r"\d+(?:\.\d+)?", days)
    return int(max(Decimal(number) for number in numbers) * 24) if numbers else None


def _grams(kilograms: str) -> int:
    return int(Decimal(kilograms or "0") * 1000)


def _number(text: str) -> float | None:
    return float(text) if text else None
