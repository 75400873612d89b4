"""`manage.py plan_trips --day D [--commit]`: plan a day's trips, as the dispatcher does on the screen."""

import datetime as dt
import json
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from market.accounts import normalise_phone
from market.enums import OrganisationKind, Role
from market.exceptions import Refused
from market.models import User
from orders.logistics.actions.planning import UNDER_WAY, commit_plan, patience, request_plan
from orders.logistics.actions.solving import run_plan
from orders.logistics.enums import RunState
from orders.logistics.models import PlanRun


class Command(BaseCommand):
    help = "Plan the trips of a day and, with --commit, take the plan. Waits for the result."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--day", type=dt.date.fromisoformat, default=None, help="YYYY-MM-DD, today by default")
        parser.add_argument("--by", default="", help="telephone number of the dispatcher; the first one by default")
        parser.add_argument("--commit", action="store_true", help="make the trips")
        parser.add_argument("--json", action="store_true", help="machine-readable output")

    def handle(self, *_args: Any, **options: Any) -> None:
        by = _dispatcher(options["by"])
        try:
            run = _computed(request_plan(options["day"] or timezone.localdate(), by=by))
            if run.state == RunState.FAILED:
                raise CommandError(f"run {run.pk} failed: {run.failure}")
            result = _result(run)
            if options["commit"]:
                taken = commit_plan(run, by=by)
                result |= {"trips": [trip.pk for trip in taken.trips], "dropped": taken.dropped}
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(json.dumps(result, ensure_ascii=False) if options["json"] else _text(result))


def _dispatcher(phone: str) -> User:
    seats = User.objects.filter(
        memberships__role=Role.DISPATCHER, memberships__organisation__kind=OrganisationKind.BUREAU
    )
    by = (seats.filter(phone=normalise_phone(phone)) if phone else seats.order_by("pk")).first()
    if by is None:
        raise CommandError("there is no such dispatcher in a bureau")
    return by


def _computed(run: PlanRun) -> PlanRun:
    """The run's end: computed here, or by the worker when that was quicker to take it."""
    run = run_plan(run.pk)
    until = time.monotonic() + patience().total_seconds()
    while run.state in UNDER_WAY and time.monotonic() < until:
        time.sleep(0.5)
        run.refresh_from_db()
    if run.state in UNDER_WAY:
        raise CommandError(f"run {run.pk} is still {run.state}: is its worker gone?")
    return run


def _result(run: PlanRun) -> dict[str, Any]:
    keys = ("served_g", "unserved_g", "loads", "distance_m", "trucks", "engine", "cpu_s", "is_fallback", "left_out")
    facts = {key: run.summary.get(key) for key in keys}
    return {
        "run": run.pk,
        "day": run.day.isoformat(),
        "state": run.state,
        **facts,
        "unserved": run.plan.get("unserved", []),
        "excluded": run.excluded,
    }


def _text(result: dict[str, Any]) -> str:
    lines = [
        f"{result['day']}: {result['served_g'] / 1000:,.0f} kg on {result['trucks']} trucks, "
        f"{result['distance_m'] / 1000:,.0f} km, {result['unserved_g'] / 1000:,.0f} kg left ({result['engine']})"
    ]
    lines += [
        f"  excluded {row['plate']}: {', '.join(r['code'] for r in row['reasons'])}" for row in result["excluded"]
    ]
    lines += [f"  left {row['shipment']}: {row['reason']}" for row in result["unserved"]]
    if "trips" in result:
        lines.append(f"  {len(result['trips'])} trips made, {len(result['dropped'])} loads no longer held")
    return "\n".join(lines)
