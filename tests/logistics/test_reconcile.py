"""The command proves the sums; each rule broken by hand is found and the row named."""

import io
import json
import uuid

import pytest
from django.core.management import CommandError, call_command

from market.models import Lot
from orders.actions.pledges import cancel_pledge
from orders.logistics.actions.receipts import record_receipt
from orders.logistics.enums import LoadState
from orders.logistics.models import Load, PlanRun, Trip, Truck
from orders.logistics.queries.progress import Progress, progress_of_listing, progress_of_rides, rides_of
from orders.logistics.queries.reconcile import breaks
from orders.models import Allocation, Pledge, PledgeLine
from tests.factories.logistics import commit, load_up, make_rules


@pytest.fixture
def delivered(day):
    """A pledge planned, loaded and received, with 10 kg missing."""
    pledge = day.pledge("1000斤")
    day.truck()
    (trip,) = commit(day)
    load_up(trip, {trip.loads.get().pk: 490_000})
    record_receipt(
        trip.loads.get(), accepted=480_000, missing=10_000, reason="少一筐", key=uuid.uuid4(), by=day.cast.buyer
    )
    return pledge


def found():
    return [(row.rule, row.row) for row in breaks()]


def test_good_data_breaks_nothing(delivered, django_assert_num_queries):
    with django_assert_num_queries(11):
        assert breaks() == []


@pytest.mark.parametrize(
    ("model", "change", "expected"),
    [
        (Lot, {"reserved_g": 499_999}, [("lot_reserved", "lot")]),
        (Pledge, {"firm_g": 400_000}, [("pledge_allocated", "pledge")]),
        (
            Allocation,
            {"is_live": False},
            [("lot_reserved", "lot"), ("pledge_allocated", "pledge"), ("allocation_planned", "allocation")],
        ),
        (
            Allocation,
            {"grams": 489_999},
            [("lot_reserved", "lot"), ("pledge_allocated", "pledge"), ("allocation_planned", "allocation")],
        ),
        (Load, {"loaded_g": None}, [("load_loaded", "load"), ("load_received", "load")]),
        (Load, {"loaded_g": 480_000}, [("load_received", "load")]),
        (Load, {"loaded_g": 500_000}, [("load_received", "load")]),
    ],
)
def test_each_broken_sum_is_named(day, delivered, model, change, expected):
    rows = model.objects.filter(listing=day.listing, day=day.day) if model is Lot else model.objects.all()
    rows.update(**change)

    assert found() == expected


def test_lines_that_do_not_add_up_are_named(delivered):
    PledgeLine.objects.create(pledge=delivered, position=1, name="1号摊", quantity_g=1, quantity_typed="1克")

    assert found() == [("pledge_lines", "pledge")]


def test_a_truck_too_small_for_its_open_trip_is_named(day):
    day.pledge("1000斤")
    day.truck()
    (trip,) = commit(day)
    Truck.objects.update(rated_g=499_999)

    (row,) = breaks()
    assert (row.rule, row.pk, row.expected_g, row.found_g) == ("trip_capacity", trip.pk, 499_999, 500_000)


def test_a_planned_pledge_that_rides_on_no_truck_is_named(day):
    pledge = day.pledge("1000斤")
    day.truck()
    commit(day)
    assert breaks() == []
    Load.objects.update(state=LoadState.UNPLANNED)

    (row,) = breaks()
    assert (row.rule, row.row, row.pk, row.expected_g, row.found_g) == (
        "pledge_planned",
        "pledge",
        pledge.pk,
        500_000,
        0,
    )


def test_a_delivered_load_that_was_taken_off_by_hand_is_found_in_the_allocation(day, delivered):
    Load.objects.update(planned_g=500_001, loaded_g=500_001, state=LoadState.DELIVERED)

    assert ("allocation_planned", "allocation") in found()


def run_command(*args):
    out = io.StringIO()
    call_command(*args, stdout=out)
    return out.getvalue()


def test_the_command_is_silent_about_nothing_and_exits_well(delivered):
    assert "✗" not in run_command("reconcile")
    assert json.loads(run_command("reconcile", "--json")) == {"ok": True, "breaks": []}


def test_the_command_fails_and_names_the_row(delivered):
    Lot.objects.filter(reserved_g__gt=0).update(reserved_g=1)
    out = io.StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("reconcile", "--json", stdout=out)

    (row,) = json.loads(out.getvalue())["breaks"]
    assert (ended.value.code, row["rule"], row["expected_g"], row["found_g"]) == (1, "lot_reserved", 500_000, 1)


# --- progress -----------------------------------------------------------------------------------------------------


def test_progress_of_a_pledge_and_of_its_listing(day, delivered, django_assert_num_queries):
    expected = {
        "pledged_g": 500_000,
        "planned_g": 490_000,  # 10 kg stayed behind and wait for a truck
        "loaded_g": 490_000,
        "accepted_g": 480_000,
        "missing_g": 10_000,
    }
    delivered.refresh_from_db()
    with django_assert_num_queries(1):
        assert progress_of_rides(delivered, rides_of(delivered)) == Progress(**expected)
    with django_assert_num_queries(3):
        progress = progress_of_listing(day.listing)
    assert progress.total == Progress(**expected, offered_g=30_000_000)
    assert progress.days[1] == (day.day, Progress(**expected, offered_g=10_000_000))


def test_a_pledge_without_a_truck_is_pledged_only_and_a_cancelled_one_is_nothing(day):
    pledge = day.pledge("100斤")
    assert progress_of_rides(pledge, rides_of(pledge)) == Progress(pledged_g=50_000)

    cancelled = cancel_pledge(pledge, reason="不要了", by=day.cast.buyer)
    assert progress_of_rides(cancelled, rides_of(cancelled)) == Progress()


# --- plan_trips -----------------------------------------------------------------------------------------------------


def test_plan_trips_plans_and_commits(day):
    day.pledge("1000斤")
    day.truck()

    shown = json.loads(run_command("plan_trips", "--day", f"{day.day}", "--json"))
    assert (shown["served_g"], shown["trucks"], Trip.objects.count()) == (500_000, 1, 0)

    taken = json.loads(run_command("plan_trips", "--day", f"{day.day}", "--commit", "--json"))
    assert (len(taken["trips"]), taken["dropped"], Trip.objects.count()) == (1, [], 1)


def test_plan_trips_says_why_trucks_are_not_used(day):
    make_rules()
    truck = day.truck()
    day.pledge("1000斤")

    text = run_command("plan_trips", "--day", f"{day.day}")

    assert f"excluded {truck.plate}: pass_missing, code_missing, test_missing, temperature_missing" in text


@pytest.mark.parametrize("arguments", [("--day", "2021-08-08"), ("--by", "13700000000")])
def test_plan_trips_refuses_a_past_day_and_a_stranger(day, arguments):
    with pytest.raises(CommandError):
        call_command("plan_trips", *arguments)
    assert PlanRun.objects.count() == 0
