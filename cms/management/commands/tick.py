"""What the clock does every minute. Each job may be repeated or missed without harm."""

import logging
from collections.abc import Callable
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.utils import timezone

from market.actions.photos import sweep_unused_photos
from orders.actions.spoiling import push_spoiling_by_clock
from orders.logistics.actions.health import erase_old_health_checks

logger = logging.getLogger("cms.clock")


def clear_old_rows() -> None:
    """Sessions and task results pile up; once an hour is enough."""
    if timezone.now().minute == 0:
        call_command("clearsessions", verbosity=0)
        call_command("prune_db_task_results", verbosity=0)


JOBS: tuple[Callable[[], Any], ...] = (
    lambda: call_command("publish_scheduled", verbosity=0),
    sweep_unused_photos,
    erase_old_health_checks,
    push_spoiling_by_clock,
    clear_old_rows,
)


class Command(BaseCommand):
    help = "Run the jobs of the clock once: scheduled publication, unused photographs, old health checks, old sessions."

    def handle(self, *_args: Any, **_options: Any) -> None:
        for job in JOBS:
            try:
                job()
            except Exception:  # one broken job must not stop the others
                logger.exception("clock job failed")
