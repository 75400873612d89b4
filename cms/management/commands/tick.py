"""What the clock does every minute. Each job may be repeated or missed without harm."""

import logging
from collections.abc import Callable
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.utils import timezone

from market.actions.photos import sweep_unused_photos
from orders.actions.demands import end_demands
from orders.actions.holds import lapse_holds
from orders.actions.offers import expire_offers
from orders.actions.spoiling import push_spoiling_by_clock
from orders.actions.standing_days import place_due_standing
from orders.logistics.actions.bundles import publish_bundle
from orders.logistics.actions.clearing import unclear_unfit
from orders.logistics.actions.closing import close_past_pledges
from orders.logistics.actions.code_upkeep import renew_codes
from orders.logistics.actions.health import erase_old_health_checks
from orders.logistics.actions.pass_applications import lapse_applications
from orders.logistics.actions.passes import expire_passes
from orders.logistics.actions.signer_keys import rotate_keys

logger = logging.getLogger("cms.clock")


def clear_old_rows() -> None:
    """Sessions and task results pile up; once an hour is enough."""
    if timezone.now().minute == 0:
        call_command("clearsessions", verbosity=0)
        call_command("prune_db_task_results", verbosity=0)


# What a hold gives back is on sale before the standing pledges are placed.
JOBS: tuple[Callable[[], Any], ...] = (
    lambda: call_command("publish_scheduled", verbosity=0),
    lapse_holds,
    place_due_standing,
    expire_offers,
    end_demands,
    sweep_unused_photos,
    erase_old_health_checks,
    unclear_unfit,
    expire_passes,
    lapse_applications,
    rotate_keys,
    renew_codes,
    publish_bundle,
    close_past_pledges,
    push_spoiling_by_clock,
    clear_old_rows,
)


class Command(BaseCommand):
    help = (
        "Run the jobs of the clock once: scheduled publication, holds past their time, standing pledges, offers and demands past "
        "their day, unused photographs, old health checks, passes past their time, signer keys, pass codes, old sessions."
    )

    def handle(self, *_args: Any, **_options: Any) -> None:
        for job in JOBS:
            try:
                job()
            except Exception:  # one broken job must not stop the others
                logger.exception("clock job failed")
