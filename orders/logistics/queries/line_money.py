"""The money of one line of a statement, in SQL: one definition for every sum. `market.quantities.amount` says the same of one row.

A line is one receipt. What was accepted costs the price agreed in the pledge; what was taken at a lower grade costs the price
written on the receipt, or the agreed one where none is written. Rejected and missing cost nothing, and surplus only where it
was accepted or taken lower. A receipt that takes back another costs exactly as much below zero.
"""

from decimal import Decimal
from typing import Any

from django.db.models import BigIntegerField, Case, F, Q, Value, When
from django.db.models.functions import Abs, Cast, Coalesce, Round

from market.enums import PriceUnit
from market.quantities import Unit

PLEDGE = "load__allocation__pledge__"


def yuan_of(fen: int) -> Decimal:
    return Decimal(fen).scaleb(-2)


def fen_of(yuan: Decimal | None) -> int:
    """Nothing for an amount that is not known yet. Amounts have two places, so nothing is rounded."""
    return int((yuan or 0) * 100)


def fen(of: Any) -> Cast:
    return Cast(Round(of * 100), BigIntegerField())


def unpriced() -> Q:
    """Something was taken whose price is not agreed yet."""
    lower = ~Q(downgraded_g=0) & Q(downgraded_price=None)
    return Q(**{f"{PLEDGE}price": None}) & (~Q(accepted_g=0) | lower)


def fen_of_line() -> Any:
    """Whole fen, rounded once, half up (away from zero), in integers only, so that every database says the same.

    NULL where something was taken whose price is not agreed.
    """
    unit_g = Case(
        When(**{f"{PLEDGE}price_unit": PriceUnit.JIN}, then=Value(Unit.JIN.grams)),
        When(**{f"{PLEDGE}price_unit": PriceUnit.KG}, then=Value(Unit.KG.grams)),
        When(**{f"{PLEDGE}price_unit": PriceUnit.TONNE}, then=Value(Unit.TONNE.grams)),
        default=F(f"{PLEDGE}pack_g"),
        output_field=BigIntegerField(),
    )
    agreed = Coalesce(fen(F(f"{PLEDGE}price")), Value(0, BigIntegerField()))
    lower = Coalesce(fen(F("downgraded_price")), agreed)
    two = Value(2, BigIntegerField())
    doubled = two * (Abs(F("accepted_g")) * agreed + Abs(F("downgraded_g")) * lower) + unit_g
    cost = Cast(doubled / (two * unit_g), BigIntegerField())
    return Case(
        When(unpriced(), then=Value(None, BigIntegerField())),
        When(reverses__isnull=False, then=-cost),
        default=cost,
        output_field=BigIntegerField(),
    )
