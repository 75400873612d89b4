"""Carrying out a matching: what it proposes is booked, line by line, as far as it still holds."""

import logging
from collections.abc import Iterable, Iterator
from functools import partial
from itertools import groupby, islice
from typing import Any

from django.db import transaction
from django.db.models import F, Q, Sum
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_noop

from market.actions.events import record
from market.actions.notices import tell
from market.exceptions import Refused
from market.models import User
from market.permissions import on_behalf_of, require
from market.sentences import saying_of
from market.wording import relative_day
from orders.actions.answers import Answer, answer_together
from orders.actions.computing import locked_run
from orders.actions.matching import move_ready, patience
from orders.actions.placing import Who
from orders.actions.stretches import grant_stretch
from orders.enums import MatchState, PolicyKind, ProposalOutcome
from orders.exceptions import MatchInPast, NotReady
from orders.models import MatchProposal, MatchRemainder, MatchRun, Pledge
from orders.permissions import can_match
from orders.queries.match_done import done_of
from orders.tasks import carry_out_match

logger = logging.getLogger(__name__)

CHUNK = 50
WHY = "match"


@transaction.atomic
def commit_match(run: MatchRun, *, by: User) -> MatchRun:
    """The run is committed, and its proposals are booked in the background after this transaction (`carry_out`).

    Locks: run. A repeat books nothing twice: while the booking is under way it changes nothing, where its worker is gone it goes
    on with what is left, and afterwards it changes nothing. Raises: NotAllowed, NotReady, MatchInPast.
    """
    require(can_match(by))
    run = locked_run(run.pk)
    if run.state == MatchState.COMMITTED:
        if not is_carried_out(run) and is_stuck(run):
            _beat(run, by=by.pk)
            transaction.on_commit(partial(carry_out_match.enqueue, run.pk))
        return run
    if run.day < timezone.localdate() and run.state == MatchState.READY:
        raise MatchInPast(day=relative_day(run.day))
    old = move_ready(run, MatchState.COMMITTED)
    run.progress = 0
    run.save(update_fields=["state", "progress"])
    record(run, "committed", by=by, from_state=old, to_state=run.state, grams=run.summary.get("matched_g"))
    _beat(run, by=by.pk)
    transaction.on_commit(partial(carry_out_match.enqueue, run.pk))
    return run


def is_carried_out(run: MatchRun) -> bool:
    return "booked_g" in run.summary


def is_stuck(run: MatchRun) -> bool:
    """No line has been booked for so long that the worker must be gone."""
    beat = parse_datetime(run.summary.get("commit", {}).get("beat", ""))
    return beat is None or timezone.now() - beat > patience() / 2


def _beat(run: MatchRun, **facts: Any) -> None:
    commit = {**run.summary.get("commit", {}), **facts, "beat": timezone.now().isoformat()}
    run.summary = {**run.summary, "commit": commit}
    run.save(update_fields=["summary"])


def carry_out(run_id: int) -> MatchRun:
    """Every proposal of the committed run is booked, or marked as gone with the sentence that says why; then the parties are told.

    Each demand that comes whole, and each other proposal, is a transaction of its own. It may be killed at any moment and
    repeated, also twice at once: a proposal is decided once, under its lock. Raises: NotReady.
    """
    run = MatchRun.objects.light().select_related("policy").get(pk=run_id)
    if run.state != MatchState.COMMITTED:
        raise NotReady(state=run.get_state_display())
    by = User.objects.get(pk=run.summary["commit"]["by"])
    undecided = MatchProposal.objects.filter(run=run, outcome=ProposalOutcome.PROPOSED)
    total = MatchProposal.objects.filter(run=run).count()
    pieces = _pieces(undecided.order_by("demand_id", "lot_id", "pk").values_list("pk", "demand_id", "demand__is_whole"))
    while chunk := list(islice(pieces, CHUNK)):
        for ids in chunk:
            _decide(ids, by)
        _progress(run_id, total)
    return _conclude(run_id)


def _pieces(rows: Iterable[tuple[int, int | None, bool | None]]) -> Iterator[list[int]]:
    """What is booked together: all of a demand that comes whole, else one proposal."""
    for _demand, group in groupby(list(rows), key=lambda row: row[1] if row[2] else -row[0]):
        yield [pk for pk, _number, _whole in group]


@transaction.atomic
def _decide(ids: list[int], by: User) -> None:
    """The proposals are booked, all or none, or gone. Locks: proposals, then demand, lots, pledge. A decided one stays as it is."""
    rows = MatchProposal.objects.select_for_update(of=("self",)).select_related(
        "demand", "pledge", "buyer", "lot__listing"
    )
    proposals = [row for row in rows.filter(pk__in=ids).order_by("pk") if row.outcome == ProposalOutcome.PROPOSED]
    if not proposals:
        return
    try:
        booked = _book(proposals, by)  # atomic itself: a refusal leaves nothing
    except Refused as refusal:
        why = saying_of(refusal)
        gone = {"outcome": ProposalOutcome.GONE, "lost_reason": why.text, "lost_facts": why.facts}
        MatchProposal.objects.filter(pk__in=[row.pk for row in proposals]).update(**gone)
        return
    for proposal, pledge in zip(proposals, booked, strict=True):
        proposal.outcome, proposal.booked = ProposalOutcome.BOOKED, pledge
        proposal.save(update_fields=["outcome", "booked"])


def _book(proposals: list[MatchProposal], by: User) -> list[Pledge]:
    """Raises: Refused, where a lot, a demand or a pledge is not any more what it was."""
    first = proposals[0]
    if first.pledge is not None:
        return [grant_stretch(first.pledge, grams=first.stretch_g, why=WHY, by=by)]
    assert first.demand is not None  # the constraint says so
    who = Who(by, on_behalf_of(by, first.buyer))
    return answer_together(first.demand, [_answer(proposal) for proposal in proposals], who)


def _answer(proposal: MatchProposal) -> Answer:
    """Where the firm part alone would be nothing or below the seller's minimum, all of it is promised."""
    least = max(proposal.lot.listing.minimum_g or 0, 1)
    source = f"match-{proposal.run_id}-{proposal.pk}"
    if proposal.firm_g < least:
        return Answer(proposal.lot_id, proposal.grams, source)
    return Answer(proposal.lot_id, proposal.firm_g, source, proposal.grams, proposal.stretch_g)


@transaction.atomic
def _progress(run_id: int, total: int) -> None:
    run = locked_run(run_id)
    left = MatchProposal.objects.filter(run=run_id, outcome=ProposalOutcome.PROPOSED).count()
    run.progress = max(run.progress, (total - left) * 99 // max(total, 1))
    run.save(update_fields=["progress"])
    if not is_carried_out(run):
        _beat(run)


@transaction.atomic
def _conclude(run_id: int) -> MatchRun:
    """Figures, one event, and one notice for each party. Locks: run. A repeat changes nothing."""
    run = locked_run(run_id)
    proposals = MatchProposal.objects.filter(run=run_id)
    if is_carried_out(run) or proposals.filter(outcome=ProposalOutcome.PROPOSED).exists():
        return run
    booked, gone = Q(outcome=ProposalOutcome.BOOKED), Q(outcome=ProposalOutcome.GONE)
    grams = F("firm_g") + F("stretch_g")
    sums = proposals.aggregate(booked_g=Sum(grams, filter=booked), gone_g=Sum(grams, filter=gone))
    counts = {"booked": proposals.filter(booked).count(), "gone": proposals.filter(gone).count()}
    whole = {name: value or 0 for name, value in sums.items()}
    run.summary = {**run.summary, **whole, **counts, "done": done_of(run)}
    run.progress = 100
    run.save(update_fields=["summary", "progress"])
    record(run, "carried_out", by=None, grams=run.summary["booked_g"])
    _tell_all(run)
    return run


def _tell_all(run: MatchRun) -> None:
    """Each party once: what became of it, or that nothing did. The sentences stand on their page."""
    url = reverse("orders:match_mine")
    booked = MatchProposal.objects.filter(run=run, outcome=ProposalOutcome.BOOKED).order_by()
    grams = Sum(F("firm_g") + F("stretch_g"))
    buyers: dict[int, int] = dict(booked.values_list("buyer").annotate(sum_g=grams))
    sellers: dict[int, int] = dict(booked.values_list("lot__seller").annotate(sum_g=grams))
    left = set(MatchRemainder.objects.filter(run=run).values_list("organisation", flat=True).distinct())
    left |= set(MatchProposal.objects.filter(run=run, outcome=ProposalOutcome.GONE).values_list("buyer", flat=True))
    facts: dict[str, Any] = {
        "url": url,
        "day_on": run.day,
        "policy": PolicyKind(run.policy.kind).label,
    }
    for pk, got in buyers.items():
        tell(
            pk,
            f"match-{run.pk}",
            gettext_noop("%(day_on)s 的撮合给您找到了 %(got_g)s 货，点开看是谁供、为什么"),
            got_g=got,
            **facts,
        )
    for pk, sold in sellers.items():
        text = gettext_noop("%(day_on)s 的撮合替您卖出了 %(sold_g)s，点开看是谁要、为什么")
        tell(pk, f"match-{run.pk}-sold", text, sold_g=sold, **facts)
    for pk in sorted(left - buyers.keys() - sellers.keys()):
        tell(pk, f"match-{run.pk}", gettext_noop("%(day_on)s 的撮合没有排到您，点开看原因和可以怎么办"), **facts)
