"""A headless Chromium at phone or desk width, people logged in by session, and no console error left unnoticed."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from playwright.sync_api import Browser, BrowserContext, Page

from market.models import User
from tests.cast import Cast, make_cast
from tests.factories import make_reference

CHROMIUM = next((path for path in ("/usr/bin/chromium", "/usr/bin/chromium-browser") if Path(path).exists()), "")
QUIET = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
PHONE = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2, "is_mobile": True, "has_touch": True}
DESK = {"viewport": {"width": 1280, "height": 900}}

# Playwright's own event loop makes Django think that it runs inside asynchronous code.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    reason = ""
    if not CHROMIUM:
        reason = "no Chromium on this machine: browser tests are skipped (apt-get install chromium)"
    elif connection.vendor == "sqlite" and not os.environ.get("TEST_SQLITE_FILE"):
        reason = "browser tests need a database that threads can share: `make test-e2e`, or set TEST_SQLITE_FILE"
    for item in items:
        if reason and Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict:
    return {"executable_path": CHROMIUM, "args": QUIET}


@pytest.fixture(scope="session")
def live_server(django_db_setup, live_server):
    """After the test database: asked earlier, the server believes it is in memory and shares one connection among threads."""
    return live_server


@pytest.fixture
def reference(transactional_db) -> dict:
    return make_reference()


@pytest.fixture
def cast(reference) -> Cast:
    return make_cast(reference)


@pytest.fixture
def open_as(browser: Browser, live_server) -> Iterator[Callable[..., Page]]:
    """`open_as(person, PHONE)` gives a page logged in as the person (None: anonymous); errors on its console fail the test."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_page(person: User | None, screen: dict = PHONE, **options: object) -> Page:
        context = browser.new_context(base_url=live_server.url, locale="en-US", **screen, **options)
        contexts.append(context)
        if person is not None:
            context.add_cookies(
                [{"name": settings.SESSION_COOKIE_NAME, "value": _log_in(person), "url": live_server.url}]
            )
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("console", lambda m: complaints.append(f"{page.url}: {m.text}") if m.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))
        page.complaints = complaints
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


def _log_in(person: User) -> str:
    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.save()
    return session.session_key
