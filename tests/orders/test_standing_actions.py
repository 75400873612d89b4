"""Starting, changing, pausing, resuming, ending a standing pledge, and skipping single days of it."""

import datetime as dt
import uuid
from decimal import Decimal

import pytest
from django.utils import timezone

from market.actions.organisations import suspend_organisation
from market.exceptions import NotAllowed, NotVerified, WrongState
from market.models import Event, Listing, Lot, Notice
from orders import exceptions as refusals
from orders.actions.docks import stop_dock
from orders.actions.standing import (
    accept_price,
    change_standing,
    end_standing,
    pause_standing,
    resume_standing,
    skip_day,
    start_standing,
    unskip_day,
)
from orders.actions.standing_days import place_standing_day
from orders.enums import STANDING_MOVES, StandingOutcome, StandingState
from orders.models import Pledge, StandingDay, StandingPledge
from tests.factories.days import DAY, dated
from tests.factories.orders import fresh, kg, make_dock

TODAY = timezone.localdate


@pytest.fixture
def start(cast, listing, dock):
    """Start 100 斤 a day for tomorrow and the day after, with any fact of it changed."""

    def _start(**changes) -> StandingPledge:
        facts = {
            "buyer": cast.supermarket,
            "listing": listing,
            "quantity": kg("100斤"),
            "dock": dock,
            "window_from": dt.time(6),
            "window_to": dt.time(10),
            "first_day": TODAY() + DAY,
            "last_day": TODAY() + 2 * DAY,
            "key": uuid.uuid4(),
            "by": fresh(cast.buyer),
            **changes,
        }
        return start_standing(**facts)

    return _start


@pytest.fixture
def standing(start) -> StandingPledge:
    return start()


def verbs(standing) -> list[str]:
    return list(Event.objects.about(standing).order_by("pk").values_list("verb", flat=True))


# --- starting ---


def test_started_it_promises_nothing_yet_and_the_seller_is_told(cast, listing, standing):
    standing.refresh_from_db()

    assert (standing.state, standing.firm_g, standing.most_g) == (StandingState.RUNNING, 50_000, 50_000)
    assert standing.price_per_kg == Decimal("2.4000")
    assert Pledge.objects.count() == 0
    assert Lot.objects.filter(listing=listing, reserved_g__gt=0).count() == 0
    assert verbs(standing) == ["started"]
    (notice,) = Notice.objects.all()
    assert (notice.recipient, notice.facts["firm_g"]) == (cast.household, 50_000)


def test_a_repeat_finds_the_first_and_changes_nothing(start):
    key = uuid.uuid4()

    first, second = start(key=key), start(key=key)

    assert first.pk == second.pk
    assert (StandingPledge.objects.count(), Event.objects.filter(verb="started").count()) == (1, 1)


def test_a_repeat_finds_the_first_after_a_change_too(start, cast):
    key = uuid.uuid4()
    first = start(key=key)
    change_standing(first, quantity=kg("300斤"), by=fresh(first.placed_by))

    assert start(key=key).firm_g == 150_000


@pytest.mark.parametrize(
    "other",
    [{"first_day": 2 * DAY}, {"quantity": kg("300斤")}, {"most": kg("200斤")}, {"window_to": dt.time(9)}],
    ids=["first_day", "quantity", "most", "window_to"],
)
def test_a_key_used_for_something_else_is_refused(start, other):
    key = uuid.uuid4()
    start(key=key)

    with pytest.raises(refusals.KeyUsedForOtherStanding):
        start(key=key, **dated(other))
    assert StandingPledge.objects.get().firm_g == 50_000


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"quantity": kg("49斤")}, refusals.BelowMinimum),
        ({"quantity": kg("20001斤")}, refusals.MoreThanADay),
        ({"most": kg("99斤")}, refusals.MostBelowFirm),
        ({"window_to": dt.time(6)}, refusals.WindowBackwards),
        ({"window_from": dt.time(1)}, refusals.OutsideDockHours),
        ({"fresh_hours": 44}, refusals.NotFreshEnough),
        ({"reference": "x" * 61}, refusals.ReferenceTooLong),
        ({"last_day": 0 * DAY}, refusals.StandingDaysBackwards),
        ({"last_day": 61 * DAY}, refusals.StandingTooLong),
        ({"last_day": 3 * DAY}, refusals.BeyondListing),
        ({"first_day": -DAY}, refusals.StandingStartsTooLate),
    ],
)
def test_what_no_day_could_satisfy_is_refused_before(start, changes, refusal):
    with pytest.raises(refusal) as said:
        start(**dated(changes))

    assert "%(" not in str(said.value)
    assert (StandingPledge.objects.count(), Event.objects.filter(verb="started").count(), Notice.objects.count()) == (
        0,
        0,
        0,
    )


def test_a_listing_taken_off_the_board_is_refused(start, listing):
    Listing.objects.get(pk=listing.pk).unpublish()

    with pytest.raises(refusals.ListingNotOffered):
        start()


def test_a_dock_of_another_and_one_out_of_use_are_refused(cast, start, dock):
    with pytest.raises(refusals.DockNotUsable):
        start(dock=make_dock(cast.association))
    stop_dock(dock, by=fresh(cast.buyer))
    with pytest.raises(refusals.DockNotUsable):
        start(dock=type(dock).objects.get(pk=dock.pk))


def test_a_buyer_not_verified_is_refused(cast, start):
    suspend_organisation(cast.supermarket, reason="查", by=cast.commerce_desk)
    cast.supermarket.refresh_from_db()

    with pytest.raises(NotVerified):
        start()


def test_only_its_people_and_the_commerce_desk_may(cast, start):
    may = {"buyer", "commerce_desk", "admin"}
    for role, person in cast.people().items():
        if role in may:
            start(by=fresh(person))
        else:
            with pytest.raises(NotAllowed):
                start(by=fresh(person))

    assert StandingPledge.objects.count() == 3


def test_nobody_but_those_changes_anything(cast, standing):
    for role, person in cast.people().items():
        if role in {"buyer", "commerce_desk", "admin"}:
            continue
        by = fresh(person)
        for change in (
            lambda by: change_standing(standing, quantity=kg("200斤"), by=by),
            lambda by: pause_standing(standing, by=by),
            lambda by: resume_standing(standing, by=by),
            lambda by: end_standing(standing, by=by),
            lambda by: accept_price(standing, by=by),
            lambda by: skip_day(standing, day=TODAY() + DAY, by=by),
            lambda by: unskip_day(standing, day=TODAY() + DAY, by=by),
        ):
            with pytest.raises(NotAllowed):
                change(by)

    assert verbs(standing) == ["started"]


# --- changing ---


def test_a_change_is_for_the_days_not_placed_yet(cast, listing, standing, dock):
    by, other = fresh(cast.buyer), make_dock(cast.supermarket)
    row = place_standing_day(standing.pk, TODAY() + DAY)

    changed = change_standing(
        standing,
        quantity=kg("200斤"),
        most=kg("300斤"),
        dock=other,
        window_from=dt.time(5),
        fresh_hours=12,
        reference="新单号",
        last_day=TODAY() + DAY,
        by=by,
    )

    changed.refresh_from_db()
    assert (changed.firm_g, changed.most_g, changed.firm_typed) == (100_000, 150_000, "200斤")
    assert (changed.dock, changed.window_from, changed.fresh_hours, changed.reference) == (
        other,
        dt.time(5),
        12,
        "新单号",
    )
    assert changed.last_day == TODAY() + DAY
    assert Pledge.objects.get(pk=row.pledge_id).firm_g == 50_000
    assert verbs(standing)[-3:] == ["changed", "last_day_changed", "delivery_changed"]


def test_the_same_change_again_writes_nothing(cast, standing):
    by = fresh(cast.buyer)
    change_standing(standing, quantity=kg("200斤"), by=by)
    before = verbs(standing)

    change_standing(standing, quantity=kg("200斤"), last_day=standing.last_day, by=by)

    assert verbs(standing) == before


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"quantity": kg("49斤")}, refusals.BelowMinimum),
        ({"quantity": kg("20001斤")}, refusals.MoreThanADay),
        ({"quantity": kg("60斤"), "most": kg("50斤")}, refusals.MostBelowFirm),
        ({"last_day": -DAY}, refusals.LastDayOver),
        ({"last_day": 0 * DAY}, refusals.StandingDaysBackwards),
        ({"last_day": 3 * DAY}, refusals.BeyondListing),
        ({"last_day": 70 * DAY}, refusals.StandingTooLong),
        ({"window_to": dt.time(5)}, refusals.WindowBackwards),
        ({"fresh_hours": 100}, refusals.NotFreshEnough),
    ],
)
def test_a_change_is_asked_like_a_start(cast, standing, changes, refusal):
    with pytest.raises(refusal):
        change_standing(standing, by=fresh(cast.buyer), **dated(changes))

    assert verbs(standing) == ["started"]
    assert StandingPledge.objects.get().firm_g == 50_000


def test_one_that_has_ended_is_not_changed(cast, standing):
    by = fresh(cast.buyer)
    end_standing(standing, by=by)
    for change in (
        lambda: change_standing(standing, quantity=kg("200斤"), by=by),
        lambda: accept_price(standing, by=by),
        lambda: skip_day(standing, day=TODAY() + DAY, by=by),
        lambda: unskip_day(standing, day=TODAY() + DAY, by=by),
    ):
        with pytest.raises(WrongState):
            change()

    assert verbs(standing) == ["started", "ended"]


def test_a_new_price_is_agreed_to_once(cast, listing, standing):
    Listing.objects.filter(pk=listing.pk).update(price=Decimal("1.50"))
    by = fresh(cast.buyer)

    assert accept_price(standing, by=by).price_per_kg == Decimal("3.0000")
    accept_price(standing, by=by)

    event = Event.objects.about(standing).get(verb="price_accepted")
    assert event.reason == "1.50 元/斤"


# --- states ---

TURNS = {
    StandingState.RUNNING: resume_standing,
    StandingState.PAUSED: pause_standing,
    StandingState.ENDED: end_standing,
}


@pytest.mark.parametrize("old", StandingState)
@pytest.mark.parametrize("new", StandingState)
def test_every_pair_of_states(cast, standing, old, new):
    by = fresh(cast.buyer)
    TURNS[old](standing, by=by)
    before = verbs(standing)

    if new in STANDING_MOVES[old] or new == old:
        assert TURNS[new](standing, by=by).state == new
        assert len(verbs(standing)) == len(before) + (new != old)  # a repeat writes nothing
    else:
        with pytest.raises(WrongState):
            TURNS[new](standing, by=by)
        assert verbs(standing) == before
        assert StandingPledge.objects.get().state == old


# --- single days ---


def test_a_day_skipped_is_not_placed_and_can_be_wanted_again(cast, standing):
    by, day = fresh(cast.buyer), TODAY() + DAY

    skip_day(standing, day=day, by=by)
    skip_day(standing, day=day, by=by)
    assert StandingDay.objects.get().outcome == StandingOutcome.SKIPPED
    assert place_standing_day(standing.pk, day) is None
    unskip_day(standing, day=day, by=by)
    unskip_day(standing, day=day, by=by)

    assert verbs(standing) == ["started", "day_skipped", "day_wanted"]
    assert place_standing_day(standing.pk, day).outcome == StandingOutcome.PLACED


def test_a_day_placed_is_neither_skipped_nor_wanted(cast, standing):
    by, day = fresh(cast.buyer), TODAY() + DAY
    place_standing_day(standing.pk, day)
    for turn in (skip_day, unskip_day):
        with pytest.raises(refusals.DayPlacedAlready):
            turn(standing, day=day, by=by)

    assert StandingDay.objects.get().outcome == StandingOutcome.PLACED


def test_a_day_outside_is_no_day_of_it(cast, standing):
    for turn in (skip_day, unskip_day):
        with pytest.raises(refusals.DayNotOfStanding):
            turn(standing, day=TODAY() + 9 * DAY, by=fresh(cast.buyer))


def test_a_day_whose_window_has_begun_is_too_late(cast, standing):
    StandingPledge.objects.update(first_day=TODAY(), window_from=dt.time(0))
    for turn in (skip_day, unskip_day):
        with pytest.raises(refusals.DayBegun):
            turn(standing, day=TODAY(), by=fresh(cast.buyer))

    assert StandingDay.objects.count() == 0


def test_the_days_of_a_pause_are_no_failures_of_the_clock(cast, standing):
    pause_standing(standing, by=fresh(cast.buyer))
    StandingPledge.objects.update(first_day=TODAY() - 2 * DAY)

    resume_standing(standing, by=fresh(cast.buyer))

    rows = StandingDay.objects.filter(day__lt=TODAY()).values_list("day", "outcome", "reason")
    assert list(rows) == [(TODAY() - 2 * DAY, "skipped", "暂停期间"), (TODAY() - DAY, "skipped", "暂停期间")]
