"""What a buyer owes a seller: exact to the fen, the same for both sides, and the grams are those of the receipts."""

import datetime as dt
import uuid
from decimal import Decimal

import pytest
import time_machine
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from market.quantities import amount
from orders.logistics.actions.receipt_reversals import reverse_receipt
from orders.logistics.actions.receipts import record_receipt
from orders.logistics.models import Receipt
from orders.logistics.queries.statements import (
    LINES_A_PAGE,
    Period,
    Totals,
    day_chunks,
    everybody,
    lines_of,
    overview_of,
    sum_of,
    totals_by_day,
    totals_by_side,
    totals_of,
)
from orders.models import Pledge
from tests.factories.orders import make_dock, make_pledge
from tests.factories.receipts import make_receipt, on_the_road


@pytest.fixture
def load(day):
    """1,000 斤 of the household's loofah at 1.20 元/斤 on the road to the supermarket."""
    return on_the_road(day, day.pledge("1000斤"))


@pytest.fixture
def today() -> Period:
    return Period(timezone.localdate(), timezone.localdate())


def sides(day) -> dict[str, int]:
    return {"seller": day.cast.household.pk, "buyer": day.cast.supermarket.pk}


def test_a_line_is_what_was_accepted_at_the_agreed_price(day, load, today):
    make_receipt(load, day.cast.buyer, accepted=480_000, rejected=15_000, missing=5_000)

    (line,) = lines_of(today, sides(day))
    assert (line.what, line.accepted_g, line.rejected_g, line.missing_g) == ("丝瓜 · 一等", 480_000, 15_000, 5_000)
    assert (line.price, line.price_word, line.amount, line.reason) == (
        Decimal("1.20"),
        "斤",
        Decimal("1152.00"),
        "压坏",
    )
    (totals,) = totals_by_day(today, sides(day)).values()
    assert totals == Totals(480_000, 15_000, 5_000, goods_fen=115_200, lines=1)
    assert totals.amount == Decimal("1152.00")


def test_each_receipt_is_rounded_by_itself_once(day, load, today):
    """333 g at 1.20 元/斤 is 0.7992 元: three times 0.80, not 2.3976."""
    for _ in range(3):
        make_receipt(load, day.cast.buyer, accepted=333)

    assert sum_of(totals_by_day(today, sides(day)).values()).amount == Decimal("2.40")


def test_what_was_all_refused_costs_nothing(day, load, today):
    make_receipt(load, day.cast.buyer, rejected=500_000)

    (line,) = lines_of(today, sides(day))
    assert (line.amount, line.refused_g) == (Decimal("0.00"), 500_000)


def test_what_was_taken_lower_costs_what_was_written(day, load, today):
    Pledge.objects.update(price=Decimal("2.40"), price_unit="jin")
    facts = {"key": uuid.uuid4(), "by": day.cast.buyer, "reason": "有压伤"}
    record_receipt(load, accepted=400_000, downgraded=50_000, downgraded_price=Decimal("1.55"), **facts)
    record_receipt(load, accepted=0, downgraded=50_000, **(facts | {"key": uuid.uuid4()}))

    first, second = lines_of(today, sides(day))
    # 800 斤 × 2.40 + 100 斤 × 1.55; 100 斤 × 2.40 where no lower price is written.
    assert (first.amount, second.amount) == (Decimal("2075.00"), Decimal("240.00"))
    (totals,) = totals_by_day(today, sides(day)).values()
    assert (totals.amount, totals.taken_g, totals.downgraded_g) == (Decimal("2315.00"), 500_000, 100_000)
    assert totals_of([first, second]) == totals


def test_two_prices_of_one_line_are_rounded_once(day, load, today):
    Pledge.objects.update(price=Decimal("2.41"), price_unit="kg")
    facts = {"key": uuid.uuid4(), "by": day.cast.buyer, "reason": "有压伤"}
    record_receipt(load, accepted=1_001, downgraded=1_003, downgraded_price=Decimal("1.17"), **facts)

    (line,) = lines_of(today, sides(day))
    # 2.41241 + 1.17351 = 3.58592
    assert line.amount == Decimal("3.59")


def test_surplus_is_paid_where_it_was_accepted(day, load, today):
    Pledge.objects.update(price=Decimal("2.00"), price_unit="jin")
    record_receipt(load, accepted=510_000, surplus=10_000, key=uuid.uuid4(), by=day.cast.buyer)

    (line,) = lines_of(today, sides(day))
    assert (line.amount, line.surplus_g) == (Decimal("2040.00"), 10_000)


def test_what_is_taken_back_is_a_line_below_zero_to_the_fen(day, load, today):
    Pledge.objects.update(price=Decimal("2.41"), price_unit="kg")
    first = record_receipt(load, accepted=333, key=uuid.uuid4(), by=day.cast.buyer)
    reverse_receipt(first, reason="记错了", by=day.cast.commerce_desk, key=uuid.uuid4())

    line, back = lines_of(today, sides(day))
    assert (line.amount, back.amount) == (Decimal("0.80"), Decimal("-0.80"))
    assert (back.is_reversal, back.accepted_g, back.reason) == (True, -333, "记错了")
    assert sum_of(totals_by_day(today, sides(day)).values()).amount == Decimal("0.00")


def test_what_was_taken_lower_at_its_own_price_waits_for_none(day, load, today):
    Pledge.objects.update(price=None)
    facts = {"by": day.cast.buyer, "reason": "有压伤"}
    record_receipt(load, accepted=0, downgraded=50_000, downgraded_price=Decimal("1"), key=uuid.uuid4(), **facts)
    record_receipt(load, accepted=0, downgraded=40_000, key=uuid.uuid4(), **facts)

    first, second = lines_of(today, sides(day))
    assert (first.amount, second.amount) == (Decimal("100.00"), None)
    assert sum_of(totals_by_day(today, sides(day)).values()).unpriced_g == 40_000


def test_without_an_agreed_price_a_line_waits_for_one(day, load, today):
    Pledge.objects.update(price=None)
    make_receipt(load, day.cast.buyer, accepted=500_000)

    (line,) = lines_of(today, sides(day))
    (totals,) = totals_by_day(today, sides(day)).values()
    assert line.amount is None
    assert (totals.amount, totals.unpriced_g, totals.accepted_g) == (Decimal("0.00"), 500_000, 500_000)


def test_a_later_price_of_the_listing_changes_nothing(day, load, today):
    make_receipt(load, day.cast.buyer, accepted=500_000)
    type(day.listing).objects.update(price=Decimal("9.99"))

    assert sum_of(totals_by_day(today, sides(day)).values()).amount == Decimal("1200.00")


def test_a_line_stands_on_the_local_day_it_was_received(day, load):
    first = dt.date(2026, 3, 1)
    receipts = [make_receipt(load, day.cast.buyer, accepted=1_000) for _ in range(3)]
    zone = timezone.get_current_timezone()
    moments = [(2026, 2, 28, 23, 59, 59), (2026, 3, 1, 0, 0, 0), (2026, 3, 1, 23, 59, 59)]
    for receipt, moment in zip(receipts, moments, strict=True):
        Receipt.objects.filter(pk=receipt.pk).update(at=dt.datetime(*moment, tzinfo=zone))

    assert {on: one.lines for on, one in totals_by_day(Period(first, first), sides(day)).items()} == {first: 2}
    both = totals_by_day(Period(first - dt.timedelta(days=1), first), sides(day))
    assert {on: one.lines for on, one in both.items()} == {dt.date(2026, 2, 28): 1, first: 2}
    assert [line.day for line in lines_of(Period(first, first), sides(day))] == [first, first]


def test_both_sides_and_the_bureau_read_the_same_sums(day, load, today):
    cast = day.cast
    other = on_the_road(day, make_pledge(day.lot, make_dock(cast.rival_supermarket), "500斤", by=cast.rival_buyer))
    make_receipt(load, cast.buyer, accepted=333_333)
    make_receipt(other, cast.rival_buyer, accepted=77_777, missing=100)

    seller, buyer, rival = (
        overview_of(one, today) for one in (cast.household, cast.supermarket, cast.rival_supermarket)
    )

    assert [(who, one.amount) for who, one in seller.others] == [
        (cast.supermarket, buyer.total.amount),
        (cast.rival_supermarket, rival.total.amount),
    ]
    assert buyer.others == [(cast.household, buyer.total)]
    assert seller.total == buyer.total + rival.total
    assert seller.total.amount == Decimal("800.00") + Decimal("186.66")
    assert everybody(today, "seller") == [(cast.household, seller.total)]
    assert sum_of(one for _who, one in everybody(today, "buyer")) == seller.total


def test_an_overview_costs_the_same_with_one_line_and_with_many(day, load, today, django_assert_num_queries):
    for accepted in (1, 2, 3):
        make_receipt(load, day.cast.buyer, accepted=accepted)
        with django_assert_num_queries(4):
            overview_of(day.cast.household, today)
        with django_assert_num_queries(2):
            lines_of(today, sides(day))
        with django_assert_num_queries(3):
            everybody(today, "seller")


# --- the law of sums ---

GRAMS = st.integers(0, 40_000_000)
PRICES = st.one_of(st.none(), st.decimals("0.01", "9999999.99", places=2))
PACKS = st.integers(1, 60_000)
TERMS = st.tuples(PRICES, st.sampled_from(["jin", "kg", "tonne", "pack"]), PACKS, st.lists(GRAMS, max_size=6))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.tuples(TERMS, TERMS))
def test_every_sum_is_the_sum_of_its_lines_to_the_fen(statement_loads, terms):
    day, loads = statement_loads
    with transaction.atomic():
        _write(loads, terms)
        period = Period(timezone.localdate(), timezone.localdate())
        expected = [_amount(*one) for one in terms]
        total = sum((sum(part) for part in expected), start=Decimal(0))

        lines = [line for buyer in _buyers(day) for line in lines_of(period, {"buyer": buyer})]
        assert sorted(line.amount for line in lines if line.amount is not None) == sorted(
            one for part in expected for one in part
        )
        by_day = sum_of(totals_by_day(period, {"seller": day.cast.household.pk}).values())
        by_buyer = totals_by_side(period, {}, "buyer")
        assert by_day.amount == sum_of(by_buyer.values()).amount == total
        assert [by_buyer[pk].amount if pk in by_buyer else Decimal(0) for pk in _buyers(day)] == [
            sum(part) for part in expected
        ]
        said = Receipt.objects.aggregate(Sum("accepted_g"), Sum("missing_g"))
        assert (by_day.accepted_g, by_day.missing_g) == (said["accepted_g__sum"] or 0, said["missing_g__sum"] or 0)
        assert by_day.unpriced_g == sum(sum(one[3]) for one in terms if one[0] is None)
        transaction.set_rollback(True)


@pytest.fixture
def statement_loads(day):
    """A load to each of two buyers."""
    cast = day.cast
    other = make_pledge(day.lot, make_dock(cast.rival_supermarket), "500斤", by=cast.rival_buyer)
    return day, [on_the_road(day, pledge) for pledge in (day.pledge("1000斤"), other)]


def _buyers(day) -> list[int]:
    return [day.cast.supermarket.pk, day.cast.rival_supermarket.pk]


def _write(loads, terms) -> None:
    for load, (price, unit, pack_g, grams) in zip(loads, terms, strict=True):
        Pledge.objects.filter(allocations__loads=load).update(
            price=price, price_unit=unit, pack_word="筐", pack_g=pack_g
        )
        Receipt.objects.bulk_create(
            Receipt(
                load=load, accepted_g=one, missing_g=1, reason="x", key=uuid.uuid4(), by_id=load.trip.driver.user_id
            )
            for one in grams
        )


def _amount(price, unit, pack_g, grams) -> list[Decimal]:
    """What `market.quantities` says of each line."""
    from market.pricing import unit_word
    from market.quantities import Pack

    if price is None:
        return [Decimal("0.00") for one in grams if not one]
    return [amount(one, price, unit_word(unit, "筐"), Pack("筐", pack_g)) for one in grams]


# --- pages of days ---


def test_days_are_put_on_pages_whole():
    days = {dt.date(2026, 1, n): Totals(lines=lines) for n, lines in enumerate((50, 10, 1, 200, 0, 60), start=1)}

    assert [[on.day for on in chunk] for chunk in day_chunks(days)] == [[1, 2], [3], [4], [5], [6]]
    assert LINES_A_PAGE == 60


def test_a_day_that_is_over_stays_as_it_was(day, load, today):
    make_receipt(load, day.cast.buyer, accepted=1_000)
    before = totals_by_day(today, sides(day))
    with time_machine.travel(timezone.now() + dt.timedelta(days=1)):
        make_receipt(load, day.cast.buyer, accepted=2_000)

    assert totals_by_day(today, sides(day)) == before
