"""What the screens of matching show: the list of runs, one run with its pages, a party's own lines."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from market.models import Organisation, User
from market.permissions import memberships_of
from market.queries.reference import reference
from orders.actions.computing import EXPLAINING, FITTING, GATHERING, SAVING, SOLVING
from orders.enums import MatchState
from orders.models import MatchProposal, MatchRemainder, MatchRun
from orders.queries import explanations

PER_PAGE = 50
RUNS_PER_PAGE = 20
# What a run under way is doing, by how far it is.
STEPS: dict[int, Promise] = {
    GATHERING: _("正在清点当天的货和求购"),
    FITTING: _("正在看哪些货合哪些买方的条件"),
    SOLVING: _("正在计算怎么分最好"),
    EXPLAINING: _("正在给每家写一句为什么"),
    SAVING: _("正在保存方案"),
}


def step_word(progress: int) -> Promise:
    return next((word for at, word in reversed(STEPS.items()) if progress >= at), STEPS[GATHERING])


def runs_page(number: str | int | None, day: dt.date | None = None) -> Page:
    """Newest first, without replays. Two statements."""
    runs = MatchRun.objects.light().originals().select_related("policy", "by")
    if day:
        runs = runs.filter(day=day)
    return Paginator(runs, RUNS_PER_PAGE).get_page(number)


def last_replay(run: MatchRun) -> MatchRun | None:
    """One statement."""
    return MatchRun.objects.light().filter(replay_of=run).first()


@dataclass(frozen=True)
class Row:
    """A line of a run with the sentences its two parties read."""

    proposal: MatchProposal
    to_seller: str
    to_buyer: str


@dataclass(frozen=True)
class Left:
    """What a run leaves, in words."""

    rest: MatchRemainder
    reason: str
    sentence: str


def _proposals() -> QuerySet[MatchProposal]:
    return MatchProposal.objects.select_related(
        "buyer", "demand", "pledge", "lot__seller", "lot__produce", "lot__listing", "booked"
    )


def proposals_page(run: MatchRun, chosen: dict[str, Any], number: str | int | None) -> tuple[Page, list[Row]]:
    """The run's lines under the filters `produce`, `outcome`, `party` (part of a name). Two statements."""
    rows = _proposals().filter(run=run).order_by("lot__produce", "buyer", "pk")
    if chosen.get("produce"):
        rows = rows.filter(lot__produce=chosen["produce"])
    if chosen.get("outcome"):
        rows = rows.filter(outcome=chosen["outcome"])
    if chosen.get("party"):
        named = Organisation.objects.filter(name__contains=chosen["party"]).values("pk")
        rows = rows.filter(Q(buyer__in=named) | Q(lot__seller__in=named))
    page = Paginator(rows, PER_PAGE).get_page(number)
    return page, [_row(proposal) for proposal in page.object_list]


def _row(proposal: MatchProposal) -> Row:
    return Row(proposal, explanations.seller_sentence(proposal), explanations.buyer_sentence(proposal))


def remainders_page(
    run: MatchRun, *, of_demands: bool, chosen: dict[str, Any], number: str | int | None
) -> tuple[Page, list[Left]]:
    """What is not met, or what is not sold (what spoils first). Two statements."""
    rows = (
        MatchRemainder.objects.filter(run=run, demand__isnull=not of_demands)
        .select_related("organisation", "demand__produce", "lot__produce", "lot__listing")
        .order_by("-is_soon", "-grams", "pk")
    )
    if chosen.get("produce"):
        rows = rows.filter(**{"demand__produce" if of_demands else "lot__produce": chosen["produce"]})
    if chosen.get("party"):
        rows = rows.filter(organisation__name__contains=chosen["party"])
    page = Paginator(rows, PER_PAGE).get_page(number)
    return page, [_left(rest) for rest in page.object_list]


def _left(rest: MatchRemainder) -> Left:
    return Left(rest, explanations.code_word(rest.code), explanations.remainder_sentence(rest))


@dataclass(frozen=True)
class ProduceBar:
    """One produce of a run: what is matched and left of its lots, beside what is wanted."""

    pk: int
    name: str
    sold_g: int
    left_g: int
    spoiling_g: int
    wanted_g: int
    most_g: int  # of the longest bar

    @property
    def offered_g(self) -> int:
        return self.sold_g + self.left_g


def bars_of(run: MatchRun) -> list[ProduceBar]:
    """From the run's figures; no statement beside what the process keeps of produce."""
    rows = run.figures.get("by_produce", [])
    names = {one.id: one.name for one in reference().produce.values()} if rows else {}
    most = max((max(row["sold_g"] + row["left_g"], row["wanted_g"]) for row in rows), default=1)
    return [
        ProduceBar(row["produce"], names.get(row["produce"], ""), most_g=most, **_grams(row))
        for row in rows
        if row["sold_g"] or row["wanted_g"] or row["spoiling_g"]
    ]


def _grams(row: dict[str, int]) -> dict[str, int]:
    return {name: row[name] for name in ("sold_g", "left_g", "spoiling_g", "wanted_g")}


@dataclass(frozen=True)
class MyLine:
    """A party's own line of a committed run."""

    is_sale: bool
    proposal: MatchProposal
    sentence: str


@dataclass(frozen=True)
class Mine:
    """What one committed run says about the person's organisations. `runs` are the latest that say anything, newest first."""

    runs: list[MatchRun]
    run: MatchRun | None
    page: Page | None
    lines: list[MyLine]
    left: list[Left]


def mine_of(user: User, run: str | None, number: str | int | None) -> Mine:
    """The run asked for, else the newest. Five statements with the memberships."""
    organisations = [membership.organisation_id for membership in memberships_of(user)]
    runs = list(_committed_about(organisations)[:RUNS_PER_PAGE])
    chosen = next((one for one in runs if str(one.pk) == run), runs[0] if runs else None)
    if chosen is None:
        return Mine([], None, None, [], [])
    mine = Q(buyer__in=organisations) | Q(lot__seller__in=organisations)
    page = Paginator(_proposals().filter(mine, run=chosen), PER_PAGE).get_page(number)
    lines = [_mine(proposal, set(organisations)) for proposal in page.object_list]
    rests = MatchRemainder.objects.filter(run=chosen, organisation__in=organisations)
    left = rests.select_related("organisation", "demand__produce", "lot__produce", "lot__listing")[:PER_PAGE]
    return Mine(runs, chosen, page, lines, [_left(rest) for rest in left])


def _mine(proposal: MatchProposal, organisations: set[int]) -> MyLine:
    is_sale = proposal.buyer_id not in organisations
    say = explanations.seller_sentence if is_sale else explanations.buyer_sentence
    return MyLine(is_sale, proposal, say(proposal))


def _committed_about(organisations: list[int]) -> QuerySet[MatchRun]:
    of_run = {"run": OuterRef("pk")}
    bought = MatchProposal.objects.filter(buyer__in=organisations, **of_run)
    sold = MatchProposal.objects.filter(lot__seller__in=organisations, lot__day=OuterRef("day"), **of_run)
    left = MatchRemainder.objects.filter(organisation__in=organisations, **of_run)
    committed = MatchRun.objects.light().originals().filter(state=MatchState.COMMITTED)
    return committed.filter(Exists(bought) | Exists(sold) | Exists(left)).select_related("policy")
