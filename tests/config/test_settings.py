"""Production refuses to start with an unsafe setting; one variable chooses the database."""

import os
import re
import subprocess
import sys

import pytest
from django.conf import settings
from django.test import Client

from config.settings.base import database

SAFE = {
    "SECRET_KEY": "k" * 64,
    "ALLOWED_HOSTS": "market.example.org",
    "SITE_URL": "https://market.example.org",
    "SMS_BACKEND": "example.Sms",
    "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
}


def start(**environment: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG", "VIRTUAL_ENV"}}
    return subprocess.run(
        [sys.executable, "-c", "import config.settings.production"],
        env={**kept, **SAFE, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_production_starts_with_safe_settings():
    assert start().returncode == 0


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", "short"),
        ("SECRET_KEY", ""),
        ("ALLOWED_HOSTS", ""),
        ("ALLOWED_HOSTS", "*"),
        ("SITE_URL", "http://market.example.org"),
        ("DEMO", "1"),
        ("DEBUG", "1"),
        ("SMS_BACKEND", "market.sms.ConsoleSms"),
        ("EMAIL_BACKEND", ""),
    ],
)
def test_production_refuses_to_start_with(name, value):
    refusal = start(**{name: value})

    assert refusal.returncode != 0
    assert name in refusal.stderr.splitlines()[-1]


def environment_names() -> set[str]:
    """Every name the settings read from the environment."""
    folder = settings.BASE_DIR / "config" / "settings"
    source = "".join(path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.py")))
    return set(re.findall(r"\benv(?:\.\w+)?\(\s*\"(\w+)\"", source))


def test_mail_to_the_console_is_taken_where_somebody_chose_it():
    assert start(EMAIL_BACKEND="django.core.mail.backends.console.EmailBackend").returncode == 0


def test_every_variable_the_settings_read_stands_in_the_table_for_operators():
    table = (settings.BASE_DIR / "docs" / "operations.md").read_text(encoding="utf-8")
    rows = [line.split("|")[1] for line in table.splitlines() if line.startswith("|")]
    told = {name for row in rows for name in re.findall(r"`(\w+)`", row)}

    assert {"SECRET_KEY", "TRUSTED_PROXY_COUNT"} <= environment_names()
    assert environment_names() - told == set()


def test_sqlite_waits_for_writers_and_loses_nothing():
    options = database("sqlite:///x.sqlite3")["OPTIONS"]

    assert options["transaction_mode"] == "IMMEDIATE"
    assert "journal_mode=WAL" in options["init_command"]
    assert "synchronous=FULL" in options["init_command"]


def test_postgresql_is_chosen_by_one_variable():
    entry = database("postgres://someone:secret@db.example.org:5432/market")

    assert (entry["ENGINE"], entry["HOST"], entry["NAME"]) == (
        "django.db.backends.postgresql",
        "db.example.org",
        "market",
    )
    assert "transaction_mode" not in entry.get("OPTIONS", {})


def test_time_and_language_are_those_of_zhuzhou():
    assert (settings.TIME_ZONE, settings.LANGUAGE_CODE) == ("Asia/Shanghai", "zh-hans")


@pytest.mark.django_db
def test_a_browser_set_to_english_still_gets_chinese_until_the_person_chooses(client: Client):
    page = client.get("/accounts/login/", headers={"accept-language": "en-US,en;q=0.9"})
    assert page.headers["Content-Language"] == "zh-hans"

    page = client.get("/accounts/login/?lang=en")
    assert page.headers["Content-Language"] == "en"

    page = client.get("/accounts/login/")
    assert page.headers["Content-Language"] == "en"


@pytest.mark.django_db
def test_an_unknown_language_is_ignored(client: Client):
    page = client.get("/accounts/login/?lang=xx'><script>")

    assert page.headers["Content-Language"] == "zh-hans"
    assert "django_language" not in page.cookies


@pytest.mark.django_db
def test_the_public_site_has_a_strict_content_policy(client: Client):
    policy = client.get("/accounts/login/").headers["Content-Security-Policy"]

    assert "default-src 'self'" in policy
    assert "unsafe-inline" not in policy
