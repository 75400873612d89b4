"""Bring the database to what the code expects. Repeating it changes nothing; an interrupted run is simply repeated."""

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

from cms.actions.site import make_site
from cms.groups import make_desks
from market.actions.reference import load_reference
from orders.actions.policies import publish_first_policies


class Command(BaseCommand):
    help = (
        "Migrate, make the cache table, load places and produce, make the desks, the home page and the first policies."
    )

    def handle(self, *_args: Any, **_options: Any) -> None:
        settings.VAR_DIR.mkdir(parents=True, exist_ok=True)
        call_command("migrate", interactive=False, verbosity=0)
        call_command("createcachetable", verbosity=0)
        counts = load_reference()
        make_desks()
        make_site()
        publish_first_policies()
        self.stdout.write(f"places {counts['places'] + counts['villages']}, produce {counts['produce']}: ready")
