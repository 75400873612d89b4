"""The price as entered and what follows from it. One definition per number."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from market.enums import PriceUnit
from market.quantities import price_per_kg

UNIT_WORDS = {PriceUnit.JIN: "斤", PriceUnit.KG: "公斤", PriceUnit.TONNE: "吨"}


def unit_word(price_unit: str, pack_word: str = "") -> str:
    """The unit the price is for, as `market.quantities` reads it."""
    return pack_word if price_unit == PriceUnit.PACK else UNIT_WORDS[PriceUnit(price_unit)]


def listing_price_per_kg(listing: Any) -> Decimal | None:
    """Yuan per kilogram to four places, for sorting and filtering only. None where the price is open (面议)."""
    if listing.price is None:
        return None
    exact = price_per_kg(listing.price, unit_word(listing.price_unit, listing.pack_word), listing.pack)
    return (Decimal(exact.numerator) / Decimal(exact.denominator)).quantize(Decimal("0.0001"), ROUND_HALF_UP)
