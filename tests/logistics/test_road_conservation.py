"""No gram is lost or made on the road: short loads, relays, breakdowns, rescues by several trucks, several receipts."""

import contextlib
import uuid

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from market.exceptions import Refused
from orders.logistics.actions.breakdowns import close_breakdown, end_breakdown
from orders.logistics.actions.receipts import record_receipt
from orders.logistics.actions.rescues import rescue
from orders.logistics.actions.road import arrive, depart, record_loaded, record_not_loaded
from orders.logistics.actions.taking_on import expected_g, take_on
from orders.logistics.actions.transfers import plan_relay
from orders.logistics.actions.trips import add_trip
from orders.logistics.enums import BreakdownState, LoadState, TripState
from orders.logistics.models import Breakdown, Handover, Load, Receipt, Trip
from orders.logistics.queries.loads import planned_by_allocation
from orders.logistics.queries.next_trucks import waiting_of
from orders.logistics.queries.progress import progress_of_listing, progress_of_rides, rides_of
from orders.logistics.queries.reconcile import breaks
from orders.models import Pledge
from tests.cast import make_cast
from tests.factories import make_reference
from tests.factories.logistics import driver_of, make_day, stops
from tests.factories.road import break_down, make_point, meet

STEPS = ("drive", "drive", "drive", "relay", "break", "repair", "rescue", "give_up", "rest", "receive", "receive")


class RoadConservation(TestCase):
    @settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        pledged=st.lists(st.integers(min_value=1_000, max_value=2_000_000), min_size=1, max_size=2),
        chance=st.randoms(use_true_random=False),
    )
    def test_whatever_happens_everything_adds_up(self, pledged, chance):
        reference = make_reference()
        self.chance, self.day = chance, make_day(make_cast(reference), reference)
        self.point = make_point(self.day.cast.bureau, reference["tianyuan"])
        self.by = self.day.cast.dispatcher
        for grams in pledged:
            pledge = self.day.pledge(f"{grams}克")
            add_trip(self.day.day, self.day.truck(), [(pledge.allocations.get().pk, None)], by=self.by)
        for _ in range(25):
            with contextlib.suppress(Refused):  # what is refused has written nothing: the sums below say so
                getattr(self, chance.choice(STEPS))()
            assert breaks() == []
        self.adds_up(sum(pledged))

    def any(self, rows):
        found = list(rows)
        return self.chance.choice(found) if found else None

    def drive(self):
        """One report of one driver: the next thing at the next stop."""
        trip = self.any(Trip.objects.filter(state__in=["planned", "cleared", "loading", "en_route"]))
        ahead = [stop for stop in stops(trip) if stop.departed_at is None] if trip else []
        if not ahead:
            return
        stop, driver = ahead[0], driver_of(trip)
        if stop.arrived_at is None:
            arrive(stop, by=driver)
            return
        load = Load.objects.filter(pickup=stop, state=LoadState.PLANNED).first()
        if load is None:
            depart(stop, by=driver)
        elif load.continues_id:
            meet(stop, by=driver)
            most = expected_g(load)
            take_on(load, self.chance.randint(0, most), reason="清点", key=uuid.uuid4(), by=driver)
        elif self.chance.random() < 0.1:
            record_not_loaded(load, reason="没有采摘", by=driver)
        else:
            record_loaded(load, self.chance.randint(1, load.planned_g), by=driver)

    def relay(self):
        load = self.any(Load.objects.filter(state=LoadState.PLANNED))
        if load:
            plan_relay(load, self.point, self.day.truck(), by=self.by)

    def break_(self):
        trip = self.any(Trip.objects.filter(state__in=[TripState.LOADING, TripState.EN_ROUTE]))
        if trip:
            break_down(trip)

    def open_breakdown(self):
        return self.any(Breakdown.objects.filter(state=BreakdownState.OPEN))

    def repair(self):
        if found := self.open_breakdown():
            end_breakdown(found, by=self.by)

    def rescue(self):
        if found := self.open_breakdown():
            loads = Load.objects.live().filter(trip=found.trip)
            grams = {load.pk: self.chance.randint(1, load.riding_g) for load in loads if load.riding_g}
            if self.chance.random() < 0.6:
                grams = {load.pk: load.riding_g for load in loads}
            rescue(found, self.day.truck(), grams, by=self.by)

    def give_up(self):
        if found := self.open_breakdown():
            back = {load.pk for load in Load.objects.live().filter(trip=found.trip) if self.chance.random() < 0.5}
            close_breakdown(found, back=back, reason="没有车", by=self.by)

    def rest(self):
        """What stayed behind gets a truck of its own."""
        pk = self.any(self.day.lot.allocations.values_list("pk", flat=True))
        found = waiting_of(pk)
        if found and found.planned < found.grams:
            add_trip(self.day.day, self.day.truck(), [(pk, None)], by=self.by)

    def receive(self):
        load = self.any(Load.objects.filter(state=LoadState.LOADED))
        if load:
            part = self.chance.randint(1, load.loaded_g)
            accepted = self.chance.randint(0, part)
            facts = {"accepted": accepted, "missing": part - accepted, "reason": "清点"}
            record_receipt(load, **facts, key=uuid.uuid4(), by=self.day.cast.buyer)

    def adds_up(self, pledged_g):
        allocations = {a.pk: a.grams for a in self.day.lot.allocations.all()}
        planned = planned_by_allocation(list(allocations))
        assert all(planned.get(pk, 0) <= grams for pk, grams in allocations.items())
        total = progress_of_listing(self.day.listing).total
        by_pledge = [progress_of_rides(pledge, rides_of(pledge)) for pledge in Pledge.objects.all()]
        assert total.pledged_g == pledged_g
        for name in ("planned_g", "loaded_g", "accepted_g", "missing_g", "waiting_g"):
            assert getattr(total, name) == sum(getattr(one, name) for one in by_pledge)
        live = Load.objects.live()
        first = sum(load.loaded_g or 0 for load in live if load.continues_id is None)
        lost = sum(row.missing_g for row in Handover.objects.filter(from_load__in=live))
        aboard = sum(load.loaded_g - self.gone(load) for load in live.filter(state=LoadState.LOADED))
        received = sum(row.accepted_g + row.missing_g for row in Receipt.objects.all())
        assert first == lost + aboard + received
        assert total.waiting_g == aboard

    def gone(self, load):
        given = sum(row.grams + row.missing_g for row in load.given.all())
        return given + sum(row.accepted_g + row.missing_g for row in load.receipts.all())


setattr(RoadConservation, "break", RoadConservation.break_)
