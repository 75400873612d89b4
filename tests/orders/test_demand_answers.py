"""The one door that books pledges for a demand: conditions, room, wholeness, repeats."""

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import timezone

from market.enums import Grade, PriceUnit
from market.exceptions import NotEnoughLeft
from market.models import Lot
from market.quantities import Quantity
from orders import exceptions as refusals
from orders.actions.answers import Answer, answer_demand, answer_together, room_in
from orders.actions.demands import cancel_demand, change_demand
from orders.actions.placing import Agreed, Who
from orders.actions.pledges import cancel_pledge
from orders.actions.shortfalls import cut_pledge
from orders.actions.stretches import grant_stretch
from orders.models import Allocation, Pledge
from orders.queries.rooms import Room
from tests.factories import make_live_listing
from tests.factories.days import DAY, dated
from tests.factories.orders import fresh, kg
from tests.factories.talks import make_demand, make_demand_terms, tomorrow

T = 1_000_000  # grams in a tonne


@pytest.fixture
def demand(cast, reference, dock):
    """3–4 t tomorrow, at most 1.50 元/斤."""
    terms = {"most": Quantity.parse("4吨"), "price_at_most": Decimal("1.50"), "reference": "8号单"}
    return make_demand(reference["loofah"], dock, "3吨", by=fresh(cast.buyer), **dated(terms))


@pytest.fixture
def other_lot(cast, reference) -> Lot:
    listing = make_live_listing(
        cast.rival_household, reference["loofah"], reference["village"], by=cast.rival_farmer, price=Decimal("1.40")
    )
    return listing.lots.get(day=tomorrow())


@pytest.fixture
def answer(demand, lot, cast):
    """An answer of the clock's, by matching say."""
    count = iter(range(100))

    def _answer(firm_g: int, to=None, **changes) -> Pledge:
        facts = {"lot_id": lot.pk, "source": f"test-{next(count)}", **changes}
        return answer_demand(to or demand, Answer(firm_g=firm_g, **facts), Who(fresh(cast.commerce_desk)))

    return _answer


def test_an_answer_is_a_pledge_of_the_demand_at_the_lots_price(answer, demand, lot, cast, dock):
    pledge = answer(2 * T)

    kept = Pledge.objects.get()
    assert kept == pledge
    assert (kept.demand, kept.buyer, kept.dock, kept.day) == (demand, cast.supermarket, dock, lot.day)
    assert (kept.firm_g, kept.most_g, kept.reference, kept.placed_by) == (2 * T, 2 * T, "8号单", cast.buyer)
    assert (kept.price, kept.price_unit) == (Decimal("1.20"), PriceUnit.JIN)
    assert Lot.objects.get(pk=lot.pk).reserved_g == Allocation.objects.get().grams == 2 * T


def test_the_same_source_books_once_whatever_has_happened_since(answer, demand, cast):
    first = answer(3 * T, source="match-1-7")

    assert answer(3 * T, source="match-1-7") == first
    cancel_demand(demand, by=fresh(cast.buyer))
    assert answer(3 * T, source="match-1-7") == first
    assert Pledge.objects.count() == 1


def test_the_firm_part_counts_first_and_nothing_goes_beyond_the_most(answer, demand, lot):
    """2 t with as much stretch as there is leave 1 t firm for another and no more."""
    first = answer(2 * T, most_g=4 * T)
    assert (first.firm_g, first.most_g) == (2 * T, 3 * T)  # 1 t of the stretch of 1 t; the missing 1 t keeps its place
    assert room_in(demand, lot.day) == Room(lot.day, 3 * T, 4 * T, 2 * T, 1 * T)

    with pytest.raises(refusals.DemandFilled, match="1 吨"):
        answer(1 * T + 1)
    answer(1 * T, most_g=2 * T)
    assert Pledge.objects.latest("pk").most_g == 1 * T
    assert room_in(demand, lot.day).left_g == 0
    grant_stretch(first, grams=T, why="fill", by=None)
    assert room_in(demand, lot.day) == Room(lot.day, 3 * T, 4 * T, 4 * T, 0)
    with pytest.raises(refusals.DemandMet):
        answer(1)


def test_what_is_granted_at_once_is_real(answer, lot):
    pledge = answer(3 * T, granted_g=T)

    assert (pledge.firm_g, pledge.most_g, pledge.granted_g, pledge.taken_g) == (3 * T, 4 * T, T, 4 * T)
    assert Lot.objects.get(pk=lot.pk).reserved_g == 4 * T


def test_more_cannot_be_granted_than_the_stretch_that_is_left(answer):
    with pytest.raises(refusals.DemandFilled):
        answer(2 * T, granted_g=2 * T)

    assert Pledge.objects.count() == 0


def test_stretch_alone_is_a_pledge_once_the_firm_part_is_met(answer):
    answer(3 * T)

    assert answer(T).firm_g == T


def test_room_opens_again_where_a_pledge_is_cut_or_cancelled(answer, demand, lot, cast):
    first, second = answer(2 * T), answer(1 * T)
    cut_pledge(first, to=kg("1吨"), reason="雨大", back_on_sale=True, by=fresh(cast.farmer))
    assert room_in(demand, lot.day).missing_g == T
    cancel_pledge(second, reason="不要了", by=fresh(cast.buyer))
    assert room_in(demand, lot.day).missing_g == 2 * T


def test_each_day_has_its_own_room(answer, demand, cast, dock, listing):
    last = tomorrow() + dt.timedelta(days=1)
    change_demand(demand, terms=make_demand_terms(dock, "3吨", last_day=last), by=fresh(cast.buyer))
    answer(3 * T)
    answer(3 * T, lot_id=listing.lots.get(day=last).pk)

    assert room_in(demand, last).missing_g == room_in(demand, tomorrow()).missing_g == 0


@pytest.mark.parametrize(
    ("terms", "why"),
    [
        ({"price_at_most": Decimal("1.19")}, "单价高于"),
        ({"grade_at_least": Grade.PREMIUM}, "等级低于"),
        ({"variety": "线瓜"}, "品种不是"),
        ({"km_at_most": 5}, "路程超过"),
        ({"fresh_hours": 240}, "放不到"),
        ({"first_day": 2 * DAY, "last_day": 2 * DAY}, "日子不在"),
    ],
)
def test_a_lot_that_does_not_fit_is_refused_with_the_reason(answer, cast, reference, dock, terms, why):
    picky = make_demand(reference["loofah"], dock, "3吨", by=fresh(cast.buyer), **dated(terms))

    with pytest.raises(refusals.DoesNotFit, match=why):
        answer(T, to=picky)
    assert Pledge.objects.count() == 0


def test_the_agreed_price_is_what_counts(answer, demand):
    with pytest.raises(refusals.DoesNotFit, match="单价高于"):
        answer(T, agreed=Agreed(Decimal("3.01"), PriceUnit.KG))

    pledge = answer(T, agreed=Agreed(Decimal("3.00"), PriceUnit.KG))
    assert (pledge.price, pledge.price_unit) == (Decimal("3.00"), PriceUnit.KG)


def test_a_demand_that_is_over_is_not_answered(answer, demand, cast):
    cancel_demand(demand, by=fresh(cast.buyer))

    with pytest.raises(refusals.DemandNotOpen):
        answer(T)


def test_whole_or_nothing(cast, reference, dock, lot, other_lot, answer):
    whole = make_demand(reference["loofah"], dock, "3吨", by=fresh(cast.buyer), is_whole=True)

    with pytest.raises(refusals.DemandWhole, match="3 吨"):
        answer(2 * T, to=whole)
    both = [Answer(lot.pk, 2 * T, "a"), Answer(other_lot.pk, T, "b")]
    pledges = answer_together(whole, both, Who(None))
    assert [pledge.firm_g for pledge in pledges] == [2 * T, T]
    assert [pledge.lot_id for pledge in pledges] == [lot.pk, other_lot.pk]


def test_of_several_answers_none_is_booked_when_one_cannot(cast, demand, lot, other_lot):
    Lot.objects.filter(pk=other_lot.pk).update(offered_g=T // 2)

    with pytest.raises(NotEnoughLeft):
        answer_together(demand, [Answer(lot.pk, T, "a"), Answer(other_lot.pk, T, "b")], Who(None))
    assert Pledge.objects.count() == 0
    assert Lot.objects.get(pk=lot.pk).reserved_g == 0


def test_statements_of_one_answer(answer, demand, lot, cast, django_assert_max_num_queries):
    answer(T)
    with django_assert_max_num_queries(22):
        answer(T)


def test_a_room_that_was_overdrawn_says_nothing_is_left():
    room = Room(timezone.localdate(), 3 * T, 3 * T, 5 * T)

    assert (room.missing_g, room.left_g, room.stretch_beside(1)) == (0, 0, 0)
