"""Timed holds: kept, confirmed, given up, lapsed. Exact grams; a refusal writes nothing; every state."""

import datetime as dt
import uuid

import pytest
import time_machine
from django.utils import timezone

from market.actions.organisations import suspend_organisation
from market.exceptions import NotAllowed, NotEnoughLeft, NotVerified, WrongState
from market.models import Event, Lot, Notice
from market.quantities import Quantity
from orders.actions.holds import confirm_hold, hold_lot, lapse_holds, release_hold
from orders.actions.pledges import cancel_pledge, change_pledge
from orders.enums import PledgeState
from orders.exceptions import (
    BelowMinimum,
    HoldLapsed,
    HoldsOnlyForAssociations,
    LinesDoNotAddUp,
    MostBelowFirm,
    NotChangeable,
    OneHoldALot,
    RaiseTooLarge,
)
from orders.models import Allocation, Dock, Pledge, Stall
from tests.factories.orders import fresh, kg, make_dock, make_hold, stalls

LATER = dt.timedelta(minutes=61)


@pytest.fixture
def market(cast) -> Dock:
    return make_dock(cast.association)


@pytest.fixture
def clerk(cast):
    return fresh(cast.association_clerk)


@pytest.fixture
def hold(lot, market, clerk) -> Pledge:
    return make_hold(lot, market, "500斤", by=clerk)


def reserved(lot: Lot) -> int:
    """What the lot says, which the live allocations must say too."""
    promised = sum(Allocation.objects.live().filter(lot=lot).values_list("grams", flat=True))
    kept = Lot.objects.get(pk=lot.pk).reserved_g
    assert promised == kept
    return kept


def test_a_hold_keeps_the_grams_for_an_hour_and_promises_nothing(hold, lot, clerk):
    assert (hold.state, hold.firm_g, hold.most_g) == (PledgeState.HELD, 250_000, 250_000)
    assert dt.timedelta(minutes=59) < hold.held_until - timezone.now() <= dt.timedelta(minutes=60)
    assert reserved(lot) == 250_000
    assert Pledge.objects.promised().count() == 0
    assert [(event.verb, event.by) for event in Event.objects.about(hold)] == [("held", clerk)]


def test_a_repeat_with_the_same_key_is_the_same_hold(lot, market, clerk):
    key = uuid.uuid4()

    holds = [make_hold(lot, market, by=clerk, key=key) for _ in range(2)]

    assert holds[0] == holds[1]
    assert reserved(lot) == 50_000


def test_a_second_hold_of_the_lot_is_refused(hold, lot, market, clerk):
    with pytest.raises(OneHoldALot, match="请先确认或放弃"):
        make_hold(lot, market, by=clerk)

    assert reserved(lot) == 250_000


def test_a_supermarket_holds_nothing(lot, dock, cast, nothing_written):
    with pytest.raises(HoldsOnlyForAssociations):
        make_hold(lot, dock, by=fresh(cast.buyer))

    nothing_written()


def test_strangers_hold_nothing_for_the_association(lot, market, cast, nothing_written):
    for person in cast.people().values():
        if person != cast.association_clerk:
            with pytest.raises(NotAllowed):
                make_hold(lot, market, by=fresh(person))

    nothing_written()


def test_more_than_is_left_is_not_held(lot, market, clerk, nothing_written):
    with pytest.raises(NotEnoughLeft, match="只剩"):
        make_hold(lot, market, "3万斤", by=clerk)

    nothing_written()


# --- confirmed ---


@pytest.mark.parametrize(
    ("lines", "grams"), [(("300斤", "200斤"), 250_000), (("100斤",), 50_000), (("800斤",), 400_000)]
)
def test_a_hold_confirmed_is_a_pledge_of_its_lines(hold, lot, clerk, lines, grams):
    pledge = confirm_hold(hold, quantity=Quantity.of(grams), lines=stalls(*lines), by=clerk)

    assert (pledge.state, pledge.firm_g, pledge.most_g, pledge.held_until) == (PledgeState.PLACED, grams, grams, None)
    assert reserved(lot) == grams
    assert pledge.lines.count() == len(lines)
    assert [event.verb for event in Event.objects.about(pledge)] == ["held", "confirmed"]


def test_a_hold_confirmed_with_a_stretch_reserves_the_firm_part(hold, lot, clerk):
    pledge = confirm_hold(hold, quantity=kg("100斤"), most=kg("150斤"), lines=stalls("100斤"), by=clerk)

    assert (pledge.firm_g, pledge.most_g) == (50_000, 75_000)
    assert reserved(lot) == 50_000


def test_lines_of_known_stalls_are_joined_to_them(hold, clerk, cast):
    stall = Stall.objects.create(association=cast.association, name="1号摊")

    pledge = confirm_hold(hold, quantity=kg("100斤"), lines=stalls("60斤", "40斤"), by=clerk)

    assert list(pledge.lines.values_list("stall", flat=True)) == [stall.pk, None]


@pytest.mark.parametrize(
    ("facts", "refusal"),
    [
        ({"quantity": kg("3万斤"), "lines": stalls("3万斤")}, RaiseTooLarge),
        ({"quantity": kg("100斤"), "lines": stalls("90斤")}, LinesDoNotAddUp),
        ({"quantity": kg("10斤"), "lines": stalls("10斤")}, BelowMinimum),
        ({"quantity": kg("100斤"), "most": kg("90斤"), "lines": stalls("100斤")}, MostBelowFirm),
    ],
)
def test_a_refused_confirmation_leaves_the_hold_as_it_was(hold, lot, clerk, facts, refusal):
    with pytest.raises(refusal):
        confirm_hold(hold, by=clerk, **facts)

    kept = Pledge.objects.get()
    assert (kept.state, kept.firm_g, kept.lines.count(), reserved(lot)) == (PledgeState.HELD, 250_000, 0, 250_000)


def test_a_second_confirmation_changes_nothing(hold, lot, clerk):
    confirm_hold(hold, quantity=kg("100斤"), by=clerk)

    with pytest.raises(WrongState):
        confirm_hold(hold, quantity=kg("200斤"), by=clerk)

    assert reserved(lot) == 50_000


def test_after_its_time_a_hold_cannot_be_confirmed_even_before_the_clock_came_round(hold, lot, clerk):
    with time_machine.travel(timezone.now() + LATER), pytest.raises(HoldLapsed, match="货已放回"):
        confirm_hold(hold, quantity=kg("100斤"), by=clerk)

    assert Pledge.objects.get().state == PledgeState.HELD


# --- ended ---


def test_a_hold_given_up_puts_its_grams_back_once(hold, lot, clerk):
    for _ in range(2):
        assert release_hold(hold, by=clerk).state == PledgeState.CANCELLED

    assert reserved(lot) == 0
    assert [event.verb for event in Event.objects.about(hold)] == ["held", "released"]


def test_a_hold_may_be_given_up_after_its_time(hold, lot, clerk):
    with time_machine.travel(timezone.now() + LATER):
        release_hold(hold, by=clerk)

    assert reserved(lot) == 0


def test_the_clock_releases_what_is_over_and_tells_the_association_once(hold, lot, cast):
    assert lapse_holds() == 0
    with time_machine.travel(timezone.now() + LATER):
        assert (lapse_holds(), lapse_holds()) == (1, 0)

    hold.refresh_from_db()
    assert (hold.state, hold.held_until) == (PledgeState.LAPSED, None)
    assert reserved(lot) == 0
    notice = Notice.objects.get()
    assert (notice.recipient_id, notice.facts["held_g"]) == (cast.association.pk, 250_000)
    assert Event.objects.about(hold).last().by is None


def test_a_lapsed_hold_lets_the_association_hold_again(hold, lot, market, clerk):
    with time_machine.travel(timezone.now() + LATER):
        lapse_holds()
        again = make_hold(lot, market, "100斤", by=clerk)

    assert again.state == PledgeState.HELD
    assert reserved(lot) == 50_000


def test_one_broken_hold_does_not_keep_the_others(lot, market, clerk, cast, monkeypatch):
    """Each is its own transaction: what the first has released stays released."""
    first = make_hold(lot, market, by=clerk)
    confirm_hold(first, quantity=kg("100斤"), by=clerk)
    make_hold(lot, market, "60斤", by=clerk)
    with time_machine.travel(timezone.now() + LATER):
        assert lapse_holds() == 1

    assert reserved(lot) == 50_000


CONFIRM = "confirm"
RELEASE = "release"
LAPSE = "lapse"


@pytest.mark.parametrize(
    ("state", "does", "outcome"),
    [
        (PledgeState.HELD, CONFIRM, PledgeState.PLACED),
        (PledgeState.HELD, RELEASE, PledgeState.CANCELLED),
        (PledgeState.PLACED, CONFIRM, WrongState),
        (PledgeState.PLACED, RELEASE, WrongState),
        (PledgeState.PLACED, LAPSE, PledgeState.PLACED),
        (PledgeState.CANCELLED, CONFIRM, WrongState),
        (PledgeState.CANCELLED, RELEASE, PledgeState.CANCELLED),
        (PledgeState.CANCELLED, LAPSE, PledgeState.CANCELLED),
        (PledgeState.LAPSED, CONFIRM, HoldLapsed),
        (PledgeState.LAPSED, RELEASE, PledgeState.LAPSED),
        (PledgeState.LAPSED, LAPSE, PledgeState.LAPSED),
    ],
)
def test_what_each_state_allows(hold, lot, clerk, state, does, outcome):
    if state == PledgeState.PLACED:
        confirm_hold(hold, quantity=kg("500斤"), by=clerk)
    elif state == PledgeState.CANCELLED:
        release_hold(hold, by=clerk)
    elif state == PledgeState.LAPSED:
        with time_machine.travel(timezone.now() + LATER):
            lapse_holds()
    before = reserved(lot)
    doing = {
        CONFIRM: lambda: confirm_hold(hold, quantity=kg("500斤"), by=clerk),
        RELEASE: lambda: release_hold(hold, by=clerk),
        LAPSE: lapse_holds,
    }[does]

    if isinstance(outcome, PledgeState):
        doing()
        assert Pledge.objects.get().state == outcome
    else:
        with pytest.raises(outcome):
            doing()
        assert Pledge.objects.get().state == state
        assert reserved(lot) == before
    reserved(lot)


def test_a_hold_is_neither_changed_nor_cancelled_like_a_pledge(hold, lot, clerk):
    with pytest.raises(NotChangeable):
        change_pledge(hold, quantity=kg("100斤"), by=clerk)
    with pytest.raises(NotChangeable):
        cancel_pledge(hold, reason="不要了", by=clerk)

    assert reserved(lot) == 250_000


def test_only_the_association_ends_or_confirms_it(hold, lot, cast):
    for person in cast.people().values():
        if person == cast.association_clerk:
            continue
        with pytest.raises(NotAllowed):
            release_hold(hold, by=fresh(person))
        with pytest.raises(NotAllowed):
            confirm_hold(hold, quantity=kg("100斤"), by=fresh(person))

    assert Pledge.objects.get().state == PledgeState.HELD
    assert reserved(lot) == 250_000


def test_hold_lot_asks_for_a_window_and_a_dock_of_the_association(lot, market, clerk, dock, nothing_written):
    from orders.exceptions import DockNotUsable

    with pytest.raises(DockNotUsable):
        hold_lot(
            buyer=market.organisation,
            lot_id=lot.pk,
            quantity=kg("100斤"),
            dock=dock,
            window_from=dt.time(6),
            window_to=dt.time(10),
            key=uuid.uuid4(),
            by=clerk,
        )

    nothing_written()


def test_an_association_suspended_meanwhile_confirms_nothing(hold, cast):
    """It may not place a pledge either; the clock gives the grams back."""
    suspend_organisation(cast.association, reason="证照过期", by=fresh(cast.commerce_desk))

    with pytest.raises(NotVerified):
        confirm_hold(hold, quantity=kg("100斤"), lines=stalls("60斤", "40斤"), by=fresh(cast.association_clerk))
    assert Pledge.objects.get(pk=hold.pk).state == PledgeState.HELD
