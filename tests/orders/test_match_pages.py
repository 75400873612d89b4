"""The desk's screens of matching, and a party's own lines."""

from types import SimpleNamespace

import pytest
from django.urls import reverse

from market.models import Event
from orders.actions.committing import carry_out, commit_match
from orders.actions.computing import run_match
from orders.actions.demands import cancel_demand
from orders.actions.matching import request_match
from orders.enums import MatchState, PolicyKind
from orders.models import MatchRun, Pledge
from tests.factories.matching import make_lot, make_policy, make_run, tomorrow
from tests.factories.orders import fresh, make_dock
from tests.factories.talks import make_demand
from tests.pages import logged_in, words_of

MOST_QUERIES = 9  # the person's own statements among them


@pytest.fixture
def desk(cast):
    return logged_in(cast.commerce_desk)


@pytest.fixture
def day(cast, reference) -> SimpleNamespace:
    """A lot, a demand it meets, one it meets in part, one that nothing meets."""
    loofah = reference["loofah"]
    return SimpleNamespace(
        lot=make_lot(cast.household, loofah, reference["village"], "3000斤", by=cast.farmer),
        demand=make_demand(loofah, make_dock(cast.supermarket), "1000斤", by=fresh(cast.buyer)),
        large=make_demand(loofah, make_dock(cast.rival_supermarket), "2500斤", by=fresh(cast.rival_buyer)),
        none=make_demand(reference["peach"], make_dock(cast.association), "10斤", by=fresh(cast.association_clerk)),
    )


@pytest.fixture
def ready(cast, day) -> MatchRun:
    return make_run(fresh(cast.commerce_desk))


@pytest.fixture
def done(cast, ready) -> MatchRun:
    commit_match(ready, by=fresh(cast.commerce_desk))
    return carry_out(ready.pk)


def url(run: MatchRun, name: str = "match_run") -> str:
    return reverse(f"orders:{name}", args=[run.pk])


def test_an_empty_list_says_what_to_do(desk, db):
    make_policy()

    page = words_of(desk.get(reverse("orders:match")))

    assert "还没有方案" in page
    assert "先救快坏的（第 1 版）" in page


def test_the_button_asks_for_a_run_and_leads_to_its_progress(desk, day):
    policy = make_policy(PolicyKind.NEAREST)

    answer = desk.post(reverse("orders:match_new"), {"day": tomorrow().isoformat(), "policy": policy.pk})
    again = desk.post(reverse("orders:match_new"), {"day": tomorrow().isoformat(), "policy": policy.pk})

    run = MatchRun.objects.get()
    assert answer.headers["location"] == again.headers["location"] == url(run)
    page = desk.get(url(run))
    assert "方案在排队" in words_of(page)
    assert 'hx-trigger="every 2s"' in page.content.decode()
    fragment = desk.get(url(run), headers={"hx-request": "true"})
    assert "<html" not in fragment.content.decode()
    run_match(run.pk)
    assert desk.get(url(run), headers={"hx-request": "true"}).headers["hx-redirect"] == url(run)


@pytest.mark.parametrize(
    ("changes", "said"),
    [({"day": ""}, "请选日期"), ({"day": "2020-01-01"}, "已经过了"), ({"policy": "0"}, "请从列表里选一条规则")],
)
def test_a_wrong_form_says_what_is_wrong_and_asks_for_nothing(desk, db, changes, said):
    form = {"day": tomorrow().isoformat(), "policy": make_policy().pk, **changes}

    assert said in words_of(desk.post(reverse("orders:match_new"), form))
    assert not MatchRun.objects.exists()


def test_the_preview_shows_who_gets_what_and_why(desk, ready):
    page = words_of(desk.get(url(ready)))

    assert "能落实 3,000 斤" in page
    assert "其中挽救快坏的 3,000 斤" in page
    assert "仍会坏 0 斤" in page
    assert "1 / 1 / 1" in page
    assert "您要 1,000 斤，全部落实，最近的 1 家供货" in page
    assert "您要 2,500 斤，分到 2,000 斤，最近的 1 家供货" in page
    assert "送到后还能放 43 小时" in page
    assert "执行方案" in page
    unmet = words_of(desk.get(url(ready) + "?show=unmet"))
    assert "合适的货分完了" in unmet
    assert "这天没有人供这种货" in unmet
    assert "都卖掉了" in words_of(desk.get(url(ready) + "?show=unsold"))


def test_the_lines_are_filtered_by_party_and_produce(desk, ready, reference):
    only = words_of(desk.get(url(ready) + "?party=千惠"))
    assert "千惠便利" in only
    assert "步步高天元店" not in only
    assert "王建国家" in words_of(desk.get(url(ready) + "?party=王建国"))
    assert "没有可以配的" in words_of(desk.get(url(ready) + f"?produce={reference['peach'].pk}"))
    assert desk.get(url(ready) + "?produce=x&page=0&show=no").status_code == 200


def test_carrying_out_is_confirmed_and_shown_to_its_end(desk, ready, day, cast):
    cancel_demand(day.demand, by=fresh(cast.buyer))

    assert desk.post(url(ready, "match_commit")).headers["location"] == url(ready)
    assert "正在逐条核对并认购" in words_of(desk.get(url(ready)))
    carry_out(ready.pk)

    page = words_of(desk.get(url(ready)))
    assert "已落实 2,000 斤" in page
    assert "1 条共 1,000 斤 情况已变" in page
    assert "情况已变，没有落实" in page
    assert "执行方案" not in page
    assert Pledge.objects.count() == 1
    assert "情况已变" in words_of(desk.get(url(ready) + "?outcome=gone"))


def test_a_run_is_put_away(desk, ready):
    desk.post(url(ready, "match_discard"))

    assert MatchRun.objects.get(pk=ready.pk).state == MatchState.DISCARDED
    page = desk.post(url(ready, "match_commit"), follow=True)
    assert "只有“待确认”的方案可以执行或放弃" in page.content.decode()
    assert not Pledge.objects.exists()


def test_a_replay_is_shown_to_agree(desk, ready):
    desk.post(url(ready, "match_replay"))
    assert "正在用原来的数据和规则重算一遍" in words_of(desk.get(url(ready)))
    run_match(MatchRun.objects.get(replay_of=ready).pk)

    assert "重算一致" in words_of(desk.get(url(ready)))
    assert "最近的方案" in words_of(desk.get(reverse("orders:match")))


def test_a_failed_run_says_so_and_offers_another(desk, db, cast):
    run = request_match(tomorrow(), make_policy(), by=fresh(cast.commerce_desk))
    MatchRun.objects.filter(pk=run.pk).update(state=MatchState.FAILED, failure="error")

    assert "没有算出方案" in words_of(desk.get(url(run)))


def test_giving_up_too_early_is_refused_with_a_sentence(desk, cast):
    run = request_match(tomorrow(), make_policy(), by=fresh(cast.commerce_desk))

    assert "还在计算" in desk.post(url(run, "match_again"), follow=True).content.decode()


def test_each_party_reads_its_own_lines_and_no_other(done, cast):
    buyer = words_of(logged_in(cast.buyer).get(reverse("orders:match_mine")))
    assert "您要 1,000 斤，全部落实" in buyer
    assert "千惠" not in buyer
    seller = words_of(logged_in(cast.farmer).get(reverse("orders:match_mine")))
    assert "卖给 步步高天元店" in seller
    assert "卖给 千惠便利" in seller
    rival = words_of(logged_in(cast.rival_buyer).get(reverse("orders:match_mine")))
    assert "还差 500 斤" in rival
    unmet = words_of(logged_in(cast.association_clerk).get(reverse("orders:match_mine")))
    assert "这天没有人供这种货。可以换一种农产品或换一天" in unmet
    nobody = words_of(logged_in(cast.outsider).get(reverse("orders:match_mine")))
    assert "还没有您的撮合结果" in nobody


def test_before_the_commit_nobody_reads_anything(ready, cast):
    assert "还没有您的撮合结果" in words_of(logged_in(cast.buyer).get(reverse("orders:match_mine")))


@pytest.mark.parametrize("query", ["", "?show=unmet", "?show=unsold", "?party=家"])
def test_the_screens_cost_the_same_with_many_lines(desk, cast, reference, day, query, django_assert_max_num_queries):
    dock = make_dock(cast.supermarket)
    for number in range(6):
        make_lot(
            cast.cooperative,
            reference["loofah"],
            reference["village"],
            f"{100 + number}斤",
            by=fresh(cast.cooperative_manager),
        )
        make_demand(reference["loofah"], dock, "90斤", by=fresh(cast.buyer))
        make_demand(reference["peach"], dock, "90斤", by=fresh(cast.buyer))
    run = make_run(fresh(cast.commerce_desk))
    commit_match(run, by=fresh(cast.commerce_desk))
    carry_out(run.pk)
    desk.get(url(run))

    with django_assert_max_num_queries(MOST_QUERIES):
        assert desk.get(url(run) + query).status_code == 200
    with django_assert_max_num_queries(MOST_QUERIES):
        desk.get(reverse("orders:match"))
    buyer = logged_in(cast.buyer)
    with django_assert_max_num_queries(MOST_QUERIES):
        assert "您要 90 斤" in words_of(buyer.get(reverse("orders:match_mine")))


def test_the_history_names_who_did_what(done, cast):
    verbs = [event.verb for event in Event.objects.about(done)]

    assert verbs == ["requested", "started", "ready", "committed", "carried_out"]
    assert Event.objects.about(done).get(verb="committed").by == cast.commerce_desk
