"""Shared set-up, small: the places and produce tests speak of, the cast, a clean outbox and no language left over."""

from pathlib import Path

import pytest
from django.utils import translation

from market.models import Place, Produce
from market.sms import MemorySms
from tests.cast import Cast, make_cast
from tests.factories import make_reference

pytest_plugins = ["tests.databases", "tests.worlds"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests are marked by the folder they live in."""
    here = Path(__file__).parent
    for item in items:
        if (here / "e2e") in item.path.parents:
            item.add_marker(pytest.mark.e2e)


@pytest.fixture(autouse=True)
def _clean_outbox():
    MemorySms.outbox.clear()


@pytest.fixture(autouse=True)
def _language_of_the_settings():
    """A page read in English leaves its language on the thread; the next test begins without."""
    yield
    translation.deactivate()


@pytest.fixture
def reference(db) -> dict[str, Place | Produce]:
    """Zhuzhou, two counties, Baiguan with one village; loofah, yellow peach, early rice. Keys are short names."""
    return make_reference()


@pytest.fixture
def cast(reference) -> Cast:
    """One person for each role, with a verified organisation where the role needs one."""
    return make_cast(reference)
