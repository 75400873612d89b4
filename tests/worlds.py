"""One of everything, made once for a test module: to make it costs more than most tests that look at it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import transaction

from tests.cast import Cast, make_cast
from tests.factories import make_reference
from tests.house.world import make_world


@dataclass
class World:
    cast: Cast
    things: dict[str, Any]

    def __getattr__(self, name: str) -> Any:
        return self.things[name]


@pytest.fixture(scope="module")
def shared_world(django_db_setup, django_db_blocker) -> Iterator[World]:
    """Lives in a transaction around the tests of the module, whose own transactions are savepoints in it."""
    with django_db_blocker.unblock(), transaction.atomic():
        reference = make_reference()
        cast = make_cast(reference)
        yield World(cast, make_world(cast, reference))
        transaction.set_rollback(True)


@pytest.fixture
def world(shared_world, db) -> World:
    """What a test writes is gone after it. A module that asks for it takes its cast from it: there is one household."""
    return shared_world
