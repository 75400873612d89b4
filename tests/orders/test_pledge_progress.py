"""Every pair of states: what the table allows moves, what it does not is refused, a repeat changes nothing."""

import itertools

import pytest
from django.utils import timezone

from market.exceptions import WrongState
from market.models import Event, Lot
from orders.actions import progress
from orders.actions.pledges import cancel_pledge, change_pledge
from orders.enums import CHANGEABLE_PLEDGES, LIVE_PLEDGES, PLEDGE_MOVES, PledgeState
from orders.exceptions import NotChangeable
from orders.models import Allocation, Pledge
from tests.factories.orders import fresh, kg

MOVERS = {
    PledgeState.PLANNED: (progress.mark_planned, "planned"),
    PledgeState.PLACED: (progress.mark_unplanned, "unplanned"),
    PledgeState.MOVING: (progress.mark_moving, "moving"),
    PledgeState.RECEIVED: (progress.mark_received, "received"),
}
STATES = list(PledgeState)


def stand(pledge: Pledge, state: PledgeState) -> None:
    held_until = timezone.now() if state == PledgeState.HELD else None
    Pledge.objects.filter(pk=pledge.pk).update(state=state, held_until=held_until)


@pytest.mark.parametrize(("before", "to"), list(itertools.product(STATES, MOVERS)))
def test_every_pair_of_states_follows_the_table(pledge, cast, before, to):
    stand(pledge, before)
    mover, verb = MOVERS[to]
    lines = Event.objects.about(pledge).count()
    allowed = to in PLEDGE_MOVES[before] and before != PledgeState.HELD  # a hold is confirmed, not moved

    if allowed:
        assert mover(pledge.pk, by=cast.dispatcher).state == to
        event = Event.objects.about(pledge).last()
        assert (event.verb, event.from_state, event.to_state, event.by) == (verb, before, to, cast.dispatcher)
        assert event.grams == 50_000
        lines += 1
    elif to == before:
        assert mover(pledge.pk, by=cast.dispatcher).state == to
    else:
        with pytest.raises(WrongState) as refusal:
            mover(pledge.pk, by=cast.dispatcher)
        assert str(before.label) in str(refusal.value)

    after = to if allowed else before
    assert Pledge.objects.get(pk=pledge.pk).state == after
    assert Event.objects.about(pledge).count() == lines


@pytest.mark.parametrize("before", STATES)
def test_cancelling_follows_the_table(pledge, cast, lot, before):
    stand(pledge, before)

    if before == PledgeState.CANCELLED:
        assert cancel_pledge(pledge, reason="不要了", by=fresh(cast.buyer)).state == PledgeState.CANCELLED
        assert Event.objects.about(pledge).count() == 1
    elif before in CHANGEABLE_PLEDGES:
        cancel_pledge(pledge, reason="不要了", by=fresh(cast.buyer))
        assert Lot.objects.get(pk=lot.pk).reserved_g == 0
    else:
        with pytest.raises(NotChangeable) as refusal:
            cancel_pledge(pledge, reason="不要了", by=fresh(cast.buyer))
        assert str(before.label) in str(refusal.value)
        assert Lot.objects.get(pk=lot.pk).reserved_g == 50_000
        assert Allocation.objects.live().filter(pledge=pledge).exists()


@pytest.mark.parametrize("before", [state for state in STATES if state not in CHANGEABLE_PLEDGES])
def test_only_a_pledge_whose_truck_has_not_left_can_be_changed(pledge, cast, lot, before):
    stand(pledge, before)

    with pytest.raises(NotChangeable):
        change_pledge(pledge, quantity=kg("200斤"), by=fresh(cast.buyer))

    assert Pledge.objects.get(pk=pledge.pk).firm_g == 50_000
    assert Lot.objects.get(pk=lot.pk).reserved_g == 50_000


def test_the_table_knows_every_state_and_live_means_that_grams_are_reserved():
    assert set(PLEDGE_MOVES) == set(PledgeState)
    assert set(PledgeState) - {PledgeState.CANCELLED, PledgeState.LAPSED} == LIVE_PLEDGES


def test_the_clock_may_move_a_pledge(pledge):
    progress.mark_planned(pledge.pk, by=None)

    assert Event.objects.about(pledge).last().by is None
