"""`python -m benchmarks.bare.seed GRAMS [LINES]`: make the tables, one offer and so many lines, print its key as JSON."""

import datetime as dt
import json
import os
import sys

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.bare.settings"
django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.utils import timezone  # noqa: E402

from benchmarks.bare.models import Line, Offer  # noqa: E402


def make_lines(count: int) -> None:
    now = timezone.now()
    Line.objects.bulk_create(
        (
            Line(
                title="丝瓜 · 白关丝瓜 · 一等",
                place="芦淞区白关镇白关村",
                price="2.40",
                offered_g=10_000_000,
                reserved_g=n % 10_000_000,
                best_before=now + dt.timedelta(hours=24, seconds=n),
            )
            for n in range(count)
        ),
        batch_size=2000,
    )
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")


if __name__ == "__main__":
    call_command("migrate", run_syncdb=True, verbosity=0)
    make_lines(int(sys.argv[2]) if len(sys.argv) > 2 else 0)
    print(json.dumps({"offer": Offer.objects.create(offered_g=int(sys.argv[1])).pk}))
