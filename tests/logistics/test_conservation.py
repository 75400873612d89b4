"""No gram is lost or made from plan over split and load to receipt, whatever is loaded and received."""

import uuid

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from orders.logistics.actions.planning import commit_plan, request_plan
from orders.logistics.actions.receipt_reversals import reverse_receipt
from orders.logistics.actions.receipts import record_receipt
from orders.logistics.actions.road import arrive, depart, record_loaded, record_not_loaded
from orders.logistics.actions.solving import run_plan
from orders.logistics.enums import LoadState, StopKind
from orders.logistics.models import Load, Trip
from orders.logistics.queries.loads import received_by_load
from orders.logistics.queries.progress import progress_of_listing, progress_of_rides, rides_of
from orders.logistics.queries.reconcile import breaks
from orders.models import Pledge
from tests.cast import make_cast
from tests.factories import make_reference
from tests.factories.logistics import driver_of, make_day, stops

GRAMS = st.integers(min_value=1, max_value=4_000_000)


class Conservation(TestCase):
    @settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        pledged=st.lists(GRAMS, min_size=1, max_size=3),
        rated=st.lists(st.integers(min_value=500_000, max_value=3_000_000), min_size=1, max_size=2),
        chance=st.randoms(use_true_random=False),
    )
    def test_grams_are_conserved(self, pledged, rated, chance):
        with self.settings(PLANNER_ENGINE="greedy", PLANNER_SECONDS=1):
            reference = make_reference()
            day = make_day(make_cast(reference), reference)
            pledges = [day.pledge(f"{grams}克") for grams in pledged]
            for grams in rated:
                day.truck(rated_g=grams)

            run = run_plan(request_plan(day.day, by=day.cast.dispatcher).pk)
            self.offered_is_split_without_loss(run, pledged)
            if not run.summary["loads"]:
                return
            for trip in commit_plan(run, by=day.cast.dispatcher).trips:
                self.drive(trip, chance)
            self.receive_all(day, chance)
            self.everything_adds_up(day, pledges, run)

    def offered_is_split_without_loss(self, run, pledged):
        parts = run.problem["shipments"]
        assert sum(part["mass_g"] for part in parts) == sum(pledged)
        assert run.summary["served_g"] + run.summary["unserved_g"] == sum(pledged)

    def drive(self, trip, chance):
        driver = driver_of(trip)
        while (ahead := [stop for stop in stops(Trip.objects.get(pk=trip.pk)) if stop.departed_at is None]) != []:
            stop = ahead[0]
            arrive(stop, by=driver)
            if stop.kind == StopKind.PICKUP:
                for load in Load.objects.live().filter(pickup=stop):
                    if chance.random() < 0.2:
                        record_not_loaded(load, reason="没有采摘", by=driver)
                    else:
                        record_loaded(load, chance.randint(1, load.planned_g), by=driver)
                if not Load.objects.live().filter(pickup=stop).exists():
                    continue
            depart(stop, by=driver)

    def receive_all(self, day, chance):
        for load in Load.objects.filter(state=LoadState.LOADED):
            left = load.loaded_g
            while left:
                part = chance.randint(1, left)
                facts = self.any_receipt(part, chance)
                receipt = record_receipt(load, **facts, reason="清点", key=uuid.uuid4(), by=day.cast.buyer)
                if chance.random() < 0.3:
                    reverse_receipt(receipt, reason="称错了", key=uuid.uuid4(), by=day.cast.commerce_desk)
                    continue
                left -= part

    def any_receipt(self, part, chance):
        """`part` grams in pieces; what comes beyond stands in what was accepted too."""
        cuts = sorted(chance.randint(0, part) for _ in range(3))
        accepted, downgraded, rejected, missing = (b - a for a, b in zip((0, *cuts), (*cuts, part), strict=True))
        surplus = 0 if missing else chance.randint(0, 500)
        grams = {"accepted": accepted + surplus, "downgraded": downgraded, "rejected": rejected}
        return {**grams, "missing": missing, "surplus": surplus}

    def everything_adds_up(self, day, pledges, run):
        assert breaks() == []
        loads = list(Load.objects.live())
        assert all(load.state == LoadState.DELIVERED for load in loads)
        assert sum(received_by_load([load.pk for load in loads]).values()) == sum(load.loaded_g for load in loads)
        now = Pledge.objects.filter(pk__in=[pledge.pk for pledge in pledges])
        by_pledge = [progress_of_rides(pledge, rides_of(pledge)) for pledge in now]
        total = progress_of_listing(day.listing).total
        assert sum(p.accepted_g for p in by_pledge) == total.accepted_g
        assert sum(p.loaded_g for p in by_pledge) == total.loaded_g == sum(load.loaded_g for load in loads)
        assert total.planned_g <= run.summary["served_g"]
        assert (total.pledged_g, total.waiting_g) == (sum(p.pledged_g for p in by_pledge), 0)
