"""From the button to what is booked: exact grams, exact sentences."""

import datetime as dt

import pytest
from django.utils import timezone, translation

from market.enums import Grade, OrganisationKind
from market.exceptions import NotAllowed
from market.models import Event, Lot, Notice, Organisation
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
from orders.queries.explanations import buyer_sentence, remainder_sentence, seller_sentence
from tests.factories import make_live_listing
from tests.factories.matching import make_demand, make_lot, make_policy, make_run, tomorrow
from tests.factories.orders import fresh, kg, make_dock, make_pledge


@pytest.fixture
def desk(cast):
    return fresh(cast.commerce_desk)


@pytest.fixture
def near(cast, reference) -> Lot:
    """5,000 斤 of loofah of the cooperative, in the village."""
    return make_lot(
        cast.cooperative, reference["loofah"], reference["village"], "5000斤", by=cast.cooperative_manager
    )


@pytest.fixture
def far(cast, reference) -> Lot:
    """3,000 斤 of loofah of a household, far in the south."""
    return make_lot(cast.household, reference["loofah"], reference["yanling"], "3000斤", by=cast.farmer)


def committed(run: MatchRun, by) -> MatchRun:
    commit_match(run, by=by)
    return carry_out(run.pk)


def lines(run: MatchRun) -> list[tuple[str, str, int, int]]:
    rows = MatchProposal.objects.filter(run=run).select_related("lot__seller", "buyer").order_by("buyer__pk", "pk")
    return [(row.buyer.name, row.lot.seller.name, row.firm_g, row.stretch_g) for row in rows]


def test_the_nearest_lot_is_taken_first_and_the_next_fills_up(cast, reference, desk, near, far):
    make_demand(make_dock(cast.supermarket), reference["loofah"], "6000斤", by=fresh(cast.buyer))

    run = make_run(desk, PolicyKind.NEAREST)

    assert (run.state, run.progress) == (MatchState.READY, 100)
    assert lines(run) == [
        ("步步高天元店", "白关丝瓜合作社", 2_500_000, 0),
        ("步步高天元店", "王建国家", 500_000, 0),
    ]
    assert run.summary["matched_g"] == run.summary["saved_g"] == 3_000_000
    assert run.summary["spoiling_g"] == 1_000_000
    assert (run.summary["met"], run.summary["partly"], run.summary["unmet"]) == (1, 0, 0)
    assert run.summary["score"] == run.summary["bound"]


def test_each_party_reads_one_sentence_made_of_facts(cast, reference, desk, near, far):
    make_demand(make_dock(cast.supermarket), reference["loofah"], "6000斤", by=fresh(cast.buyer))
    run = make_run(desk, PolicyKind.NEAREST)
    first, second = run.proposals.order_by("pk")

    assert seller_sentence(first) == "距离最近（22 公里），送到后还能放 43 小时"
    assert buyer_sentence(first) == buyer_sentence(second) == "您要 6,000 斤，全部落实，最近的 2 家供货"
    left = run.remainders.get()
    assert remainder_sentence(left) == (
        "还剩 2,000 斤（共 3,000 斤）没有人要：买方要的都够了。货还在集市上卖，快坏时会推给买过的买方"
    )


def test_what_is_firm_comes_before_what_is_welcome(cast, reference, desk, far):
    make_demand(make_dock(cast.supermarket), reference["loofah"], "1000斤", most="3000斤", by=fresh(cast.buyer))
    make_demand(make_dock(cast.rival_supermarket), reference["loofah"], "1500斤", by=fresh(cast.rival_buyer))

    assert lines(make_run(desk)) == [
        ("步步高天元店", "王建国家", 500_000, 250_000),
        ("千惠便利", "王建国家", 750_000, 0),
    ]


def test_the_stretch_of_a_pledge_saves_what_would_spoil(cast, reference, desk, far):
    pledge = make_pledge(far, make_dock(cast.supermarket), "1000斤", by=fresh(cast.buyer), most=kg("1500斤"))

    run = committed(make_run(desk), desk)

    assert lines(run) == [("步步高天元店", "王建国家", 0, 250_000)]
    assert Pledge.objects.get(pk=pledge.pk).granted_g == 250_000
    assert Lot.objects.get(pk=far.pk).reserved_g == 750_000
    assert buyer_sentence(run.proposals.get()) == "您说可以多收，这批货卖不完会坏，送到后还能放 43 小时"


def test_a_minimum_keeps_no_pledge_from_its_own_stretch(cast, reference, desk):
    lot = make_lot(
        cast.household, reference["loofah"], reference["village"], "3000斤", by=cast.farmer, minimum_g=500_000
    )
    make_pledge(lot, make_dock(cast.supermarket), "1000斤", by=fresh(cast.buyer), most=kg("1100斤"))

    assert lines(make_run(desk)) == [("步步高天元店", "王建国家", 0, 50_000)]


def test_goods_that_keep_are_not_pressed_on_anybody(cast, reference, desk):
    lot = make_lot(cast.household, reference["rice"], reference["village"], "3000斤", by=cast.farmer, last_day=tomorrow() + dt.timedelta(days=20))
    make_pledge(lot, make_dock(cast.supermarket), "1000斤", by=fresh(cast.buyer), most=kg("1500斤"))

    assert lines(make_run(desk)) == []


def test_hospitals_and_canteens_come_first_under_their_policy(cast, reference, desk, far):
    make_demand(make_dock(cast.supermarket), reference["loofah"], "3000斤", by=fresh(cast.buyer))
    Organisation.objects.filter(pk=cast.rival_supermarket.pk).update(kind=OrganisationKind.CANTEEN)
    dock = make_dock(Organisation.objects.get(pk=cast.rival_supermarket.pk))
    make_demand(dock, reference["loofah"], "2000斤", by=fresh(cast.rival_buyer))

    run = make_run(desk, PolicyKind.CARE_FIRST)

    assert lines(run) == [("步步高天元店", "王建国家", 500_000, 0), ("千惠便利", "王建国家", 1_000_000, 0)]
    care = run.proposals.get(buyer=cast.rival_supermarket)
    assert buyer_sentence(care) == "先满足医院食堂，您要 2,000 斤，全部落实，最近的 1 家供货"
    unmet = run.remainders.get()
    assert remainder_sentence(unmet) == "您要 3,000 斤，还差 2,000 斤：合适的货分完了。可以再等新上架的货，或者放宽条件"


def test_scarce_goods_are_shared_in_proportion_to_the_gram(cast, reference, desk, far):
    make_demand(make_dock(cast.supermarket), reference["loofah"], "3000斤", by=fresh(cast.buyer))
    make_demand(make_dock(cast.rival_supermarket), reference["loofah"], "1500斤", by=fresh(cast.rival_buyer))

    run = make_run(desk, PolicyKind.PRO_RATA)

    assert lines(run) == [("步步高天元店", "王建国家", 1_000_000, 0), ("千惠便利", "王建国家", 500_000, 0)]
    assert buyer_sentence(run.proposals.first()) == "您要 3,000 斤，按比例分到 2,000 斤，最近的 1 家供货"


def test_every_seller_has_a_first_share(cast, reference, desk, near, far):
    """Without the share the cooperative, nearer and large enough, would sell all of it."""
    make_demand(make_dock(cast.supermarket), reference["loofah"], "3000斤", by=fresh(cast.buyer))
    assert lines(make_run(desk, PolicyKind.NEAREST)) == [("步步高天元店", "白关丝瓜合作社", 1_500_000, 0)]

    run = make_run(desk, PolicyKind.FIRST_SHARE)

    assert lines(run) == [
        ("步步高天元店", "白关丝瓜合作社", 975_000, 0),
        ("步步高天元店", "王建国家", 525_000, 0),
    ]
    assert seller_sentence(run.proposals.get(lot=far)).startswith("在每家先保的一份里，路程 ")


def test_whole_or_not_at_all(cast, reference, desk, far):
    make_demand(
        make_dock(cast.supermarket), reference["loofah"], "4000斤", most="9000斤", by=fresh(cast.buyer), is_whole=True
    )

    run = make_run(desk)

    assert lines(run) == []
    assert {rest.code for rest in run.remainders.all()} == {"whole", "minimum"}


@pytest.mark.parametrize(
    ("condition", "code"),
    [
        ({"variety": "白关丝瓜"}, "variety"),
        ({"grade_at_least": Grade.PREMIUM}, "grade"),
        ({"price_at_most": "1.19"}, "price"),
        ({"km_at_most": 5}, "distance"),
        ({"fresh_hours": 100}, "freshness"),
    ],
)
def test_the_reason_is_what_comes_nearest_to_fitting(cast, reference, desk, near, far, condition, code):
    from decimal import Decimal

    if "price_at_most" in condition:
        condition = {"price_at_most": Decimal(condition["price_at_most"])}
    make_demand(make_dock(cast.supermarket), reference["loofah"], "100斤", by=fresh(cast.buyer), **condition)

    run = make_run(desk)

    assert lines(run) == []
    assert run.remainders.get(demand__isnull=False).code == code
    assert run.summary["unmet"] == 1


def test_nothing_of_the_produce_at_all(cast, reference, desk, near):
    make_demand(make_dock(cast.supermarket), reference["peach"], "100斤", by=fresh(cast.buyer))

    run = make_run(desk)

    assert run.remainders.get(demand__isnull=False).code == "no_lot"
    assert run.remainders.get(lot__isnull=False).code == "no_demand"


def test_carried_out_it_is_ordinary_pledges_and_everybody_is_told_once(cast, reference, desk, near, far):
    demand = make_demand(make_dock(cast.supermarket), reference["loofah"], "6000斤", by=fresh(cast.buyer))
    make_demand(make_dock(cast.rival_supermarket), reference["peach"], "10斤", by=fresh(cast.rival_buyer))

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
    make_demand(make_dock(cast.supermarket), reference["loofah"], "1000斤", by=fresh(cast.buyer))
    run = committed(make_run(desk), desk)
    before = (Pledge.objects.count(), Event.objects.count(), Notice.objects.count())

    commit_match(run, by=desk)
    carry_out(run.pk)
    carry_out(run.pk)

    assert (Pledge.objects.count(), Event.objects.count(), Notice.objects.count()) == before
    assert Lot.objects.get(pk=far.pk).reserved_g == 500_000


def test_a_killed_worker_goes_on_where_it_stopped(cast, reference, desk, near, far, monkeypatch):
    from orders.actions import committing

    make_demand(make_dock(cast.supermarket), reference["loofah"], "6000斤", by=fresh(cast.buyer))
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
    one = make_demand(make_dock(cast.supermarket), reference["loofah"], "5000斤", by=fresh(cast.buyer))
    make_demand(make_dock(cast.rival_supermarket), reference["loofah"], "3000斤", by=fresh(cast.rival_buyer))
    run = make_run(desk)
    cancel_demand(one, by=fresh(cast.buyer))

    run = committed(run, desk)

    assert (run.summary["booked_g"], run.summary["gone_g"]) == (1_500_000, 2_500_000)
    lost = run.proposals.filter(outcome=ProposalOutcome.GONE)
    assert {row.buyer_id for row in lost} == {cast.supermarket.pk}
    assert all("已撤回" in row.lost_reason for row in lost)


def test_a_lot_taken_meanwhile_is_not_oversold(cast, reference, desk, far):
    make_demand(make_dock(cast.supermarket), reference["loofah"], "3000斤", by=fresh(cast.buyer))
    run = make_run(desk)
    make_pledge(far, make_dock(cast.rival_supermarket), "1斤", by=fresh(cast.rival_buyer))

    run = committed(run, desk)

    assert (run.summary["booked"], run.summary["gone"]) == (0, 1)
    assert "只剩" in run.proposals.get().lost_reason
    assert Lot.objects.get(pk=far.pk).reserved_g == 500


def test_a_whole_demand_over_two_lots_is_booked_whole_or_not_at_all(cast, reference, desk, near, far):
    make_demand(make_dock(cast.supermarket), reference["loofah"], "7000斤", by=fresh(cast.buyer), is_whole=True)
    run = make_run(desk)
    assert len(lines(run)) == 2
    make_pledge(far, make_dock(cast.rival_supermarket), "2000斤", by=fresh(cast.rival_buyer))

    run = committed(run, desk)

    assert (run.summary["booked"], run.summary["gone"]) == (0, 2)
    assert Lot.objects.get(pk=near.pk).reserved_g == 0


def test_the_same_rows_give_the_same_problem_and_the_same_allocations(cast, reference, desk, near, far):
    make_demand(make_dock(cast.supermarket), reference["loofah"], "6000斤", by=fresh(cast.buyer))
    make_demand(make_dock(cast.rival_supermarket), reference["loofah"], "4000斤", by=fresh(cast.rival_buyer))

    first, second = make_run(desk), make_run(desk)

    assert first.digest == second.digest
    assert first.result["allocations"] == second.result["allocations"]
    assert lines(first) == lines(second)


def test_an_old_run_is_computed_again_and_agrees(cast, reference, desk, near, far):
    make_demand(make_dock(cast.supermarket), reference["loofah"], "6000斤", by=fresh(cast.buyer))
    run = committed(make_run(desk), desk)

    replay = run_match(replay_match(run, by=desk).pk)

    assert replay.summary["agrees"]
    with pytest.raises(NotReady):
        commit_match(replay, by=desk)
    with pytest.raises(CannotReplay):
        replay_match(replay, by=desk)


@pytest.mark.parametrize("where", ["problem", "result"])
def test_a_run_that_was_tampered_with_does_not_agree(cast, reference, desk, far, where):
    make_demand(make_dock(cast.supermarket), reference["loofah"], "1000斤", by=fresh(cast.buyer))
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

    make_demand(make_dock(cast.supermarket), reference["loofah"], "1000斤", by=fresh(cast.buyer))

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


def test_a_ceiling_keeps_dear_lots_out(cast, reference, desk, far):
    from decimal import Decimal

    from market.actions.ceilings import set_ceiling

    make_demand(make_dock(cast.supermarket), reference["loofah"], "1000斤", by=fresh(cast.buyer))
    set_ceiling(
        produce=reference["loofah"], price=Decimal("1.00"), price_unit="jin", first_day=timezone.localdate(),
        reason="疫情期间限价", by=desk,
    )  # fmt: skip

    run = make_run(desk)

    assert lines(run) == []
    assert run.remainders.get(demand__isnull=False).code == "ceiling"


def test_the_sentences_are_said_in_the_reader_s_language_without_failing(cast, reference, desk, near, far):
    make_demand(make_dock(cast.supermarket), reference["loofah"], "6000斤", most="7000斤", by=fresh(cast.buyer))
    run = make_run(desk)

    with translation.override("en"):
        said = [seller_sentence(row) + buyer_sentence(row) for row in run.proposals.all()]
        said += [remainder_sentence(rest) for rest in run.remainders.all()]

    assert all(said)


def test_gathering_costs_the_same_with_one_and_with_many(
    cast, reference, desk, near, far, django_assert_num_queries
):
    from orders.queries.match_problem import gather

    dock = make_dock(cast.supermarket)
    make_demand(dock, reference["loofah"], "100斤", by=fresh(cast.buyer))
    gather(tomorrow())  # places and produce are kept from here on
    with django_assert_num_queries(5):
        gather(tomorrow())
    for _ in range(3):
        make_demand(dock, reference["loofah"], "100斤", by=fresh(cast.buyer))
        make_live_listing(cast.household, reference["loofah"], reference["village"], by=cast.farmer)
        make_pledge(near, dock, "10斤", by=fresh(cast.buyer), most=kg("20斤"))
    with django_assert_num_queries(5):
        gather(tomorrow())
