"""Putting goods on trips at a desk: by mouse and by keyboard alone, with the answer before the drop; readable on a phone."""

import pytest

from orders.logistics.actions.trips import add_trip
from orders.logistics.enums import TripState
from orders.logistics.models import Load, Trip
from orders.logistics.queries.reconcile import breaks
from tests.e2e.conftest import DESK, PHONE
from tests.e2e.pages.dispatching import Board
from tests.factories.logistics import make_day

TALL = {"viewport": {"width": 1280, "height": 1800}}  # all of the board at once, so that no drag has to scroll


@pytest.fixture
def day(cast, reference):
    return make_day(cast, reference)


def ride(day, text: str, **facts) -> Trip:
    return add_trip(
        day.day, day.truck(**facts), [(day.pledge(text).allocations.get().pk, None)], by=day.cast.dispatcher
    )


def test_a_load_is_dragged_onto_a_trip_and_back(day, open_as):
    small, big = ride(day, "1吨", rated_g=1_500_000), ride(day, "1吨")
    waiting = day.pledge("2吨").allocations.get()
    board = Board(open_as(day.cast.dispatcher, TALL), day.day)

    said = board.hover_with(f"waiting-{waiting.pk}", f"trip-{small.pk}")
    assert said.endswith(f"{small.truck.plate} 装不下这批货：超过核定载质量")
    board.let_go()
    assert not Load.objects.filter(allocation=waiting).exists()

    said = board.hover_with(f"waiting-{waiting.pk}", f"trip-{big.pk}")
    assert f"{big.truck.plate} 装得下" in said
    assert "最满 60%" in said
    assert not Load.objects.filter(allocation=waiting).exists()  # nothing before the drop
    board.drop()
    load = Load.objects.live().get(allocation=waiting)
    assert load.trip == big
    assert board.focused() == f"load-{load.pk}"

    assert "可以撤下" in board.hover_with(f"load-{load.pk}", "pool")
    board.drop()
    assert not Load.objects.live().filter(allocation=waiting).exists()
    assert board.focused() == f"waiting-{waiting.pk}"
    assert not breaks()


def test_the_same_by_keyboard_alone(day, open_as):
    first, second = ride(day, "1吨"), ride(day, "500公斤", rated_g=900_000)
    board = Board(open_as(day.cast.dispatcher, DESK), day.day)
    load = first.loads.get()

    said = board.choose_by_keys(f"load-{load.pk}", f"trip-{second.pk}")
    assert "装不下" in said
    board.page.keyboard.press("Enter")
    assert board.page.locator("#board-dialog").is_visible()
    board.page.keyboard.press("Escape")
    assert board.focused() == f"load-{load.pk}"

    (other,) = second.loads.live()
    assert "装得下" in board.choose_by_keys(f"load-{other.pk}", f"trip-{first.pk}")
    board.confirm_by_keys()
    moved = Load.objects.live().get(allocation=other.allocation)
    assert moved.trip == first
    assert board.focused() == f"load-{moved.pk}"
    assert Trip.objects.get(pk=second.pk).state == TripState.CANCELLED

    assert "装得下" in board.choose_by_keys(f"load-{moved.pk}", f"truck-{second.truck_id}")  # and back
    board.confirm_by_keys()
    assert Load.objects.live().get(allocation=other.allocation).trip.truck == second.truck
    assert not breaks()


def test_the_board_on_a_phone(day, open_as):
    trip = ride(day, "1吨")
    waiting = day.pledge("2吨").allocations.get()
    phone = open_as(day.cast.dispatcher, PHONE)
    board = Board(phone, day.day)
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    board.goods(f"waiting-{waiting.pk}").tap()
    phone.locator("#board-target").select_option(f"trip-{trip.pk}")
    phone.locator("#board-dialog-answer.fits").wait_for()
    with phone.expect_navigation():
        phone.locator("[data-drop]").tap()
    assert Load.objects.live().get(allocation=waiting).trip == trip


def test_locking_takes_a_trip_out_of_reach(day, open_as):
    trip = ride(day, "1吨")
    board = Board(open_as(day.cast.dispatcher, DESK), day.day)
    assert board.target(f"trip-{trip.pk}").count() == 1
    with board.page.expect_navigation():
        board.page.locator(f"#trip-{trip.pk} button", has_text="锁定").click()
    assert board.target(f"trip-{trip.pk}").count() == 0
    assert board.page.locator("[data-goods]").count() == 0
    assert board.page.locator(f"#trip-{trip.pk} .badge", has_text="已锁定").is_visible()
