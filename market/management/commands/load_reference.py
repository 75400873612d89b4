"""Load places and produce. Repeating it changes nothing."""

from typing import Any

from django.core.management.base import BaseCommand

from market.actions.reference import load_reference


class Command(BaseCommand):
    help = "Load the places (city to village) and the produce catalogue from market/data."

    def handle(self, *_args: Any, **_options: Any) -> None:
        counts = load_reference()
        self.stdout.write("  ".join(f"{name}: {count}" for name, count in counts.items()))
