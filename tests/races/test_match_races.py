"""A match being carried out while people pledge, and twice at once. The control first: without the guard it oversells."""

from collections.abc import Callable
from threading import Barrier

import pytest

from market.models import Event, Lot, Notice, User
from orders.actions import placing
from orders.actions.committing import carry_out, commit_match
from orders.actions.matching import replay_match
from orders.enums import ProposalOutcome
from orders.models import MatchProposal, MatchRun, Pledge
from tests.factories.matching import make_lot, make_run
from tests.factories.orders import fresh, make_dock
from tests.factories.talks import make_demand
from tests.races.test_pledge_races import at_once, promised, unguarded_reserve
from tests.races.test_pledge_races import placing as pledging

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

GRAMS = 50_000
DEMANDS = 12


@pytest.fixture
def lot(cast, reference) -> Lot:
    """Room for twelve times 100 斤, all of it matched."""
    return make_lot(cast.household, reference["loofah"], reference["village"], "1200斤", by=cast.farmer)


@pytest.fixture
def run(cast, reference, lot) -> MatchRun:
    """Twelve demands that share the lot exactly; committed, and nothing carried out yet."""
    dock = make_dock(cast.supermarket)
    for _ in range(DEMANDS):
        make_demand(reference["loofah"], dock, "100斤", by=fresh(cast.buyer))
    run = make_run(fresh(cast.commerce_desk))
    assert run.summary["matched_g"] == GRAMS * DEMANDS
    return run


@pytest.fixture
def no_worker(monkeypatch):
    """What the background worker would do is done by the threads of the test."""
    from orders.actions import committing, matching

    class Nobody:
        @staticmethod
        def enqueue(_run_id: int) -> None:
            pass

    monkeypatch.setattr(committing, "carry_out_match", Nobody)
    monkeypatch.setattr(matching, "compute_match", Nobody)


def rival(cast, lot: Lot) -> list[Callable]:
    dock = make_dock(cast.rival_supermarket)
    return [pledging(lot, dock, cast.rival_buyer, grams=GRAMS) for _ in range(DEMANDS)]


def carrying(run: MatchRun) -> Callable:
    return lambda: carry_out(run.pk)


def outcomes(run: MatchRun) -> dict[str, int]:
    rows = MatchProposal.objects.filter(run=run).values_list("outcome", flat=True)
    return {outcome: list(rows).count(outcome) for outcome in set(rows)}


def test_control_without_the_guard_match_and_pledges_oversell(cast, lot, run, no_worker, monkeypatch):
    """If this ever fails, the test below proves nothing. The lock of the lot is part of the guard."""
    from orders.actions import answers

    monkeypatch.setattr(placing, "reserve", unguarded_reserve)
    monkeypatch.setattr(
        answers,
        "_locked_lots",
        lambda rows: {one.lot_id: Lot.objects.select_related("listing").get(pk=one.lot_id) for one in rows},
    )
    commit_match(run, by=fresh(cast.commerce_desk))

    at_once([carrying(run), *rival(cast, lot)])

    assert promised(lot) > GRAMS * DEMANDS


def test_a_match_and_pledges_on_the_last_grams_never_oversell(cast, lot, run, no_worker):
    commit_match(run, by=fresh(cast.commerce_desk))

    found = at_once([carrying(run), *rival(cast, lot)])

    assert set(found) <= {"done", "SoldOut", "NotEnoughLeft"}
    lot = Lot.objects.get(pk=lot.pk)
    assert promised(lot) == lot.reserved_g == GRAMS * DEMANDS
    booked = outcomes(run).get(ProposalOutcome.BOOKED, 0)
    assert Pledge.objects.filter(demand__isnull=False).count() == booked
    assert found["done"] - 1 + booked == DEMANDS


def test_two_workers_and_two_clicks_book_each_line_once(cast, lot, run, no_worker):
    desk = cast.commerce_desk
    clicks = [lambda: commit_match(run, by=User.objects.get(pk=desk.pk)) for _ in range(4)]

    assert at_once(clicks) == {"done": 4}
    assert Event.objects.filter(subject="orders.matchrun", verb="committed").count() == 1
    found = at_once([carrying(run) for _ in range(4)])

    assert found == {"done": 4}
    assert outcomes(run) == {ProposalOutcome.BOOKED: DEMANDS}
    assert Pledge.objects.count() == DEMANDS
    assert promised(lot) == Lot.objects.get(pk=lot.pk).reserved_g == GRAMS * DEMANDS
    assert Event.objects.filter(subject="orders.matchrun", verb="carried_out").count() == 1
    assert Notice.objects.filter(key=f"match-{run.pk}").count() == 1


def replaying(run: MatchRun, desk: User) -> Callable:
    return lambda: replay_match(MatchRun.objects.get(pk=run.pk), by=User.objects.get(pk=desk.pk))


def test_control_without_the_lock_two_clicks_replay_a_run_twice(cast, run, no_worker, monkeypatch):
    """If this ever fails, the test below proves nothing."""
    from orders.actions import matching

    together = Barrier(4, timeout=10)
    still_computing = matching._still_computing

    def looks_at_once(*args):
        found = still_computing(*args)
        together.wait()
        return found

    monkeypatch.setattr(matching, "locked_run", lambda pk: MatchRun.objects.get(pk=pk))
    monkeypatch.setattr(matching, "_still_computing", looks_at_once)

    assert at_once([replaying(run, cast.commerce_desk) for _ in range(4)]) == {"done": 4}

    assert MatchRun.objects.filter(replay_of=run).count() == 4


def test_many_clicks_start_one_replay(cast, run, no_worker):
    assert at_once([replaying(run, cast.commerce_desk) for _ in range(4)]) == {"done": 4}

    assert MatchRun.objects.filter(replay_of=run).count() == 1
