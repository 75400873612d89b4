"""Every address is opened by the whole cast: who may see it sees it, everybody else learns nothing."""

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.house.screens import EVERYBODY, SCREENS, Screen

# Served by libraries and covered by their own tests; ours are all in SCREENS.
FOREIGN = ("wagtail", "account_", "mfa_", "javascript_catalog")


def our_url_names(resolver: URLResolver | None = None, prefix: str = "") -> set[str]:
    """Names of every address of ours, with their namespaces."""
    names: set[str] = set()
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
            names |= our_url_names(pattern, inner)
        elif isinstance(pattern, URLPattern) and pattern.name:
            names.add(f"{prefix}{pattern.name}")
    return {name for name in names if name.split(":")[0] in {"market", "orders", "logistics"}}


def test_every_address_of_ours_is_in_the_table():
    assert our_url_names() - {screen.name for screen in SCREENS} == set()


def test_no_screen_is_in_the_table_twice():
    names = [screen.name for screen in SCREENS]

    assert sorted(names) == sorted(set(names))


@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen.name)
def test_the_cast_opens(screen: Screen, world):
    url = reverse(screen.name, args=screen.args(world))
    seen = {}
    for role, person in world.cast.people().items():
        client = Client(raise_request_exception=True)
        client.force_login(person)
        seen[role] = client.get(url).status_code
    anonymous = Client().get(url).status_code

    expected = {role: expected_status(screen, role) for role in seen}
    assert seen == expected
    assert anonymous == screen.anonymous


def expected_status(screen: Screen, role: str) -> int:
    welcome = 405 if screen.method == "post" else 200
    return welcome if screen.who == EVERYBODY or role in screen.who else screen.but.get(role, screen.others)
