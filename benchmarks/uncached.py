"""The demo's settings without shared pages: what each page costs when it is made for every reader."""

from config.settings.dev import *  # noqa: F403

PAGE_SECONDS = 0
