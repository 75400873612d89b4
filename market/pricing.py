"""The price as entered and what follows from it. One definition per number."""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

from market.enums import PriceUnit
from market.quantities import price_per_kg

UNIT_WORDS = {PriceUnit.JIN: "斤", PriceUnit.KG: "公斤", PriceUnit.TONNE: "吨"}


def unit_word(price_unit: str, pack_word: str = "") -> str:
    """The unit the price is for, as `market.quantities` reads it."""
    return pack_word if price_unit == PriceUnit.PACK else UNIT_WORDS[PriceUnit(price_unit)]


def exact_price_per_kg(listing: Any) -> Fraction | None:
    """Yuan per kilogram, not rounded. None where the price is open (面议)."""
    if listing.price is None:
        return None
    return price_per_kg(listing.price, unit_word(listing.price_unit, listing.pack_word), listing.pack)


def listing_price_per_kg(listing: Any) -> Decimal | None:
    """The same to four places, for sorting and filtering only."""
    exact = exact_price_per_kg(listing)
    if exact is None:
        return None
    return (Decimal(exact.numerator) / Decimal(exact.denominator)).quantize(Decimal("0.0001"), ROUND_HALF_UP)
