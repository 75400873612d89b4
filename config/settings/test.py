"""Tests: fast passwords, tasks at once, a private media folder, SQLite unless TEST_DATABASE_URL says otherwise."""

import tempfile
from pathlib import Path

from .base import *  # noqa: F403
from .base import STORAGES, database, env

SECRET_KEY = "test-key-0123456789-0123456789-0123456789-0123456789"
ALLOWED_HOSTS = ["testserver", "127.0.0.1", "localhost"]
DEBUG = False
DEMO = True
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
DATABASES = {"default": database(env("TEST_DATABASE_URL", default="sqlite://:memory:"))}
# A file instead of memory makes `pytest --reuse-db` start at once while developing.
if env("TEST_SQLITE_FILE", default=""):
    DATABASES["default"]["TEST"] = {"NAME": env("TEST_SQLITE_FILE")}
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "default"},
    "pages": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"},
}
TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
MEDIA_ROOT = Path(tempfile.gettempdir()) / "green-channel-test-media"
PRIVATE_ROOT = Path(tempfile.gettempdir()) / "green-channel-test-private"
STORAGES = {
    **STORAGES,
    "private": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": PRIVATE_ROOT}},
}
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
SMS_BACKEND = "market.sms.MemorySms"
PLANNER_SECONDS = 2
BEGIN_EARLY_HOURS = 72  # a test's trip is tomorrow's
STATIC_ROOT = None  # nothing is collected here
