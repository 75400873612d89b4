"""The longer list pasted later: only the difference, into the same pledge or the hold of the lot."""

import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from market.enums import OrganisationKind, Role
from market.exceptions import NotAllowed
from market.models import Event, Lot, Membership
from orders.actions.holds import lapse_holds
from orders.actions.pledges import cancel_pledge, change_pledge
from orders.actions.progress import mark_moving, mark_planned
from orders.actions.relays import correct_row, reread_relay
from orders.enums import PledgeState
from orders.exceptions import (
    NotChangeable,
    RaiseTooLarge,
    RelayAllCancelled,
    RelayOutdated,
    RelayUnconfirmed,
)
from orders.models import Allocation, Dock, Pledge, RelayReading, Stall
from orders.queries.relays import relay_page
from tests.factories import make_organisation, make_user
from tests.factories.orders import fresh, kg, make_dock, make_hold, make_pledge, stalls
from tests.factories.relays import make_reading, row_of, save_reading

LIST = "#接龙\n1. 周满香 100斤\n2. 老李 200斤"
LONGER = "#接龙\n1. 周满香 100斤\n2. 老李 300斤\n3. 王姐 50斤"


@pytest.fixture
def market(cast) -> Dock:
    return make_dock(cast.association)


@pytest.fixture
def clerk(cast):
    return fresh(cast.association_clerk)


@pytest.fixture
def paste(cast, lot, clerk):
    def _paste(text: str = LIST, **changes) -> RelayReading:
        facts = {"association": cast.association, "lot": lot, "by": clerk, **changes}
        return make_reading(text=text, **facts)

    return _paste


@pytest.fixture
def save(market, clerk):
    def _save(reading: RelayReading, **changes) -> Pledge:
        return save_reading(reading, market, **{"by": clerk, **changes})

    return _save


def lines(pledge: Pledge) -> dict[str, int]:
    return dict(pledge.lines.values_list("name", "quantity_g"))


def reserved(lot: Lot) -> int:
    promised = sum(Allocation.objects.live().filter(lot=lot).values_list("grams", flat=True))
    assert promised == Lot.objects.get(pk=lot.pk).reserved_g
    return promised


# --- the longer list ---


def test_the_longer_list_changes_the_same_pledge_by_the_difference(paste, save, lot):
    first = save(paste())

    second = save(paste(LONGER))

    assert second == first
    assert lines(second) == {"周满香": 50_000, "老李": 150_000, "王姐": 25_000}
    assert second.firm_g == reserved(lot) == 225_000
    assert [event.verb for event in Event.objects.about(first)] == ["placed", "lines_changed", "changed"]


def test_the_same_list_in_a_new_paste_changes_nothing(paste, save, lot):
    pledge = save(paste(LIST + "\n3. 周满香 再加30斤"))

    save(paste("今天的\n" + LIST + "\n3. 周满香 再加30斤"))

    assert lines(pledge) == {"周满香": 65_000, "老李": 100_000}
    assert [event.verb for event in Event.objects.about(pledge)] == ["placed"]
    assert reserved(lot) == 165_000


def test_an_addition_goes_on_top_of_the_lines_as_they_are(paste, save, clerk, lot):
    pledge = save(paste())
    change_pledge(pledge, quantity=kg("400斤"), lines=[("周满香", kg("200斤")), ("老李", kg("200斤"))], by=clerk)

    save(paste("再加50斤 周满香"))

    assert lines(pledge) == {"周满香": 125_000, "老李": 100_000}
    assert reserved(lot) == 225_000


@pytest.mark.parametrize(
    ("how", "left"), [("skip", {"周满香": 50_000, "老李": 100_000}), ("cancel", {"周满香": 50_000})]
)
def test_who_left_the_list_is_kept_or_cancelled_as_answered(paste, save, clerk, how, left):
    save(paste())
    reading = paste("#接龙\n1. 周满香 100斤")
    with pytest.raises(RelayUnconfirmed, match="“老李”"):
        save(reading)

    correct_row(reading, row_of(reading, "老李"), how=how, by=clerk)

    assert lines(save(reading)) == left


def test_a_range_keeps_its_stretch_through_later_pastes(paste, save):
    save(paste("1. 周满香 100斤\n2. 廖老板 三四百斤"))

    pledge = save(paste("再加50斤 周满香"))

    assert (pledge.firm_g, pledge.most_g) == (225_000, 275_000)


def test_all_cancelled_is_not_saved_but_cancelled_on_its_page(paste, save, lot):
    save(paste("1. 周满香 100斤"))

    with pytest.raises(RelayAllCancelled):
        save(paste("周满香 不要了"))

    assert reserved(lot) == 50_000


def test_a_raise_above_what_is_left_leaves_the_pledge_as_it_was(paste, save, lot, dock, cast):
    pledge = save(paste())
    make_pledge(lot, dock, "1.97万斤", by=fresh(cast.buyer))

    with pytest.raises(RaiseTooLarge, match="最多改到 300 斤"):
        save(paste(LONGER))

    assert lines(pledge) == {"周满香": 50_000, "老李": 100_000}
    assert Stall.objects.count() == 2


def test_lines_changed_since_the_clerk_looked_are_compared_again(paste, save, clerk):
    pledge = save(paste())
    reading = paste(LONGER + "\n4. 曾叔 五百来斤")
    correct_row(reading, row_of(reading, "曾叔"), how="skip", by=clerk)
    seen = relay_page(RelayReading.objects.select_related("lot__listing__produce").get(pk=reading.pk)).digest
    change_pledge(pledge, quantity=kg("100斤"), lines=[("周满香", kg("100斤"))], by=clerk)

    with pytest.raises(RelayOutdated):
        save(reading, seen=seen)
    again = reread_relay(reading, by=clerk)

    assert again.rows["base"] != seen
    assert lines(save(again)) == {"周满香": 50_000, "老李": 150_000, "王姐": 25_000}


def test_what_a_truck_carries_is_not_changed(paste, save, clerk):
    pledge = save(paste())
    mark_planned(pledge.pk, by=None)
    mark_moving(pledge.pk, by=None)

    with pytest.raises(NotChangeable):
        save(paste(LONGER))

    assert lines(pledge) == {"周满香": 50_000, "老李": 100_000}


def test_after_a_cancelled_pledge_the_list_is_a_new_one(paste, save, clerk, lot):
    first = save(paste())
    cancel_pledge(first, reason="不要了", by=clerk)

    second = save(paste(LONGER))

    assert second != first
    assert reserved(lot) == 225_000


def test_a_sheet_of_the_association_can_be_continued_by_a_relay(paste, save, lot, market, clerk):
    pledge = make_pledge(lot, market, "100斤", by=clerk, lines=stalls("60斤", "40斤"))

    saved = save(paste("再加50斤 1号摊", pledge=pledge))

    assert saved == pledge
    assert lines(pledge) == {"1号摊": 55_000, "2号摊": 20_000}


# --- holds ---


@pytest.mark.parametrize("held", ["100斤", "300斤", "1000斤"])
def test_saved_into_a_hold_it_confirms_it(paste, save, lot, market, clerk, held):
    hold = make_hold(lot, market, held, by=clerk)

    pledge = save(paste("1. 周满香 100斤\n2. 廖老板 二三百斤", pledge=hold))

    assert (pledge.pk, pledge.state, pledge.firm_g, pledge.most_g) == (hold.pk, PledgeState.PLACED, 150_000, 200_000)
    assert reserved(lot) == 150_000


def test_a_hold_that_lapses_meanwhile_becomes_a_new_pledge(paste, save, lot, market, clerk):
    hold = make_hold(lot, market, "300斤", by=clerk)
    reading = paste(pledge=hold)
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=61)):
        lapse_holds()

    pledge = save(reading)

    assert pledge.pk != hold.pk
    assert reserved(lot) == 150_000


def test_a_hold_beside_the_pledge_gives_its_grams_to_it(paste, save, lot, market, clerk):
    pledge = save(paste())
    hold = make_hold(lot, market, "1.97万斤", by=clerk)

    save(paste(LONGER))

    hold.refresh_from_db()
    assert hold.state == PledgeState.CANCELLED
    assert lines(pledge) == {"周满香": 50_000, "老李": 150_000, "王姐": 25_000}
    assert reserved(lot) == 225_000


# --- two associations ---


def test_another_association_has_stalls_and_pledges_of_its_own(paste, save, lot, reference, cast):
    clerk = make_user("李会长")
    other = make_organisation("县农贸市场协会", OrganisationKind.ASSOCIATION, reference["tianyuan"])
    Membership.objects.create(user=clerk, organisation=other, role=Role.CLERK)
    Stall.objects.create(association=cast.association, name="周满香大棚")
    reading = paste(association=other, by=fresh(clerk))

    assert [row["action"] for row in reading.rows["rows"] if row.get("stall")] == ["new", "new"]
    pledge = save(reading, dock=make_dock(other), by=fresh(clerk))

    assert pledge.buyer == other
    assert set(other.stalls.values_list("name", flat=True)) == {"周满香", "老李"}
    with pytest.raises(NotAllowed):
        save(paste(), by=fresh(clerk))


# --- looked at later ---


def test_a_saved_list_keeps_saying_what_it_changed(paste, save, clerk):
    save(paste("#接龙\n1. 周满香 100斤\n2. 老李 200斤\n周满香 再加50斤\n老李 不要了"))
    later = paste("#接龙\n1. 周满香 180斤\n3. 王姐 50斤")
    save(later)

    first, second = (relay_page(one) for one in RelayReading.objects.select_related("lot__listing").order_by("pk"))

    assert [one.words.sentence for one in first.shown] == [
        *("新增 100 斤 = 50 公斤", "新增 200 斤 = 100 公斤"),
        *("再加 50 斤，共 150 斤 = 75 公斤", "不要了，原来 200 斤 = 100 公斤"),
    ]
    assert [one.words.sentence for one in second.shown] == ["从 150 斤改为 180 斤 = 90 公斤", "新增 50 斤 = 25 公斤"]
