"""Placing: what is kept, every refusal, and that a refusal writes nothing."""

import datetime as dt
from decimal import Decimal

import pytest
import time_machine
from django.utils import timezone

from market.enums import OrganisationKind, Role, VerificationState
from market.exceptions import LotClosed, NotAllowed, NotEnoughLeft, NotVerified
from market.models import Event, Lot, Membership, Organisation
from market.quantities import Pack, Quantity
from orders import exceptions as refusals
from orders.enums import PledgeState
from orders.models import Allocation, Pledge
from tests.factories.orders import fresh, kg, make_dock


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


@pytest.mark.parametrize("who", ["rival_buyer", "farmer", "dispatcher", "driver", "agriculture_desk", "outsider"])
def test_only_those_who_buy_for_the_organisation_may_place(place, cast, nothing_written, who):
    with pytest.raises(NotAllowed):
        place(by=fresh(getattr(cast, who)))

    nothing_written()


def test_the_commerce_desk_places_for_a_buyer_and_both_names_are_recorded(place, cast):
    event = Event.objects.about(place(by=fresh(cast.commerce_desk))).get()

    assert (event.by, event.on_behalf_of) == (cast.commerce_desk, cast.supermarket)


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


def test_a_window_that_is_over_today_is_refused(place, lot, nothing_written):
    with time_machine.travel(timezone.make_aware(dt.datetime.combine(lot.day, dt.time(10, 1))), tick=False):
        with pytest.raises(refusals.WindowPast, match="今天 10:00 已经过了"):
            place(window_from=dt.time(6), window_to=dt.time(10))
        nothing_written()
        assert place(window_from=dt.time(6), window_to=dt.time(11)).day == lot.day


def test_a_reference_over_sixty_characters_is_refused(place, nothing_written):
    with pytest.raises(refusals.ReferenceTooLong):
        place(reference="长" * 61)

    nothing_written()
