"""`manage.py match --day D [--policy KIND] [--commit]`: match a day, as the commerce desk does on the screen."""

import datetime as dt
import json
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from market.accounts import normalise_phone
from market.exceptions import Refused
from market.models import User
from orders.actions.committing import carry_out, commit_match
from orders.actions.computing import run_match
from orders.actions.matching import patience, request_match
from orders.actions.policies import publish_first_policies
from orders.enums import MatchState, PolicyKind, ProposalOutcome
from orders.models import MatchPolicy, MatchRun
from orders.permissions import can_match

FIGURES = (
    *("matched_g", "stretch_g", "saved_g", "spoiling_g", "left_g", "wanted_g", "met", "partly", "unmet", "lines"),
    *("engine", "score", "bound", "gap", "cpu_s", "is_fallback"),
)


class Command(BaseCommand):
    help = "Propose who gets what of a day and, with --commit, book it. Waits for the result."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--day", type=dt.date.fromisoformat, default=None, help="YYYY-MM-DD, today by default")
        parser.add_argument("--policy", choices=PolicyKind.values, default=PolicyKind.SOONEST, help="which rule")
        parser.add_argument("--by", default="", help="telephone number of the desk's person; the first one by default")
        parser.add_argument("--commit", action="store_true", help="book what is proposed")
        parser.add_argument("--json", action="store_true", help="machine-readable output")

    def handle(self, *_args: Any, **options: Any) -> None:
        publish_first_policies()
        by = _person(options["by"])
        policy = MatchPolicy.objects.filter(kind=options["policy"]).latest("version")
        try:
            run = _computed(request_match(options["day"] or timezone.localdate(), policy, by=by))
            if options["commit"]:
                commit_match(run, by=by)
                run = carry_out(run.pk)
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        result = _result(run)
        self.stdout.write(json.dumps(result, ensure_ascii=False) if options["json"] else _text(result))


def _person(phone: str) -> User:
    people = User.objects.filter(is_active=True)
    wanted = people.filter(phone=normalise_phone(phone)) if phone else people.exclude(groups=None).order_by("pk")
    by = next((person for person in wanted if can_match(person)), None)
    if by is None:
        raise CommandError(
            "there is nobody at the commerce desk with that number" if phone else "the commerce desk is empty"
        )
    return by


def _computed(run: MatchRun) -> MatchRun:
    """The run's end: computed here, or by the worker when that was quicker to take it. Raises: CommandError."""
    run = run_match(run.pk)
    until = time.monotonic() + patience().total_seconds()
    while run.is_under_way and time.monotonic() < until:
        time.sleep(0.5)
        run = MatchRun.objects.get(pk=run.pk)
    if run.state != MatchState.READY:
        raise CommandError(f"run {run.pk} is {run.state} {run.failure}".strip())
    return run


def _result(run: MatchRun) -> dict[str, Any]:
    result = {
        "run": run.pk,
        "day": run.day.isoformat(),
        "policy": run.policy.kind,
        "version": run.policy.version,
        "state": run.state,
        "digest": run.digest,
        **{name: run.summary.get(name) for name in FIGURES},
    }
    if run.state == MatchState.COMMITTED:
        names = ("booked", "booked_g", "gone", "gone_g")
        gone = run.proposals.filter(outcome=ProposalOutcome.GONE)
        lost = [{"lot": p.lot_id, "demand": p.demand_id, "pledge": p.pledge_id, "why": p.lost_words} for p in gone]
        result |= {name: run.summary.get(name) for name in names} | {"lost": lost}
    return result


def _text(result: dict[str, Any]) -> str:
    lines = [
        f"{result['day']}: {result['matched_g'] / 1000:,.0f} kg matched in {result['lines']} lines, "
        f"{result['saved_g'] / 1000:,.0f} kg saved, {result['spoiling_g'] / 1000:,.0f} kg still spoiling, "
        f"demands {result['met']} met, {result['partly']} partly, {result['unmet']} not ({result['engine']})"
    ]
    if "booked_g" in result:
        lines.append(f"  {result['booked_g'] / 1000:,.0f} kg booked, {result['gone_g'] / 1000:,.0f} kg no longer held")
        lines += [f"  lost: lot {row['lot']}: {row['why']}" for row in result["lost"]]
    return "\n".join(lines)
