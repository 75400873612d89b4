"""A run from the button to what is booked: repeats, replays, what changed meanwhile, a worker that dies."""

import datetime as dt

import pytest
from django.utils import timezone, translation

from market.exceptions import NotAllowed
from market.models import Event, Lot, Notice
from orders.actions.committing import carry_out, commit_match, is_carried_out
from orders.actions.computing import fail_match, run_match
from orders.actions.demands import cancel_demand
from orders.actions.matching import (
    discard_match,
    give_up_match,
    patience,
    replay_match,
    request_match,
)
from orders.enums import MATCH_MOVES, MatchState, PledgeState, PolicyKind, ProposalOutcome
from orders.exceptions import CannotReplay, MatchInPast, NotReady, StillMatching
from orders.models import MatchProposal, MatchRun, Pledge
from tests.factories.matching import committed, lines, make_policy, make_run, tomorrow
from tests.factories.orders import fresh, make_dock, make_pledge
from tests.factories.talks import make_demand


def test_carried_out_it_is_ordinary_pledges_and_everybody_is_told_once(cast, reference, desk, near, far):
    demand = make_demand(reference["loofah"], make_dock(cast.supermarket), "6000斤", by=fresh(cast.buyer))
    make_demand(reference["peach"], make_dock(cast.rival_supermarket), "10斤", by=fresh(cast.rival_buyer))

    run = committed(make_run(desk, PolicyKind.NEAREST), desk)

    assert run.state == MatchState.COMMITTED
    assert is_carried_out(run)
    assert (run.summary["booked_g"], run.summary["gone_g"], run.summary["booked"]) == (3_000_000, 0, 2)
    pledges = Pledge.objects.filter(demand=demand).order_by("pk")
    assert [(p.firm_g, p.state, p.seller_id) for p in pledges] == [
        (2_500_000, PledgeState.PLACED, cast.cooperative.pk),
        (500_000, PledgeState.PLACED, cast.household.pk),
    ]
    assert list(run.proposals.order_by("pk").values_list("booked", flat=True)) == [p.pk for p in pledges]
    told = Notice.objects.filter(key__startswith="match-")
    assert set(told.values_list("recipient", flat=True)) == {
        cast.supermarket.pk, cast.cooperative.pk, cast.household.pk, cast.rival_supermarket.pk
    }  # fmt: skip


def test_a_second_commit_and_a_second_run_of_the_worker_change_nothing(cast, reference, desk, far):
    make_demand(reference["loofah"], make_dock(cast.supermarket), "1000斤", by=fresh(cast.buyer))
    run = committed(make_run(desk), desk)
    before = (Pledge.objects.count(), Event.objects.count(), Notice.objects.count())

    commit_match(run, by=desk)
    carry_out(run.pk)
    carry_out(run.pk)

    assert (Pledge.objects.count(), Event.objects.count(), Notice.objects.count()) == before
    assert Lot.objects.get(pk=far.pk).reserved_g == 500_000


def test_a_killed_worker_goes_on_where_it_stopped(cast, reference, desk, near, far, monkeypatch):
    from orders.actions import committing

    make_demand(reference["loofah"], make_dock(cast.supermarket), "6000斤", by=fresh(cast.buyer))
    run = make_run(desk, PolicyKind.NEAREST)
    commit_match(run, by=desk)
    real, calls = committing._decide, []

    def dies_at_the_second(ids, by):
        if calls:
            raise KeyboardInterrupt
        calls.append(ids)
        real(ids, by)

    with monkeypatch.context() as patched:
        patched.setattr(committing, "_decide", dies_at_the_second)
        with pytest.raises(KeyboardInterrupt):
            carry_out(run.pk)
    assert Pledge.objects.count() == 1
    assert not is_carried_out(MatchRun.objects.get(pk=run.pk))

    carry_out(run.pk)

    assert Pledge.objects.count() == 2
    assert MatchRun.objects.get(pk=run.pk).summary["booked_g"] == 3_000_000


def test_what_changed_meanwhile_is_listed_and_the_rest_is_booked(cast, reference, desk, near, far):
    one = make_demand(reference["loofah"], make_dock(cast.supermarket), "5000斤", by=fresh(cast.buyer))
    make_demand(reference["loofah"], make_dock(cast.rival_supermarket), "3000斤", by=fresh(cast.rival_buyer))
    run = make_run(desk)
    cancel_demand(one, by=fresh(cast.buyer))

    run = committed(run, desk)

    assert (run.summary["booked_g"], run.summary["gone_g"]) == (1_500_000, 2_500_000)
    lost = run.proposals.filter(outcome=ProposalOutcome.GONE)
    assert {row.buyer_id for row in lost} == {cast.supermarket.pk}
    assert {row.lost_words for row in lost} == {"这条求购已撤回，不能再改也不能再报价；要买请另发一条求购"}


def test_a_lot_taken_meanwhile_is_not_oversold(cast, reference, desk, far):
    make_demand(reference["loofah"], make_dock(cast.supermarket), "3000斤", by=fresh(cast.buyer))
    run = make_run(desk)
    make_pledge(far, make_dock(cast.rival_supermarket), "1斤", by=fresh(cast.rival_buyer))

    run = committed(run, desk)

    assert (run.summary["booked"], run.summary["gone"]) == (0, 1)
    lost = run.proposals.get()
    assert lost.lost_words == "只剩 2,999 斤 = 1.4995 吨，请减少数量"
    with translation.override("en"):
        assert lost.lost_words.startswith("Only 2,999 jin = 1.4995 t left")
    assert Lot.objects.get(pk=far.pk).reserved_g == 500


def test_a_whole_demand_over_two_lots_is_booked_whole_or_not_at_all(cast, reference, desk, near, far):
    make_demand(reference["loofah"], make_dock(cast.supermarket), "7000斤", by=fresh(cast.buyer), is_whole=True)
    run = make_run(desk)
    assert len(lines(run)) == 2
    make_pledge(far, make_dock(cast.rival_supermarket), "2000斤", by=fresh(cast.rival_buyer))

    run = committed(run, desk)

    assert (run.summary["booked"], run.summary["gone"]) == (0, 2)
    assert Lot.objects.get(pk=near.pk).reserved_g == 0


def test_the_same_rows_give_the_same_problem_and_the_same_allocations(cast, reference, desk, near, far):
    make_demand(reference["loofah"], make_dock(cast.supermarket), "6000斤", by=fresh(cast.buyer))
    make_demand(reference["loofah"], make_dock(cast.rival_supermarket), "4000斤", by=fresh(cast.rival_buyer))

    first, second = make_run(desk), make_run(desk)

    assert first.digest == second.digest
    assert first.result["allocations"] == second.result["allocations"]
    assert lines(first) == lines(second)


def test_an_old_run_is_computed_again_and_agrees(cast, reference, desk, near, far):
    make_demand(reference["loofah"], make_dock(cast.supermarket), "6000斤", by=fresh(cast.buyer))
    run = committed(make_run(desk), desk)

    replay = run_match(replay_match(run, by=desk).pk)

    assert replay.summary["agrees"]
    with pytest.raises(NotReady):
        commit_match(replay, by=desk)
    with pytest.raises(CannotReplay):
        replay_match(replay, by=desk)


@pytest.mark.parametrize("where", ["problem", "result"])
def test_a_run_that_was_tampered_with_does_not_agree(cast, reference, desk, far, where):
    make_demand(reference["loofah"], make_dock(cast.supermarket), "1000斤", by=fresh(cast.buyer))
    run = make_run(desk)
    if where == "problem":
        run.problem["lots"][0]["available_g"] = 400_000
    else:
        run.result["allocations"][0]["grams"] = 499_999
    MatchRun.objects.filter(pk=run.pk).update(**{where: getattr(run, where)})

    assert not run_match(replay_match(run, by=desk).pk).summary["agrees"]


def test_a_second_click_starts_no_second_one(desk):
    first = request_match(tomorrow(), make_policy(), by=desk)

    assert request_match(tomorrow(), make_policy(PolicyKind.NEAREST), by=desk).pk == first.pk
    assert MatchRun.objects.count() == 1


def test_a_run_whose_worker_is_gone_is_failed_and_another_begins(desk):
    first = request_match(tomorrow(), make_policy(), by=desk)
    with pytest.raises(StillMatching):
        give_up_match(first, by=desk)
    MatchRun.objects.filter(pk=first.pk).update(created_at=timezone.now() - patience())

    second = request_match(tomorrow(), make_policy(), by=desk)

    assert second.pk != first.pk
    assert MatchRun.objects.get(pk=first.pk).failure == "stuck"
    assert run_match(first.pk).state == MatchState.FAILED  # the late worker finds nothing to do


def test_a_run_given_up_while_it_is_computed_stays_given_up(cast, reference, desk, far, monkeypatch):
    from orders.actions import computing

    real = computing.solve
    run = request_match(tomorrow(), make_policy(), by=desk)

    def slow(*args, **options):
        fail_match(run.pk, "stuck")
        return real(*args, **options)

    monkeypatch.setattr(computing, "solve", slow)

    assert run_match(run.pk).state == MatchState.FAILED
    assert not MatchProposal.objects.exists()


def test_what_breaks_fails_the_run_and_writes_nothing(desk, monkeypatch):
    from orders.actions import computing

    run = request_match(tomorrow(), make_policy(), by=desk)
    monkeypatch.setattr(computing, "gather", lambda _day: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        run_match(run.pk)

    run.refresh_from_db()
    assert (run.state, run.failure) == (MatchState.FAILED, "error")


def test_without_its_worker_the_greedy_answer_stands_in_and_is_replayed(cast, reference, desk, far, monkeypatch):
    from orders.matching import run as engine
    from orders.solving import SolvingError

    make_demand(reference["loofah"], make_dock(cast.supermarket), "1000斤", by=fresh(cast.buyer))

    def broken(*_args):
        raise SolvingError("no worker")

    with monkeypatch.context() as patched:
        patched.setattr(engine, "call_worker", broken)
        run = make_run(desk)

    assert run.summary["is_fallback"]
    assert lines(run) == [("步步高天元店", "王建国家", 500_000, 0)]
    assert run_match(replay_match(run, by=desk).pk).summary["agrees"]


def test_an_empty_day_is_ready_with_nothing(desk):
    run = make_run(desk)

    assert (run.state, run.summary["lines"], run.summary["engine"]) == (MatchState.READY, 0, "none")
    assert committed(run, desk).summary["booked_g"] == 0


def test_a_past_day_is_refused(desk):
    with pytest.raises(MatchInPast):
        request_match(timezone.localdate() - dt.timedelta(days=1), make_policy(), by=desk)
    assert not MatchRun.objects.exists()


def test_only_the_commerce_desk_may(cast, desk):
    run = make_run(desk)
    for name, person in cast.people().items():
        if name in ("commerce_desk", "admin"):
            continue
        for do in (
            lambda person=person: request_match(tomorrow(), make_policy(), by=fresh(person)),
            lambda person=person: commit_match(run, by=fresh(person)),
            lambda person=person: discard_match(run, by=fresh(person)),
            lambda person=person: replay_match(run, by=fresh(person)),
            lambda person=person: give_up_match(run, by=fresh(person)),
        ):
            with pytest.raises(NotAllowed):
                do()


@pytest.mark.parametrize("state", list(MatchState))
def test_commit_and_discard_keep_to_the_table(desk, state):
    run = make_run(desk)
    MatchRun.objects.filter(pk=run.pk).update(state=state)
    for do, to in ((commit_match, MatchState.COMMITTED), (discard_match, MatchState.DISCARDED)):
        MatchRun.objects.filter(pk=run.pk).update(state=state, summary={})
        if state == to or to in MATCH_MOVES[state]:
            assert do(run, by=desk).state == to
        else:
            with pytest.raises(NotReady):
                do(run, by=desk)
            assert MatchRun.objects.get(pk=run.pk).state == state
