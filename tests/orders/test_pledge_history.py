"""Everything that can happen to a pledge, told in sentences that its buyer and its seller may read."""

from uuid import UUID

import pytest
from django.urls import reverse

from market.actions.events import record
from market.models import Event
from market.quantities import Quantity
from orders.actions.holds import confirm_hold, hold_lot, release_hold
from orders.actions.pledges import cancel_pledge, change_pledge
from orders.actions.shortfalls import cut_pledge
from orders.actions.stretches import grant_stretch
from orders.models import Pledge
from orders.queries.history import _VERBS, history_of
from tests.factories.orders import fresh, kg, make_dock


def told(pledge: Pledge) -> list[str]:
    return [line.sentence for line in history_of(pledge)]


def test_a_pledge_with_a_stretch_is_told_from_both_sides(place, cast):
    pledge = place(quantity=kg("300斤"), most=kg("400斤"))
    buyer, farmer = fresh(cast.buyer), fresh(cast.farmer)
    grant_stretch(pledge, grams=25_000, why="fill_truck 湘B12345", by=None)
    grant_stretch(pledge, grams=5_000, why="match-3-12", by=None)
    change_pledge(pledge, quantity=kg("350斤"), most=kg("500斤"), fresh_hours=6, by=buyer)
    change_pledge(pledge, quantity=kg("350斤"), most=kg("350斤"), fresh_hours=0, by=buyer)
    cut_pledge(pledge, to=Quantity.parse("200斤"), reason="雨大", back_on_sale=False, by=farmer)
    cut_pledge(pledge, to=Quantity.parse("100斤"), reason="还是雨大", back_on_sale=True, by=farmer)
    cancel_pledge(pledge, reason="摘不了", back_on_sale=False, by=farmer)

    assert told(pledge) == [
        "认购了 300 斤 = 150 公斤",
        "为装满 湘B12345，多落实弹性量 50 斤 = 25 公斤",
        "当天撮合，多落实弹性量 10 斤 = 5 公斤",
        "改为送到后还要能放 6 小时",
        "把数量从 300 斤 = 150 公斤 改为 350 斤 = 175 公斤",
        "改为最多可收 500 斤 = 250 公斤",
        "不再要求送到后还能放多久",
        "改为只要保底的量，不再多收",
        "卖方只能供 200 斤 = 100 公斤，少给的不再卖",
        "卖方只能供 100 斤 = 50 公斤，少给的放回货源",
        "卖方供不上，取消了认购 100 斤 = 50 公斤",
    ]
    assert [line.why for line in history_of(pledge)][-3:] == ["雨大", "还是雨大", "摘不了"]


def test_a_hold_is_told_until_it_is_confirmed_or_given_up(cast, lot):
    by, dock = fresh(cast.association_clerk), make_dock(cast.association)
    facts = {"buyer": cast.association, "lot_id": lot.pk, "dock": dock, "window_from": dock.opens_at, "by": by}

    def hold(number: int) -> Pledge:
        return hold_lot(quantity=kg("100斤"), window_to=dock.closes_at, key=UUID(int=number), **facts)

    given_up = release_hold(hold(1), by=by)
    kept = confirm_hold(hold(2), quantity=kg("80斤"), by=by)
    same = confirm_hold(hold(3), quantity=kg("100斤"), by=by)

    assert told(given_up) == ["预留了 100 斤 = 50 公斤", "放弃了预留，100 斤 = 50 公斤 退回货源"]
    assert told(kept) == ["预留了 100 斤 = 50 公斤", "把预留的 100 斤 = 50 公斤 确认为认购 80 斤 = 40 公斤"]
    assert told(same)[1] == "把预留确认为认购 100 斤 = 50 公斤"


@pytest.mark.parametrize("verb", [*_VERBS, "something_new"])
def test_every_verb_has_a_sentence_without_a_gap(pledge, verb):
    record(pledge, verb, by=None, grams=50_000, from_state="06:00", to_state="12", reason="原因")

    line = history_of(pledge)[-1]

    assert line.sentence
    assert "%(" not in line.sentence
    assert "None" not in line.sentence


def test_a_lapsed_hold_says_so(pledge):
    record(pledge, "lapsed", by=None, grams=50_000)

    assert told(pledge)[-1] == "预留到时间没有确认，100 斤 = 50 公斤 退回货源"


@pytest.mark.parametrize(
    ("why", "sentence"),
    [
        ("", "落实弹性量 100 斤 = 50 公斤"),
        ("offer-7", "落实弹性量 100 斤 = 50 公斤"),
        ("快要坏了", "落实弹性量 100 斤 = 50 公斤：快要坏了"),
    ],
)
def test_a_grant_says_why_where_that_is_for_people(pledge, why, sentence):
    record(pledge, "granted", by=None, grams=50_000, reason=why)

    assert told(pledge)[-1] == sentence


def test_a_reference_taken_away_says_so(pledge, cast):
    change_pledge(pledge, quantity=kg("100斤"), reference="单 9", by=fresh(cast.buyer))
    change_pledge(pledge, quantity=kg("100斤"), reference="", by=fresh(cast.buyer))

    assert told(pledge)[1:] == ["把单号 / 备注改为“单 9”", "去掉了单号 / 备注"]


@pytest.mark.parametrize("who", ["buyer", "farmer", "helper", "commerce_desk"])
def test_both_sides_and_the_desk_read_the_same_history(client, cast, pledge, who):
    client.force_login(getattr(cast, who))

    page = client.get(reverse("orders:pledge", args=[pledge.pk])).content.decode()

    assert "认购了 100 斤 = 50 公斤" in page
    buys = who == "buyer"
    assert (reverse("orders:change", args=[pledge.pk]) in page) is buys
    assert (reverse("orders:cut", args=[pledge.pk]) in page) is not buys


def test_each_side_finds_the_other_sides_telephone(client, cast, pledge, dock):
    def page(who: str) -> str:
        client.force_login(getattr(cast, who))
        return client.get(reverse("orders:pledge", args=[pledge.pk])).content.decode()

    seller, buyer = cast.farmer.phone, dock.contact_phone
    assert [number in page("buyer") for number in (seller, buyer)] == [True, False]
    assert [number in page("farmer") for number in (seller, buyer)] == [False, True]
    assert [number in page("commerce_desk") for number in (seller, buyer)] == [True, True]


@pytest.mark.parametrize(
    "who", ["rival_buyer", "rival_farmer", "association_clerk", "dispatcher", "driver", "outsider"]
)
def test_nobody_else_reads_it(client, cast, pledge, who):
    client.force_login(getattr(cast, who))

    assert client.get(reverse("orders:pledge", args=[pledge.pk])).status_code == 404
    assert Event.objects.about(pledge).count() == 1
