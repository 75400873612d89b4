"""`manage.py reconcile`: prove the sums on live data, or name every row that breaks them."""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from orders.logistics.queries.reconcile import RULES, breaks


class Command(BaseCommand):
    help = "Prove that nothing is promised twice and no gram is lost; exit status 1 and every row where it is not so."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="machine-readable output")

    def handle(self, *_args: Any, **options: Any) -> None:
        found = breaks()
        if options["json"]:
            self.stdout.write(json.dumps({"ok": not found, "breaks": [row.to_json() for row in found]}))
        else:
            for name, rule in RULES.items():
                wrong = sum(row.rule == name for row in found)
                self.stdout.write(f"{'✗' if wrong else '✓'} {rule}" + (f"  ({wrong})" if wrong else ""))
            for row in found:
                self.stdout.write(str(row))
        if found:
            sys.exit(1)
