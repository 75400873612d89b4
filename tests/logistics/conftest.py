"""The day of a dispatcher, for every test of this folder."""

from typing import Any

import pytest

from tests.factories.logistics import Day, make_day


@pytest.fixture
def day(cast: Any, reference: dict[str, Any], settings: Any) -> Day:
    """Tomorrow with a listing and a dock; plans by our own planner in its own process, which is quick on a small day."""
    settings.PLANNER_SECONDS = 1
    settings.PLANNER_ENGINE = "greedy"
    return make_day(cast, reference)
