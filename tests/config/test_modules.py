"""Collected for production, the modules of the checkpoint's page import each other by hashed names, and nothing is missing."""

import re
from pathlib import Path

import pytest
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command

from orders.logistics.app_files import _read
from orders.logistics.views.checkpoint import FILES

FOLDER = "logistics/checkpoint/"
HASHED = re.compile(r"\.[0-9a-f]{12}\.\w+$")


@pytest.fixture
def collected(tmp_path, settings) -> Path:
    backend = {"BACKEND": "config.storage.ModuleManifestStorage", "OPTIONS": {"location": tmp_path}}
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = {**settings.STORAGES, "staticfiles": backend}
    call_command("collectstatic", interactive=False, verbosity=0)
    return tmp_path


def test_every_module_is_there_under_a_hashed_name(collected):
    files = _read.__wrapped__(FILES)

    assert len(files.urls) == len(set(files.urls)) > 25
    missing = [url for url in files.urls if not (collected / url.removeprefix("/static/")).is_file()]
    assert missing == []
    ours = [url for url in files.urls if FOLDER in url]
    assert len(ours) == 17
    assert [url for url in ours if not HASHED.search(url)] == []
    app = (collected / staticfiles_storage.stored_name(f"{FOLDER}app.js")).read_text("utf-8")
    assert re.search(r'from "\./device\.[0-9a-f]{12}\.js";', app)
    cose = (collected / staticfiles_storage.stored_name(f"{FOLDER}cose.js")).read_text("utf-8")
    assert re.search(r'from "\.\./\.\./vendor/cborg/decode\.[0-9a-f]{12}\.js";', cose)
