"""Adjustments: new rows only, each at the cost of whoever writes it, and the other side hears of it."""

import uuid
from decimal import Decimal

import pytest
from django.utils import timezone

from market.exceptions import NotAllowed, ReasonNeeded
from market.models import Event, Notice
from market.sentences import sentence_of
from orders.logistics import exceptions as refusals
from orders.logistics.actions.statements import adjust_statement
from orders.logistics.models import StatementAdjustment
from orders.logistics.queries.statements import Period, lines_of, overview_of, totals_by_day
from tests.factories.orders import fresh, make_dock, make_pledge

LESS, MORE = Decimal("-12.50"), Decimal("12.50")


@pytest.fixture
def adjust(day):
    """12.50 元 less by the household's farmer, with any fact of it changed."""

    def _adjust(**changes) -> StatementAdjustment:
        facts = {
            "amount": LESS,
            "reason": "压坏一筐",
            "key": uuid.uuid4(),
            "by": fresh(day.cast.farmer),
            **changes,
        }
        return adjust_statement(day.cast.household, day.cast.supermarket, **facts)

    return _adjust


def told() -> list[str]:
    return sorted(Notice.objects.values_list("recipient__name", flat=True))


def test_a_seller_takes_off_and_the_buyer_hears_of_it(day, adjust):
    row = adjust()

    assert (row.day, row.amount, row.by, row.on_behalf_of) == (timezone.localdate(), LESS, day.cast.farmer, None)
    assert Event.objects.about(row).get().verb == "adjusted"
    notice = Notice.objects.get()
    assert notice.recipient == day.cast.supermarket
    assert sentence_of(notice.text, notice.facts).startswith("王建国家在对账单上少收 12.50 元，")


def test_it_stands_in_the_statement_of_both_sides(day, adjust):
    pledge = day.pledge("100斤")
    adjust(pledge=pledge)
    today = Period(timezone.localdate(), timezone.localdate())

    (line,) = lines_of(today, {"seller": day.cast.household.pk})
    assert (line.is_adjustment, line.amount, line.what, line.pledge_id) == (True, LESS, "丝瓜 · 一等", pledge.pk)
    for one in (day.cast.household, day.cast.supermarket):
        assert overview_of(one, today).total.amount == LESS
    (totals,) = totals_by_day(today, {}).values()
    assert (totals.adjusted, totals.goods, totals.lines) == (LESS, Decimal("0.00"), 0)


def test_a_wrong_one_is_put_right_by_the_other_side(day, adjust):
    adjust()
    adjust(amount=MORE, by=fresh(day.cast.buyer), reason="上一笔记错了")

    today = Period(timezone.localdate(), timezone.localdate())
    assert overview_of(day.cast.household, today).total.amount == Decimal("0.00")
    assert StatementAdjustment.objects.count() == 2


WHO = {
    "farmer": {LESS: ["步步高天元店"]},
    "helper": {LESS: ["步步高天元店"]},
    "buyer": {MORE: ["王建国家"]},
    "commerce_desk": {LESS: ["步步高天元店", "王建国家"], MORE: ["步步高天元店", "王建国家"]},
    "admin": {LESS: ["步步高天元店", "王建国家"], MORE: ["步步高天元店", "王建国家"]},
}


@pytest.mark.parametrize("amount", [LESS, MORE])
def test_the_whole_cast(day, adjust, amount):
    for role, person in day.cast.people().items():
        Notice.objects.all().delete()
        allowed = WHO.get(role, {})
        if amount in allowed:
            adjust(amount=amount, by=fresh(person))
        else:
            refusal = refusals.OnlyAtOwnCost if allowed else NotAllowed
            with pytest.raises(refusal):
                adjust(amount=amount, by=fresh(person))
        assert told() == allowed.get(amount, []), role

    assert StatementAdjustment.objects.count() == sum(amount in allowed for allowed in WHO.values())


def test_for_whom_the_helper_and_the_desk_acted_is_kept(day, adjust):
    assert adjust(by=fresh(day.cast.helper)).on_behalf_of == day.cast.household
    assert adjust(by=fresh(day.cast.commerce_desk)).on_behalf_of == day.cast.household
    assert adjust(by=fresh(day.cast.commerce_desk), amount=MORE).on_behalf_of == day.cast.supermarket


def test_the_same_key_again_changes_nothing_and_with_another_amount_is_refused(adjust):
    key = uuid.uuid4()

    assert adjust(key=key).pk == adjust(key=key).pk
    with pytest.raises(refusals.AdjustmentKeyUsedOtherwise):
        adjust(key=key, amount=Decimal("-1"))

    assert (StatementAdjustment.objects.count(), Notice.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"amount": Decimal("-0.001")}, refusals.AdjustmentUnfit),
        ({"amount": Decimal("-1000000.01")}, refusals.AdjustmentUnfit),
        ({"amount": Decimal("-Infinity")}, refusals.AdjustmentUnfit),
        ({"reason": "  "}, ReasonNeeded),
        ({"reason": "x" * 201}, ReasonNeeded),
    ],
)
def test_what_is_unfit_is_refused_and_nothing_written(adjust, changes, refusal):
    with pytest.raises(refusal) as said:
        adjust(**changes)

    assert "%(" not in str(said.value)
    assert (
        StatementAdjustment.objects.count(),
        Notice.objects.count(),
        Event.objects.filter(verb="adjusted").count(),
    ) == (
        0,
        0,
        0,
    )


def test_zero_is_none(day, adjust):
    with pytest.raises(refusals.AdjustmentUnfit):
        adjust(amount=Decimal(0), by=fresh(day.cast.commerce_desk))


def test_a_pledge_of_others_is_refused(day, adjust):
    cast = day.cast
    other = make_pledge(day.lot, make_dock(cast.rival_supermarket), "100斤", by=cast.rival_buyer)

    with pytest.raises(refusals.PledgeNotBetweenThem):
        adjust(pledge=other)


def test_adjustments_are_never_edited(adjust):
    row = adjust()
    for change in (row.save, row.delete):
        with pytest.raises(TypeError):
            change()
