"""The clock of the play."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.utils import timezone

TICK = dt.timedelta(milliseconds=1)
SLACK = dt.timedelta(minutes=5)  # what the ticks of a long scene may add up to


class StoryClock:
    """What `timezone.now()` says while the day is played: the hour of the scene, never later than the real clock.

    The actions ask `timezone.now()` and refuse past days, stale windows and samples from the future. The play must not
    bend these rules, so it moves the clock instead: each scene is set at its hour (`at`), every rule is asked as it
    would have been at that hour, and revisions, events and receipts carry these times. A scene that the script sets
    after `latest` happens at `latest`: nobody finds a history written in the future. Each reading ticks a millisecond,
    so that what happens later is later.
    """

    def __init__(self, day: dt.date, latest: dt.datetime) -> None:
        self.day = day
        self.latest = latest
        self._now = min(self.moment(-2, dt.time(8)), latest)

    def moment(self, days: int, at: dt.time) -> dt.datetime:
        """The hour `at`, `days` after the day of the play."""
        return dt.datetime.combine(self.day + dt.timedelta(days=days), at, timezone.get_current_timezone())

    def at(self, days: int, hour: int, minute: int = 0) -> None:
        """Go to the hour of the next scene."""
        self.go(self.moment(days, dt.time(hour, minute)))

    def go(self, moment: dt.datetime) -> None:
        """Go to the moment; going back is a mistake in the script."""
        wanted = min(moment, self.latest)
        if wanted < self._now - SLACK and self._now < self.latest:
            raise ValueError(f"the play runs forward: {wanted.isoformat()} after {self._now.isoformat()}")
        self._now = max(wanted, self._now)

    def now(self) -> dt.datetime:
        self._now += TICK
        return self._now.astimezone(dt.UTC)


@contextmanager
def playing(clock: StoryClock) -> Iterator[StoryClock]:
    """Within, this process reads `clock` for `timezone.now()`; afterwards the real clock, whatever happened.

    For a management command or a test that plays alone in its process: other threads would read it too.
    """
    module: Any = timezone
    real = module.now
    module.now = clock.now
    try:
        yield clock
    finally:
        module.now = real
