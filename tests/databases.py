"""Which database the tests run on, and the skip of races where there is no PostgreSQL."""

import pytest
from django.db import connection


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("race") and connection.vendor != "postgresql":
        pytest.skip("races are run on PostgreSQL only: `make test` starts one, or set TEST_DATABASE_URL")
