"""The day of a dispatcher, for every test of this folder."""

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from orders.logistics.actions import locks
from orders.logistics.models import Driver, Load, Pass, PassCode, Stop, Trip, Truck
from tests.factories.logistics import Day, commit, driver_of, make_day, stops


@pytest.fixture
def day(cast: Any, reference: dict[str, Any], settings: Any) -> Day:
    """Tomorrow with a listing and a dock; plans by our own planner in its own process, which is quick on a small day."""
    settings.PLANNER_SECONDS = 1
    settings.PLANNER_ENGINE = "greedy"
    return make_day(cast, reference)


@pytest.fixture
def trip(day: Day) -> Trip:
    """1,000 斤 planned on the only truck; modules that need another trip make their own."""
    day.pledge("1000斤")
    day.truck()
    return commit(day)[0]


@pytest.fixture
def phone(trip: Trip) -> Client:
    """The browser of the trip's driver."""
    browser = Client()
    browser.force_login(driver_of(trip))
    return browser


@pytest.fixture
def pickup(trip: Trip) -> Stop:
    return stops(trip)[0]


@pytest.fixture
def _fresh_counts() -> None:
    """Nobody has sent anything this minute: for tests of what a phone sends (`pytest.mark.usefixtures`)."""
    cache.clear()


@pytest.fixture
def locks_in_order(monkeypatch: Any) -> Callable[[], AbstractContextManager[None]]:
    """Within it no trip is locked for the first time after a load, no load after a truck, and so on."""
    order, seen = [Trip, Load, Truck, Driver, Pass, PassCode], []

    def spied(real: Any) -> Any:
        def lock(model: Any, keys: Any) -> Any:
            found = real(model, keys)
            for row in found.values() if isinstance(found, dict) else [found]:
                if model in order and (model, row.pk) not in seen:
                    seen.append((model, row.pk))
            return found

        return lock

    @contextmanager
    def watch() -> Iterator[None]:
        spies = {real: spied(real) for real in (locks.lock_one, locks.lock_all)}
        for name, module in list(sys.modules.items()):
            if name.startswith("orders.logistics.actions."):
                for attribute, value in list(vars(module).items()):
                    if callable(value) and value in spies:
                        monkeypatch.setattr(module, attribute, spies[value])
        yield
        assert seen
        assert [model.__name__ for model, _pk in seen] == [
            model.__name__ for model, _pk in sorted(seen, key=lambda one: order.index(one[0]))
        ]

    return watch
