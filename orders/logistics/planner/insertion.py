"""The working copy of a plan: trucks' tours into which loads are put and from which they are taken.

Shipments and vehicles are integers here (their position in the problem); node ``2 * i`` is the pickup of
shipment ``i`` and ``2 * i + 1`` its delivery. Fast rather than pretty: the fallback planner and the repair
of every engine's proposal run on it. The judge is ``checker``, which shares nothing with this file.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from orders.logistics.planner.flat import Day, after, before, toll_yuan
from orders.logistics.planner.model import Route, Step, Vehicle

FOREVER = 2**62
MOST_TRIALS = 4
"""Spots of one truck that are tried out where rests, driving or tolls depend on the whole tour."""
NEAREST_TOURS = 50
"""With more trucks than this only those passing nearest to the pickup are tried for a load."""


class Spot(NamedTuple):
    """Where a load may go: added yuan and metres, the truck, and the positions before which it is put."""

    cost: float
    metres: int
    vehicle: int
    pickup_at: int
    delivery_at: int


class Tour:
    """One truck's nodes with the times, loads and slack that follow from them."""

    def __init__(self, day: Day, vehicle: int, nodes: Sequence[int] = ()) -> None:
        self.day, self.vehicle = day, vehicle
        self.truck = day.problem.vehicles[vehicle]
        self.rate = self.truck.cost_per_km / 1000
        self.most_metres = FOREVER if self.truck.max_distance_m is None else self.truck.max_distance_m
        self.most_stops = FOREVER if self.truck.max_stops is None else self.truck.max_stops
        self.gaps = day.gaps_for(vehicle)
        cold = self.truck.cold_capacity_g
        self.most_cold = FOREVER if cold is None else cold
        self.is_odd = is_odd(self.truck) or bool(self.truck.aboard)
        self.metres, self.ok = 0, True
        self.set(nodes)

    def set(self, nodes: Sequence[int]) -> None:
        """Replace the nodes and work out everything that follows; ``ok`` tells whether they are feasible."""
        self.nodes = list(nodes)
        self._drive()
        self._find_slack()
        self.toll = toll_yuan(self.day, self.truck, self.nodes) if self.truck.toll and nodes else 0.0
        self.cost = self.truck.fixed_cost + self.rate * self.metres + self.toll if nodes else 0.0
        self.ok = self.ok and self.metres <= self.most_metres and len(self.nodes) <= self.most_stops
        if self.truck.aboard and not self.day.keeps_order(self.vehicle, self.nodes):
            self.ok = False

    def _drive(self) -> None:
        """Earliest departures, loads and metres from the first node to the end of the shift."""
        day, truck = self.day, self.truck
        now, place, load, cold, metres = truck.shift[0], truck.start, 0, 0, 0
        self.ok = True
        self.driving = self.unrested = 0
        self.departs, self.loads, self.colds = [], [], []
        for node in self.nodes:
            target = day.place[node]
            if place is not None:
                now += day.durations[place][target] + (self._rest(place, target) if self.is_odd else 0)
                metres += day.distances[place][target]
            begin = self._begin(node, now)
            if begin > day.closes[node]:
                self.ok = False
            if begin - now >= truck.break_s:
                self.unrested = 0
            now = begin + day.service[node]
            load += day.delta[node]
            if day.chilled[node // 2]:
                cold += day.delta[node]
            if load > truck.capacity_g or cold > self.most_cold:
                self.ok = False
            self.departs.append(now)
            self.loads.append(load)
            self.colds.append(cold)
            place = target
        if self.nodes and truck.end is not None and place is not None:
            now += day.durations[place][truck.end] + (self._rest(place, truck.end) if self.is_odd else 0)
            metres += day.distances[place][truck.end]
        self.ok = self.ok and (not self.nodes or now <= truck.shift[1])
        if truck.max_driving_s is not None and self.driving > truck.max_driving_s:
            self.ok = False
        self.metres = metres

    def _begin(self, node: int, now: int) -> int:
        """The first moment from now on at which work may begin there; it may be after the window closes."""
        opens = self.day.opens[node]
        now = now if now > opens else opens
        return after(now, self.gaps[node]) if self.gaps and node in self.gaps else now

    def _rest(self, place: int, target: int) -> int:
        """Seconds of rest before and on a leg; counts what is driven."""
        gate = self.day.gates[target] if place != target else 0
        driven = max(self.day.durations[place][target] - gate, 0)
        self.driving += driven
        length, most = self.truck.break_s, self.truck.break_after_s
        if not length:
            return 0
        times = 1 if self.unrested and self.unrested + driven > most else 0
        on_the_way = max(driven - 1, 0) // most
        self.unrested = (0 if times or on_the_way else self.unrested) + driven - on_the_way * most
        return (times + on_the_way) * length

    def _find_slack(self) -> None:
        """``latest[j]``: the last arrival at node j from which all that follows is still in time."""
        day, end, limit = self.day, self.truck.end, self.truck.shift[1]
        self.latest = [0] * len(self.nodes)
        after: int | None = end
        for j in range(len(self.nodes) - 1, -1, -1):
            node = self.nodes[j]
            drive = 0 if after is None else day.durations[day.place[node]][after]
            limit = min(limit - drive - day.service[node], day.closes[node])
            if self.gaps and node in self.gaps:
                limit = before(limit, self.gaps[node])
            self.latest[j] = limit
            after = day.place[node]

    def find_spot(self, shipment: int, most_cost: float) -> Spot | None:
        """The cheapest feasible place for a load on this truck that adds less than ``most_cost`` yuan."""
        day, truck, nodes = self.day, self.truck, self.nodes
        mass = day.delta[2 * shipment]
        if mass > truck.capacity_g or len(nodes) + 2 > self.most_stops:
            return None
        chilled = mass if day.chilled[shipment] else 0
        if chilled > self.most_cold:
            return None
        if self.is_odd:
            return self._find_odd_spot(shipment, most_cost, chilled)
        best: tuple[int, int, int] | None = None
        most = self._most_metres(most_cost)
        for at in range(len(nodes) + 1) if most > -FOREVER else ():
            if at and (self.loads[at - 1] + mass > truck.capacity_g or self.colds[at - 1] + chilled > self.most_cold):
                continue
            found = self._find_delivery(shipment, at, most if best is None else min(most, best[0] - 1), chilled)
            if found is not None:
                best = (found[0], at, found[1])
        if best is None:
            return None
        cost = (0.0 if nodes else truck.fixed_cost) + self.rate * best[0]
        return Spot(cost, best[0], self.vehicle, best[1], best[2]) if cost < most_cost else None

    def _most_metres(self, most_cost: float) -> int:
        """How many metres may be added for less than ``most_cost`` yuan; below 0 where not even the truck itself may."""
        fixed = 0.0 if self.nodes else self.truck.fixed_cost
        most = self.most_metres - self.metres
        if self.rate > 0 and most_cost < FOREVER:
            return min(most, int((most_cost - fixed) / self.rate))
        return -FOREVER if fixed >= most_cost else most

    def _find_odd_spot(self, shipment: int, most_cost: float, chilled: int) -> Spot | None:
        """As ``find_spot``, each spot tried out with its rests, driving and tolls, nearest first."""
        mass = self.day.delta[2 * shipment]
        # A fuller truck may be free of the tolls it pays now.
        most = self._most_metres(most_cost + self.toll)
        spots = []
        for at in range(len(self.nodes) + 1):
            if at and (
                self.loads[at - 1] + mass > self.truck.capacity_g or self.colds[at - 1] + chilled > self.most_cold
            ):
                continue
            found = self._find_delivery(shipment, at, most, chilled)
            if found is not None:
                spots.append((found[0], at, found[1]))
        best: Spot | None = None
        fixed = 0.0 if self.nodes else self.truck.fixed_cost
        for metres, at, to in sorted(spots)[:MOST_TRIALS]:
            if fixed + self.rate * metres - self.toll >= (most_cost if best is None else best.cost):
                break
            nodes = [*self.nodes[:at], 2 * shipment, *self.nodes[at:to], 2 * shipment + 1, *self.nodes[to:]]
            trial = Tour(self.day, self.vehicle, nodes)
            cost = trial.cost - self.cost
            if trial.ok and cost < (most_cost if best is None else best.cost):
                best = Spot(cost, metres, self.vehicle, at, to)
        return best

    def _find_delivery(self, shipment: int, at: int, most: int, chilled: int = 0) -> tuple[int, int] | None:
        """Least added metres (at most ``most``) and delivery position for a pickup put before node ``at``."""
        day, nodes = self.day, self.nodes
        pickup, delivery = 2 * shipment, 2 * shipment + 1
        source, target = day.place[pickup], day.place[delivery]
        before = day.place[nodes[at - 1]] if at else self.truck.start
        now = self.departs[at - 1] if at else self.truck.shift[0]
        metres = 0
        if before is not None:
            now += day.durations[before][source]
            metres = day.distances[before][source]
        now = self._begin(pickup, now)
        if now > day.closes[pickup]:
            return None
        now += day.service[pickup]
        mass, capacity = day.delta[pickup], self.truck.capacity_g
        best: tuple[int, int] | None = None
        place, count = source, len(nodes)
        for to in range(at, count + 1):
            follows = day.place[nodes[to]] if to < count else self.truck.end
            gone = metres
            # An idle truck does not drive from its start to its end: there is no leg to take away.
            if count and before is not None and follows is not None:
                gone -= day.distances[before][follows]
            added = gone + day.distances[place][target]
            if follows is not None:
                added += day.distances[target][follows]
            if added <= most and self._is_in_time(now, place, delivery, to):
                best, most = (added, to), added - 1
            if to == count:
                break
            node = nodes[to]
            follows = day.place[node]
            now += day.durations[place][follows]
            if (
                now > self.latest[to]
                or self.loads[to] + mass > capacity
                or (chilled and self.colds[to] + chilled > self.most_cold)
            ):
                break
            now = self._begin(node, now) + day.service[node]
            metres = gone + day.distances[place][follows]
            place = before = follows
        return best

    def _is_in_time(self, now: int, place: int, delivery: int, to: int) -> bool:
        """Can a truck leaving ``place`` at ``now`` make the delivery and everything from node ``to`` on?"""
        day = self.day
        target = day.place[delivery]
        now += day.durations[place][target]
        now = self._begin(delivery, now)
        if now > day.closes[delivery]:
            return False
        now += day.service[delivery]
        if to < len(self.nodes):
            return now + day.durations[target][day.place[self.nodes[to]]] <= self.latest[to]
        if self.truck.end is not None:
            now += day.durations[target][self.truck.end]
        return now <= self.truck.shift[1]


def is_odd(truck: Vehicle) -> bool:
    """Do rests, driving or tolls depend on its whole tour, so that a spot is tried out before it is believed?"""
    return bool(truck.break_s or truck.toll or truck.max_driving_s is not None)


class Draft:
    """All tours of a plan being made, and which shipment rides where."""

    def __init__(self, day: Day) -> None:
        self.day = day
        self.tours = [Tour(day, k) for k in range(len(day.problem.vehicles))]
        self.rides: dict[int, int] = {}

    def cost(self) -> float:
        """Yuan for all trucks that move."""
        return sum(tour.cost for tour in self.tours)

    def net(self) -> float:
        """Worth carried minus cost, yuan."""
        return sum(self.day.worth[i] for i in self.rides) - self.cost()

    def left(self) -> list[int]:
        """Shipments that ride nowhere."""
        return [i for i in range(len(self.day.worth)) if i not in self.rides]

    def find_spot(self, shipment: int, most_cost: float = FOREVER) -> Spot | None:
        """The cheapest place for a load anywhere, adding less than ``most_cost`` yuan."""
        best: Spot | None = None
        idle = set()
        for k in self._near(shipment):
            tour = self.tours[k]
            if not tour.nodes:
                # Idle twins are the same truck to a load: trying one of them is enough.
                if self.day.twin[k] in idle:
                    continue
                idle.add(self.day.twin[k])
            spot = tour.find_spot(shipment, most_cost if best is None else best.cost)
            if spot is not None:
                best = spot
        return best

    def _near(self, shipment: int) -> list[int]:
        able = self.day.able[shipment]
        if len(able) <= NEAREST_TOURS:
            return able
        day, source = self.day, self.day.place[2 * shipment]

        def nearness(k: int) -> tuple[int, int]:
            tour = self.tours[k]
            legs = [day.distances[day.place[node]][source] for node in tour.nodes]
            if tour.truck.start is not None:
                legs.append(day.distances[tour.truck.start][source])
            return min(legs, default=0), k

        return sorted(able, key=nearness)[:NEAREST_TOURS]

    def put(self, shipment: int, spot: Spot) -> None:
        """Put a load where ``find_spot`` said."""
        tour = self.tours[spot.vehicle]
        nodes = tour.nodes
        pickup, delivery = 2 * shipment, 2 * shipment + 1
        middle = nodes[spot.pickup_at : spot.delivery_at]
        tour.set([*nodes[: spot.pickup_at], pickup, *middle, delivery, *nodes[spot.delivery_at :]])
        self.rides[shipment] = spot.vehicle

    def take(self, shipment: int) -> None:
        """Take a load off its truck. Where the triangle rule fails the rest may be late: see ``Tour.ok``."""
        tour = self.tours[self.rides.pop(shipment)]
        tour.set([node for node in tour.nodes if node // 2 != shipment])

    def restore(self, nodes: Sequence[Sequence[int]]) -> None:
        """Go back to tours remembered as lists of nodes."""
        for tour, remembered in zip(self.tours, nodes, strict=True):
            if tour.nodes != remembered:
                tour.set(remembered)
        self.rides = {node // 2: tour.vehicle for tour in self.tours for node in tour.nodes}

    def snapshot(self) -> list[list[int]]:
        """The nodes of every tour, for ``restore``."""
        return [tour.nodes for tour in self.tours]

    def routes(self) -> list[Route]:
        """The tours as routes, in the order of the vehicles."""
        shipments = self.day.problem.shipments
        return [
            Route(
                tour.truck.id,
                tuple(Step("delivery" if n % 2 else "pickup", shipments[n // 2].id) for n in tour.nodes),
            )
            for tour in self.tours
            if tour.nodes
        ]


def order_by_worth(day: Day, shipments: Iterable[int]) -> list[int]:
    """What must ride first, then the dearest loads; ties by position, so that the order never varies."""
    all_shipments = day.problem.shipments
    return sorted(shipments, key=lambda i: (all_shipments[i].optional, -day.worth[i], i))
