"""`python -m benchmarks.bare.seed GRAMS`: make the tables and one offer, print its key as JSON."""

import json
import os
import sys

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.bare.settings"
django.setup()

from django.core.management import call_command  # noqa: E402

from benchmarks.bare.models import Offer  # noqa: E402

if __name__ == "__main__":
    call_command("migrate", run_syncdb=True, verbosity=0)
    print(json.dumps({"offer": Offer.objects.create(offered_g=int(sys.argv[1])).pk}))
