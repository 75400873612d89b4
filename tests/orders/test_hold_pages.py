"""The pages of holds: held from the lot's page, counted down, confirmed by the stalls' rows, over."""

import datetime as dt
import uuid

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from market.models import Lot
from orders.actions.holds import lapse_holds
from orders.enums import PledgeState
from orders.models import Dock, Pledge
from tests.factories.orders import fresh, make_dock, make_hold
from tests.pages import logged_in, words_of

HOLDS = reverse("orders:holds")


@pytest.fixture
def clerk(cast):
    return logged_in(cast.association_clerk)


@pytest.fixture
def market(cast) -> Dock:
    return make_dock(cast.association, name="湘江市场")


@pytest.fixture
def hold(lot, market, cast) -> Pledge:
    return make_hold(lot, market, "500斤", by=fresh(cast.association_clerk))


def sent(to: Dock, **changes) -> dict[str, object]:
    data = {
        "key": str(uuid.uuid4()),
        "dock": to.pk,
        "window_from": "05:00",
        "window_to": "08:00",
        "quantity": "500斤",
    }
    return data | changes


def rows(*lines: tuple[str, str], **changes) -> dict[str, object]:
    data: dict[str, object] = {"lines-TOTAL_FORMS": len(lines), "lines-INITIAL_FORMS": 0}
    for number, (name, quantity) in enumerate(lines):
        data |= {f"lines-{number}-name": name, f"lines-{number}-quantity": quantity}
    return data | changes


def test_the_lot_offers_an_association_to_hold_it_and_nobody_else(cast, lot):
    url = reverse("orders:hold", args=[lot.pk])

    pages = {
        role: logged_in(person).get(reverse("market:lot", args=[lot.pk])) for role, person in cast.people().items()
    }

    assert [role for role, page in pages.items() if url in page.content.decode()] == ["association_clerk"]


def test_a_hold_is_made_once_however_often_the_form_is_sent(clerk, lot, market):
    url = reverse("orders:hold", args=[lot.pk])
    assert "60 分钟" in words_of(clerk.get(url))
    data = sent(market)

    answers = [clerk.post(url, data) for _ in range(2)]

    assert [answer["Location"] for answer in answers] == [HOLDS, HOLDS]
    assert Pledge.objects.get().state == PledgeState.HELD
    assert Lot.objects.get(pk=lot.pk).reserved_g == 250_000


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"quantity": "3万斤"}, "只剩"),
        ({"quantity": "很多"}, "不是准数"),
        ({"window_to": "23:00"}, "收货时间是"),
        ({"key": "x"}, "请重新打开这张表"),
        ({"dock": "0"}, "请从列表里选收货点"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_held(clerk, lot, market, changes, sentence):
    page = clerk.post(reverse("orders:hold", args=[lot.pk]), sent(market, **changes)).content.decode()

    assert sentence in page
    assert Pledge.objects.count() == 0


def test_the_list_counts_down_and_reads_right_without_a_script(clerk, hold):
    page = clerk.get(HOLDS)

    assert f'data-until="{hold.held_until.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%S}' in page.content.decode()
    local = timezone.localtime(hold.held_until)
    assert f"留到 {'今天' if local.date() == timezone.localdate() else '明天'} {local:%H:%M}" in words_of(page)
    assert "填摊位并确认" in words_of(page)


def test_an_empty_list_says_what_to_do(clerk):
    assert "去集市选货" in words_of(clerk.get(HOLDS))


def test_rows_of_stalls_make_the_hold_a_pledge(clerk, hold, lot):
    url = reverse("orders:hold_confirm", args=[hold.pk])
    assert "占了 500 斤 = 250 公斤" in words_of(clerk.get(url))

    answers = [clerk.post(url, rows(("老王", "100斤"), ("", ""), ("老李", "2筐"))) for _ in range(2)]

    placed = reverse("orders:placed", args=[hold.pk])
    assert [answer["Location"] for answer in answers] == [placed, placed]
    hold.refresh_from_db()
    assert (hold.state, hold.firm_g) == (PledgeState.PLACED, 90_000)
    assert list(hold.lines.values_list("name", "quantity_g")) == [("老王", 50_000), ("老李", 40_000)]
    assert Lot.objects.get(pk=lot.pk).reserved_g == 90_000


def test_wrong_rows_are_said_and_the_hold_stays(clerk, hold):
    url = reverse("orders:hold_confirm", args=[hold.pk])

    assert "第 1 行：请写数量" in clerk.post(url, rows(("老王", ""))).content.decode()
    assert "最多改到" in words_of(clerk.post(url, rows(("老王", "3万斤"))))
    assert clerk.post(url, rows(("老王", "三车"), more="1")).content.decode().count('data-weight aria-label="第') == 11
    hold.refresh_from_db()
    assert hold.state == PledgeState.HELD


def test_after_its_time_the_pages_say_so_and_what_to_do(clerk, hold, lot):
    url = reverse("orders:hold_confirm", args=[hold.pk])
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=61), tick=False):
        before_the_clock = words_of(clerk.get(HOLDS))
        refused = words_of(clerk.post(url, rows(("老王", "100斤"))))
        lapse_holds()
        after, confirm = words_of(clerk.get(HOLDS)), words_of(clerk.get(url))

    assert "预留时间到了，货已经放回" in before_the_clock
    assert "请重新认购" in refused
    assert "重新占货" in after
    assert "填摊位并确认 预留时间到了" in confirm
    assert Lot.objects.get(pk=lot.pk).reserved_g == 0


def test_a_hold_is_given_up_with_one_button(clerk, hold, lot):
    for _ in range(2):
        assert clerk.post(reverse("orders:hold_release", args=[hold.pk]))["Location"] == HOLDS

    assert Lot.objects.get(pk=lot.pk).reserved_g == 0
    assert Pledge.objects.get().state == PledgeState.CANCELLED


def test_others_do_not_see_the_hold(cast, hold):
    for role, person in cast.people().items():
        if role == "association_clerk":
            continue
        client = logged_in(person)
        answers = [client.get(HOLDS), client.get(reverse("orders:hold_confirm", args=[hold.pk]))]
        answers.append(client.post(reverse("orders:hold_release", args=[hold.pk])))
        assert [answer.status_code for answer in answers] == [404, 404, 404], role
    assert Pledge.objects.get().state == PledgeState.HELD


def test_a_pledge_that_never_was_a_hold_is_not_confirmed(cast, pledge):
    assert logged_in(cast.buyer).get(reverse("orders:hold_confirm", args=[pledge.pk])).status_code == 404


def test_the_list_costs_the_same_with_one_and_with_three(clerk, market, cast, listing, django_assert_num_queries):
    lots = list(listing.lots.order_by("day"))
    make_hold(lots[1], market, by=fresh(cast.association_clerk))
    with django_assert_num_queries(6):
        clerk.get(HOLDS)
    for lot in lots[2:]:
        make_hold(lot, market, by=fresh(cast.association_clerk))
    with django_assert_num_queries(6):
        assert clerk.get(HOLDS).status_code == 200
