"""Changing and cancelling: what moves, who may, until when."""

import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from market.enums import VerificationState
from market.exceptions import LotClosed, NotAllowed, NotEnoughLeft, NotVerified
from market.models import Event, Lot, Organisation
from orders import exceptions as refusals
from orders.actions.pledges import cancel_pledge, change_pledge
from orders.enums import PledgeState
from orders.models import Allocation, Pledge
from tests.factories.orders import fresh, kg, make_dock


@pytest.mark.parametrize(("text", "grams"), [("300斤", 150_000), ("60斤", 30_000)])
def test_a_change_reserves_or_releases_the_difference(pledge, cast, lot, text, grams):
    change_pledge(pledge, quantity=kg(text), by=fresh(cast.buyer))

    pledge.refresh_from_db()
    assert (pledge.firm_g, pledge.firm_typed) == (grams, text)
    assert Lot.objects.get(pk=lot.pk).reserved_g == grams
    assert Allocation.objects.live().get(pledge=pledge).grams == grams
    assert list(Event.objects.about(pledge).values_list("verb", "grams")) == [("placed", 50_000), ("changed", grams)]


def test_a_change_of_delivery_is_one_line_of_history_for_each_fact(pledge, cast):
    other = make_dock(cast.supermarket, name="后门")

    change_pledge(
        pledge,
        quantity=kg("100斤"),
        dock=other,
        window_from=dt.time(8),
        window_to=dt.time(12),
        reference="单号 9",
        by=fresh(cast.buyer),
    )

    pledge.refresh_from_db()
    assert (pledge.dock, pledge.window_from, pledge.window_to, pledge.reference) == (
        other,
        dt.time(8),
        dt.time(12),
        "单号 9",
    )
    lines = list(Event.objects.about(pledge).values_list("verb", "from_state", "to_state", "reason"))
    assert lines[1:] == [
        ("dock_changed", "", "", "后门"),
        ("window_changed", "06:00–10:00", "08:00–12:00", ""),
        ("reference_changed", "", "", "单号 9"),
    ]


def test_the_same_change_twice_changes_nothing_the_second_time(pledge, cast, lot):
    for _ in range(2):
        change_pledge(pledge, quantity=kg("200斤"), by=fresh(cast.buyer))

    assert Lot.objects.get(pk=lot.pk).reserved_g == 100_000
    assert Event.objects.about(pledge).count() == 2


@pytest.fixture
def unchanged(pledge, lot):
    """Call it after a refused change."""

    def _check() -> None:
        now = Pledge.objects.get(pk=pledge.pk)
        assert (now.firm_g, now.dock_id, now.window_to) == (50_000, pledge.dock_id, dt.time(10))
        assert Lot.objects.get(pk=lot.pk).reserved_g == 50_000
        assert Event.objects.about(pledge).count() == 1

    return _check


def test_a_raise_over_what_is_left_is_refused_and_says_what_is_left(pledge, cast, lot, unchanged):
    Lot.objects.filter(pk=lot.pk).update(offered_g=75_000)

    with pytest.raises(NotEnoughLeft) as refusal:
        change_pledge(pledge, quantity=kg("151斤"), window_to=dt.time(12), by=fresh(cast.buyer))

    assert "只剩 50 斤 = 25 公斤，连同已经认购的最多改到 150 斤 = 75 公斤" in str(refusal.value)
    unchanged()


def test_a_reduction_under_the_minimum_is_refused(pledge, cast, unchanged):
    with pytest.raises(refusals.BelowMinimum):
        change_pledge(pledge, quantity=kg("40斤"), by=fresh(cast.buyer))

    unchanged()


def test_a_closed_lot_takes_a_reduction_but_no_raise(pledge, cast, lot):
    Lot.objects.filter(pk=lot.pk).update(is_open=False)

    with pytest.raises(LotClosed):
        change_pledge(pledge, quantity=kg("101斤"), by=fresh(cast.buyer))

    change_pledge(pledge, quantity=kg("99斤"), by=fresh(cast.buyer))
    assert Lot.objects.get(pk=lot.pk).reserved_g == 49_500


@pytest.mark.parametrize("who", ["rival_buyer", "farmer", "dispatcher", "admin", "outsider"])
def test_only_a_member_of_the_buyer_may_change(pledge, cast, unchanged, who):
    with pytest.raises(NotAllowed):
        change_pledge(pledge, quantity=kg("200斤"), by=fresh(getattr(cast, who)))

    unchanged()


@pytest.mark.parametrize("who", ["rival_buyer", "rival_farmer", "dispatcher", "outsider"])
def test_only_the_two_sides_and_the_desk_may_cancel(pledge, cast, unchanged, who):
    with pytest.raises(NotAllowed):
        cancel_pledge(pledge, reason="不要了", by=fresh(getattr(cast, who)))

    unchanged()


def test_another_buyers_dock_is_refused_in_a_change(pledge, cast, unchanged):
    with pytest.raises(refusals.DockNotUsable):
        change_pledge(pledge, quantity=kg("100斤"), dock=make_dock(cast.rival_supermarket), by=fresh(cast.buyer))

    unchanged()


def test_a_window_outside_the_docks_hours_is_refused_in_a_change(pledge, cast, unchanged):
    with pytest.raises(refusals.OutsideDockHours):
        change_pledge(pledge, quantity=kg("100斤"), window_to=dt.time(21), by=fresh(cast.buyer))

    unchanged()


def test_a_buyer_suspended_meanwhile_may_cancel_but_not_change(pledge, cast, unchanged, lot):
    Organisation.objects.filter(pk=cast.supermarket.pk).update(verification=VerificationState.SUSPENDED)

    with pytest.raises(NotVerified):
        change_pledge(pledge, quantity=kg("200斤"), by=fresh(cast.buyer))

    unchanged()
    cancel_pledge(pledge, reason="单位被暂停", by=fresh(cast.buyer))
    assert Lot.objects.get(pk=lot.pk).reserved_g == 0


def test_after_the_window_it_is_too_late_to_change(pledge, cast, unchanged):
    end = timezone.make_aware(dt.datetime.combine(pledge.day, pledge.window_to))

    with time_machine.travel(end + dt.timedelta(seconds=1), tick=False), pytest.raises(refusals.TooLateToChange):
        change_pledge(pledge, quantity=kg("200斤"), by=fresh(cast.buyer))

    unchanged()
    with time_machine.travel(end - dt.timedelta(seconds=1), tick=False):
        change_pledge(pledge, quantity=kg("200斤"), by=fresh(cast.buyer))


# --- cancelling ---


def test_cancelling_gives_the_grams_back_exactly_once_and_keeps_the_reason(pledge, cast, lot):
    for _ in range(2):
        cancelled = cancel_pledge(pledge, reason=" 货车来不了 ", by=fresh(cast.buyer))

    assert cancelled.state == PledgeState.CANCELLED
    assert Lot.objects.get(pk=lot.pk).reserved_g == 0
    assert Allocation.objects.get(pledge=pledge).is_live is False
    event = Event.objects.about(pledge).last()
    assert (event.verb, event.from_state, event.to_state, event.grams, event.reason) == (
        "cancelled",
        "placed",
        "cancelled",
        50_000,
        "货车来不了",
    )
    assert Event.objects.about(pledge).count() == 2


@pytest.mark.parametrize("reason", ["", "  \n"])
def test_a_cancellation_without_a_reason_is_refused(pledge, cast, unchanged, reason):
    with pytest.raises(refusals.ReasonMissing):
        cancel_pledge(pledge, reason=reason, by=fresh(cast.buyer))

    unchanged()


def test_a_cancelled_pledge_cannot_be_changed(pledge, cast, lot):
    cancel_pledge(pledge, reason="不要了", by=fresh(cast.buyer))

    with pytest.raises(refusals.NotChangeable) as refusal:
        change_pledge(pledge, quantity=kg("200斤"), by=fresh(cast.buyer))

    assert "已取消" in str(refusal.value)
    assert Lot.objects.get(pk=lot.pk).reserved_g == 0


def test_cancelling_after_the_window_is_allowed(pledge, cast, lot):
    with time_machine.travel(timezone.now() + dt.timedelta(days=5), tick=False):
        cancel_pledge(pledge, reason="没有送到", by=fresh(cast.buyer))

    assert Lot.objects.get(pk=lot.pk).reserved_g == 0
