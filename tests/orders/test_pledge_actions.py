"""Placing, changing and cancelling: the rules, every refusal, and that a refusal writes nothing."""

import datetime as dt
import uuid
from decimal import Decimal

import pytest
import time_machine
from django.utils import timezone

from market.enums import OrganisationKind, Role, VerificationState
from market.exceptions import LotClosed, NotAllowed, NotEnoughLeft, NotVerified
from market.models import Event, Listing, Lot, Membership, Organisation, User
from market.quantities import Pack, Quantity
from orders import exceptions as refusals
from orders.actions.pledges import cancel_pledge, change_pledge, place_pledge
from orders.enums import PledgeState
from orders.models import Allocation, Pledge, PledgeLine
from tests.factories import make_live_listing
from tests.factories.orders import make_dock, make_pledge


def kg(text: str) -> Quantity:
    return Quantity.parse(text)


def fresh(user: User) -> User:
    """The same person in the next request: nothing remembered about memberships."""
    return User.objects.get(pk=user.pk)


@pytest.fixture
def listing(cast, reference) -> Listing:
    """10 t a day at 1.20 元/斤, minimum 50 斤, in 筐 of 20 kg."""
    return make_live_listing(
        cast.household,
        reference["loofah"],
        reference["village"],
        by=cast.farmer,
        minimum_g=25_000,
        minimum_typed="50斤",
        pack_word="筐",
        pack_g=20_000,
    )


@pytest.fixture
def lot(listing) -> Lot:
    """Tomorrow's lot: no test depends on the hour it runs at."""
    return listing.lots.get(day=timezone.localdate() + dt.timedelta(days=1))


@pytest.fixture
def dock(cast):
    return make_dock(cast.supermarket)


@pytest.fixture
def place(cast, lot, dock):
    """Place a pledge of 100 斤, with any fact of it changed."""

    def _place(**changes) -> Pledge:
        facts = {
            "buyer": cast.supermarket,
            "lot_id": lot.pk,
            "quantity": kg("100斤"),
            "dock": dock,
            "window_from": dt.time(6),
            "window_to": dt.time(10),
            "key": uuid.uuid4(),
            "by": fresh(cast.buyer),
            **changes,
        }
        return place_pledge(**facts)

    return _place


@pytest.fixture
def nothing_written(lot):
    """Call it after a refusal."""

    def _check() -> None:
        assert Pledge.objects.count() == 0
        assert Allocation.objects.count() == 0
        assert PledgeLine.objects.count() == 0
        assert not Event.objects.filter(subject="orders.pledge").exists()
        assert Lot.objects.get(pk=lot.pk).reserved_g == 0

    return _check


# --- placing ---


def test_a_pledge_reserves_its_grams_and_keeps_what_was_typed(place, lot):
    pledge = place(quantity=Quantity.parse("20筐", pack=Pack("筐", 20_000)), reference=" 采购单 8 ")

    pledge = Pledge.objects.get(pk=pledge.pk)
    assert (pledge.firm_g, pledge.firm_typed, pledge.reference) == (400_000, "20筐", "采购单 8")
    assert (pledge.state, pledge.day) == (PledgeState.PLACED, lot.day)
    assert Lot.objects.get(pk=lot.pk).reserved_g == 400_000
    assert list(Allocation.objects.values_list("lot", "pledge", "grams", "is_live")) == [
        (lot.pk, pledge.pk, 400_000, True)
    ]
    event = Event.objects.about(pledge).get()
    assert (event.verb, event.grams, event.to_state, event.on_behalf_of) == ("placed", 400_000, "placed", None)


def test_price_and_pack_are_frozen_when_the_listing_is_edited_later(place, listing, cast):
    pledge = place()
    draft = listing.get_latest_revision_as_object()
    draft.price, draft.pack_g = Decimal("9.90"), 15_000
    draft.save_revision(user=cast.farmer).publish()

    pledge = Pledge.objects.get(pk=pledge.pk)

    assert (pledge.price, pledge.price_unit, pledge.pack_word, pledge.pack_g) == (Decimal("1.20"), "jin", "筐", 20_000)


def test_a_quantity_nobody_typed_is_written_in_jin(place):
    assert place(quantity=Quantity.of(50_000)).firm_typed == "100斤"


def test_a_helper_places_on_behalf_of_the_buyer_and_both_names_are_kept(place, cast):
    Membership.objects.create(user=cast.outsider, organisation=cast.supermarket, role=Role.HELPER)

    event = Event.objects.about(place(by=fresh(cast.outsider))).get()

    assert (event.by, event.on_behalf_of) == (cast.outsider, cast.supermarket)


@pytest.mark.parametrize("who", ["rival_buyer", "farmer", "dispatcher", "driver", "commerce_desk", "admin", "outsider"])
def test_only_those_who_buy_for_the_organisation_may_place(place, cast, nothing_written, who):
    with pytest.raises(NotAllowed):
        place(by=fresh(getattr(cast, who)))

    nothing_written()


def test_a_seller_may_not_place_for_the_own_household(place, cast, nothing_written):
    with pytest.raises(NotAllowed):
        place(buyer=cast.household, dock=make_dock(cast.household), by=fresh(cast.farmer))

    nothing_written()


@pytest.mark.parametrize("state", [s for s in VerificationState if s != VerificationState.VERIFIED])
def test_a_buyer_that_is_not_verified_is_refused(place, cast, nothing_written, state):
    Organisation.objects.filter(pk=cast.supermarket.pk).update(verification=state)

    with pytest.raises(NotVerified) as refusal:
        place(buyer=Organisation.objects.get(pk=cast.supermarket.pk))

    assert "步步高天元店" in str(refusal.value)
    nothing_written()


def test_own_produce_is_refused(place, cast, listing, nothing_written):
    Organisation.objects.filter(pk=cast.household.pk).update(kind=OrganisationKind.WHOLESALE)
    household = Organisation.objects.get(pk=cast.household.pk)

    with pytest.raises(refusals.OwnProduce) as refusal:
        place(buyer=household, dock=make_dock(household), by=fresh(cast.farmer))

    assert "王建国家" in str(refusal.value)
    nothing_written()


def test_under_the_minimum_is_refused_with_the_minimum(place, nothing_written):
    with pytest.raises(refusals.BelowMinimum) as refusal:
        place(quantity=kg("49斤"))

    assert "50 斤 = 25 公斤" in str(refusal.value)
    nothing_written()


def test_the_last_of_a_lot_may_be_taken_although_it_is_under_the_minimum(place, lot):
    place(quantity=Quantity.of(lot.offered_g - 10_000))

    place(quantity=kg("20斤"))

    assert Lot.objects.get(pk=lot.pk).remaining_g == 0


def test_more_than_is_left_is_refused_and_says_what_is_left(place, lot):
    place(quantity=Quantity.of(lot.offered_g - 25_000))

    with pytest.raises(NotEnoughLeft) as refusal:
        place(quantity=kg("51斤"))

    assert "50 斤 = 25 公斤" in str(refusal.value)
    assert Pledge.objects.count() == 1
    assert Lot.objects.get(pk=lot.pk).remaining_g == 25_000


def test_a_huge_quantity_is_refused_and_says_what_is_left(place, nothing_written):
    with pytest.raises(NotEnoughLeft):
        place(quantity=kg("100万吨"))

    nothing_written()


def test_a_closed_lot_is_refused(place, lot, nothing_written):
    Lot.objects.filter(pk=lot.pk).update(is_open=False)

    with pytest.raises(LotClosed):
        place()

    nothing_written()


def test_a_spoilt_lot_is_refused(place, lot, nothing_written):
    Lot.objects.filter(pk=lot.pk).update(best_before=timezone.now())

    with pytest.raises(LotClosed):
        place()

    nothing_written()


def test_a_past_day_is_refused_and_named(place, lot, nothing_written):
    Lot.objects.filter(pk=lot.pk).update(day=timezone.localdate() - dt.timedelta(days=1))

    with pytest.raises(refusals.DayPast):
        place()

    nothing_written()


def test_another_buyers_dock_is_refused(place, cast, nothing_written):
    with pytest.raises(refusals.DockNotUsable):
        place(dock=make_dock(cast.rival_supermarket))

    nothing_written()


def test_a_dock_out_of_use_is_refused(place, cast, nothing_written):
    with pytest.raises(refusals.DockNotUsable):
        place(dock=make_dock(cast.supermarket, is_active=False))

    nothing_written()


@pytest.mark.parametrize(("start", "end"), [(dt.time(3, 59), dt.time(10)), (dt.time(6), dt.time(20, 1))])
def test_a_window_outside_the_docks_hours_is_refused_with_the_hours(place, nothing_written, start, end):
    with pytest.raises(refusals.OutsideDockHours) as refusal:
        place(window_from=start, window_to=end)

    assert "04:00 到 20:00" in str(refusal.value)
    nothing_written()


def test_the_whole_of_the_docks_hours_is_a_window(place):
    assert place(window_from=dt.time(4), window_to=dt.time(20)).window_to == dt.time(20)


@pytest.mark.parametrize("end", [dt.time(6), dt.time(5)])
def test_a_window_that_ends_before_it_begins_is_refused(place, nothing_written, end):
    with pytest.raises(refusals.WindowBackwards):
        place(window_from=dt.time(6), window_to=end)

    nothing_written()


def test_a_reference_over_sixty_characters_is_refused(place, nothing_written):
    with pytest.raises(refusals.ReferenceTooLong):
        place(reference="长" * 61)

    nothing_written()


# --- once is once ---


def test_a_repeat_with_the_same_key_returns_the_first_pledge(place, lot):
    key = uuid.uuid4()

    first, second = place(key=key), place(key=key)

    assert first.pk == second.pk
    assert Lot.objects.get(pk=lot.pk).reserved_g == 50_000
    assert Event.objects.about(first).count() == 1


def test_a_repeat_after_the_lot_was_closed_sold_out_and_past_still_returns_the_first(place, lot):
    key = uuid.uuid4()
    first = place(key=key)
    Lot.objects.filter(pk=lot.pk).update(is_open=False, offered_g=50_000, day=dt.date(2021, 8, 8))

    assert place(key=key).pk == first.pk


def test_a_repeat_after_a_change_and_a_cancellation_returns_the_first(place, cast, lot):
    key = uuid.uuid4()
    first = place(key=key)
    change_pledge(first, quantity=kg("300斤"), window_to=dt.time(12), by=fresh(cast.buyer))

    assert place(key=key).firm_g == 150_000

    cancel_pledge(first, reason="不要了", by=fresh(cast.buyer))
    assert place(key=key).state == PledgeState.CANCELLED
    assert Lot.objects.get(pk=lot.pk).reserved_g == 0


@pytest.mark.parametrize(
    "other",
    [{"quantity": kg("200斤")}, {"window_to": dt.time(11)}, {"reference": "另一单"}],
    ids=["quantity", "window", "reference"],
)
def test_the_same_key_with_other_contents_is_refused(place, lot, other):
    key = uuid.uuid4()
    place(key=key)

    with pytest.raises(refusals.KeyUsedOtherwise) as refusal:
        place(key=key, **other)

    assert "100 斤 = 50 公斤" in str(refusal.value)
    assert Pledge.objects.count() == 1
    assert Lot.objects.get(pk=lot.pk).reserved_g == 50_000


def test_two_buyers_may_use_the_same_key(place, cast):
    key = uuid.uuid4()
    first = place(key=key)

    second = place(
        key=key, buyer=cast.rival_supermarket, dock=make_dock(cast.rival_supermarket), by=fresh(cast.rival_buyer)
    )

    assert first.pk != second.pk


def test_somebody_elses_key_does_not_show_the_pledge(place, cast):
    key = uuid.uuid4()
    place(key=key)

    with pytest.raises(NotAllowed):
        place(key=key, by=fresh(cast.rival_buyer))


# --- an association's lines ---


def stalls(*texts: str) -> list[tuple[str, Quantity]]:
    return [(f"{n}号摊", kg(text)) for n, text in enumerate(texts, start=1)]


@pytest.fixture
def place_for_stalls(place, cast):
    dock = make_dock(cast.association)

    def _place(**changes) -> Pledge:
        facts = {"buyer": cast.association, "dock": dock, "by": fresh(cast.association_clerk), **changes}
        return place(**facts)

    return _place


def test_the_lines_of_an_association_are_kept_in_order(place_for_stalls):
    pledge = place_for_stalls(quantity=kg("150斤"), lines=stalls("100斤", "50斤"))

    kept = list(pledge.lines.values_list("position", "name", "quantity_g", "quantity_typed"))
    assert kept == [(1, "1号摊", 50_000, "100斤"), (2, "2号摊", 25_000, "50斤")]


def test_lines_that_do_not_add_up_are_refused_with_both_sums(place_for_stalls, nothing_written):
    with pytest.raises(refusals.LinesDoNotAddUp) as refusal:
        place_for_stalls(quantity=kg("160斤"), lines=stalls("100斤", "50斤"))

    assert "150 斤 = 75 公斤" in str(refusal.value)
    assert "160 斤 = 80 公斤" in str(refusal.value)
    nothing_written()


def test_lines_of_another_buyer_than_an_association_are_refused(place, nothing_written):
    with pytest.raises(refusals.LinesOnlyForAssociations):
        place(lines=stalls("60斤", "40斤"))

    nothing_written()


@pytest.mark.parametrize("name", ["", "   ", "长" * 41])
def test_a_line_without_a_usable_name_is_refused_with_its_row(place_for_stalls, nothing_written, name):
    with pytest.raises(refusals.LineIncomplete) as refusal:
        place_for_stalls(quantity=kg("100斤"), lines=[("1号摊", kg("60斤")), (name, kg("40斤"))])

    assert "第 2 行" in str(refusal.value)
    nothing_written()


def test_more_lines_than_a_sheet_holds_are_refused(place_for_stalls, nothing_written):
    with pytest.raises(refusals.TooManyLines):
        place_for_stalls(quantity=kg("301斤"), lines=stalls(*["1斤"] * 301))

    nothing_written()


def test_the_same_key_with_other_lines_is_refused(place_for_stalls):
    key = uuid.uuid4()
    place_for_stalls(key=key, quantity=kg("100斤"), lines=stalls("60斤", "40斤"))

    with pytest.raises(refusals.KeyUsedOtherwise):
        place_for_stalls(key=key, quantity=kg("100斤"), lines=stalls("50斤", "50斤"))

    assert PledgeLine.objects.count() == 2


def test_a_quantity_cannot_change_away_from_its_lines(place_for_stalls, cast):
    pledge = place_for_stalls(quantity=kg("100斤"), lines=stalls("60斤", "40斤"))

    with pytest.raises(refusals.LinesDoNotAddUp):
        change_pledge(pledge, quantity=kg("120斤"), by=fresh(cast.association_clerk))

    assert Pledge.objects.get().firm_g == 50_000


def test_new_lines_replace_the_old_ones_with_the_quantity(place_for_stalls, cast, lot):
    pledge = place_for_stalls(quantity=kg("100斤"), lines=stalls("60斤", "40斤"))

    changed = {"quantity": kg("120斤"), "lines": stalls("60斤", "60斤"), "by": fresh(cast.association_clerk)}
    change_pledge(pledge, **changed)
    change_pledge(pledge, **changed)

    assert list(pledge.lines.values_list("quantity_g", flat=True)) == [30_000, 30_000]
    assert Lot.objects.get(pk=lot.pk).reserved_g == 60_000
    assert list(Event.objects.about(pledge).values_list("verb", flat=True)) == ["placed", "lines_changed", "changed"]


# --- changing ---


@pytest.fixture
def pledge(lot, dock, cast) -> Pledge:
    return make_pledge(lot, dock, "100斤", by=fresh(cast.buyer))


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

    assert "50 斤 = 25 公斤" in str(refusal.value)
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
def test_only_a_member_of_the_buyer_may_change_or_cancel(pledge, cast, unchanged, who):
    with pytest.raises(NotAllowed):
        change_pledge(pledge, quantity=kg("200斤"), by=fresh(getattr(cast, who)))
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
