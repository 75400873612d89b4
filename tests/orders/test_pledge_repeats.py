"""Once is once; and the lines of an association."""

import datetime as dt
import uuid

import pytest

from market.exceptions import NotAllowed
from market.models import Event, Lot
from orders import exceptions as refusals
from orders.actions.pledges import cancel_pledge, change_pledge
from orders.enums import PledgeState
from orders.models import Pledge, PledgeLine
from tests.factories.orders import fresh, kg, make_dock, stalls


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
