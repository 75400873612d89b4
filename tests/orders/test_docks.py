"""Docks: added, changed, out of use and back, by those who buy for the organisation only."""

import datetime as dt
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest
from django.urls import reverse
from django.utils import timezone

from market.exceptions import NotAllowed
from market.models import Event, Listing
from orders import exceptions as refusals
from orders.actions.demands import cancel_demand
from orders.actions.docks import add_dock, change_dock, stop_dock, use_dock
from orders.actions.offers import withdraw_offer
from orders.actions.standing import end_standing, pause_standing
from orders.models import Demand, Dock, StandingPledge
from tests.factories.orders import fresh, make_dock
from tests.factories.standing import make_standing
from tests.factories.talks import make_buyers_offer, make_demand


@pytest.fixture
def facts(reference) -> dict[str, object]:
    return {
        "name": "北门",
        "place": reference["baiguan"],
        "address": "黄河北路 88 号",
        "opens_at": dt.time(5),
        "closes_at": dt.time(12),
        "contact_name": "老孙",
        "contact_phone": "13800000002",
    }


@pytest.fixture
def form(reference, cast) -> dict[str, object]:
    return {
        "organisation": cast.supermarket.pk,
        "name": "北门",
        "county": reference["lusong"].code,
        "place": reference["baiguan"].code,
        "address": "",
        "opens_at": "05:00",
        "closes_at": "12:00",
        "contact_name": "老孙",
        "contact_phone": "0731-28812345",
    }


@pytest.fixture
def buyer(client, cast):
    client.force_login(cast.buyer)
    return client


def test_a_dock_is_added_once_with_one_line_of_history(cast, facts):
    for _ in range(2):
        dock = add_dock(organisation=cast.supermarket, by=fresh(cast.buyer), **facts)

    assert Dock.objects.get() == dock
    assert Event.objects.about(dock).get().verb == "added"


def test_another_dock_of_the_same_name_is_refused(cast, facts):
    add_dock(organisation=cast.supermarket, by=fresh(cast.buyer), **facts)

    with pytest.raises(refusals.DockNameTaken):
        add_dock(organisation=cast.supermarket, by=fresh(cast.buyer), **{**facts, "address": "别处"})

    assert Dock.objects.count() == 1
    add_dock(organisation=cast.rival_supermarket, by=fresh(cast.rival_buyer), **facts)


def test_hours_the_wrong_way_round_are_refused(cast, facts):
    with pytest.raises(refusals.DockHoursBackwards):
        add_dock(organisation=cast.supermarket, by=fresh(cast.buyer), **{**facts, "closes_at": dt.time(5)})

    assert Dock.objects.count() == 0


def test_a_change_is_kept_and_the_same_again_writes_nothing(cast, facts):
    dock = add_dock(organisation=cast.supermarket, by=fresh(cast.buyer), **facts)

    for _ in range(2):
        change_dock(dock, by=fresh(cast.buyer), **{**facts, "closes_at": dt.time(13)})

    assert Dock.objects.get().closes_at == dt.time(13)
    assert list(Event.objects.about(dock).values_list("verb", flat=True)) == ["added", "changed"]


def test_a_change_to_a_name_that_is_taken_is_refused(cast, facts):
    add_dock(organisation=cast.supermarket, by=fresh(cast.buyer), **facts)
    other = make_dock(cast.supermarket, name="南门")

    with pytest.raises(refusals.DockNameTaken):
        change_dock(other, by=fresh(cast.buyer), **facts)

    assert Dock.objects.get(pk=other.pk).name == "南门"


def test_out_of_use_and_back_twice_each(cast):
    dock = make_dock(cast.supermarket)

    for turn in (stop_dock, stop_dock, use_dock, use_dock):
        turn(dock, by=fresh(cast.buyer))

    assert Dock.objects.get().is_active is True
    assert list(Event.objects.about(dock).values_list("verb", flat=True)) == ["stopped", "used_again"]


def test_a_dock_that_waits_for_goods_stays_in_use(cast, pledge, dock):
    with pytest.raises(refusals.DockAwaitsGoods) as refusal:
        stop_dock(dock, by=fresh(cast.buyer))

    assert "1 笔" in str(refusal.value)
    assert Dock.objects.get(pk=dock.pk).is_active is True


def _demand(cast, lot, dock) -> Callable[[], Any]:
    demand = make_demand(lot.produce, dock, by=fresh(cast.buyer))
    return lambda: cancel_demand(demand, by=fresh(cast.buyer))


def _standing(cast, lot, dock) -> Callable[[], Any]:
    standing = make_standing(lot.listing, dock, by=fresh(cast.buyer))
    pause_standing(standing, by=fresh(cast.buyer))
    return lambda: end_standing(standing, by=fresh(cast.buyer))


def _offer(cast, lot, dock) -> Callable[[], Any]:
    Listing.objects.filter(pk=lot.listing_id).update(price=None)
    offer = make_buyers_offer(lot, dock, by=fresh(cast.buyer))
    return lambda: withdraw_offer(offer, by=fresh(cast.buyer))


@pytest.mark.parametrize("ask", [_demand, _standing, _offer])
def test_a_dock_that_goods_are_asked_for_stays_in_use_until_the_asking_ends(cast, lot, dock, ask):
    end = ask(cast, lot, dock)

    with pytest.raises(refusals.DockStillNamed) as refusal:
        stop_dock(dock, by=fresh(cast.buyer))
    assert "1 笔求购、每日认购或报价" in str(refusal.value)
    assert Dock.objects.get(pk=dock.pk).is_active is True

    end()
    assert stop_dock(dock, by=fresh(cast.buyer)).is_active is False


def test_what_was_asked_for_days_gone_by_keeps_no_dock(cast, lot, dock):
    _demand(cast, lot, dock)
    _standing(cast, lot, dock)
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    for model in (Demand, StandingPledge):  # the clock has not come by to end them
        model.objects.update(first_day=yesterday, last_day=yesterday)

    assert stop_dock(dock, by=fresh(cast.buyer)).is_active is False


@pytest.mark.parametrize("who", ["rival_buyer", "farmer", "admin", "outsider"])
def test_only_those_who_buy_for_the_organisation_touch_its_docks(cast, facts, who):
    stranger = fresh(getattr(cast, who))
    dock = make_dock(cast.supermarket, name="南门")

    with pytest.raises(NotAllowed):
        add_dock(organisation=cast.supermarket, by=stranger, **facts)
    with pytest.raises(NotAllowed):
        change_dock(dock, by=stranger, **facts)
    with pytest.raises(NotAllowed):
        stop_dock(dock, by=stranger)
    with pytest.raises(NotAllowed):
        use_dock(dock, by=stranger)

    assert Dock.objects.get().name == "南门"


def test_a_dock_is_added_by_form(buyer, form, cast, reference):
    page = buyer.post(reverse("orders:dock_new"), form, follow=True).content.decode()

    dock = Dock.objects.get()
    assert (dock.organisation, dock.place, dock.opens_at) == (cast.supermarket, reference["baiguan"], dt.time(5))
    assert "收货点“北门”已登记" in page


def test_after_a_new_dock_the_buyer_is_back_at_the_goods(buyer, form, lot):
    goods = reverse("orders:place", args=[lot.pk])
    asked = buyer.get(goods).content.decode()
    assert (url := f"{reverse('orders:dock_new')}?back={goods}") in asked
    assert f'href="{goods}"' in buyer.get(url).content.decode()

    assert buyer.post(url, form)["Location"] == goods


@pytest.mark.parametrize(
    "back", ["//evil.example/", "https://evil.example/", "javascript:alert(1)", "/\\\\evil.example"]
)
def test_the_way_back_leads_nowhere_else(buyer, form, back):
    url = f"{reverse('orders:dock_new')}?{urlencode({'back': back})}"

    assert f'href="{back}' not in buyer.get(url).content.decode()
    assert buyer.post(url, form)["Location"] == reverse("orders:docks")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"name": ""}, "请给收货点起个名字"),
        ({"closes_at": "04:00"}, "停止收货的时间要晚于开始收货的时间"),
        ({"opens_at": "25:00"}, "时间要写成"),
        ({"place": "430225000000"}, "请选这个县区里的乡镇街道"),
        ({"contact_phone": "打给我"}, "不像电话号码"),
        ({"organisation": "1"}, "请从列表里选自己的单位"),
        ({"name": "长" * 61}, "写得太长"),
    ],
)
def test_a_wrong_dock_gets_a_sentence_and_is_not_added(buyer, form, changes, sentence):
    response = buyer.post(reverse("orders:dock_new"), {**form, **changes})

    assert response.status_code == 200
    assert sentence in response.content.decode()
    assert Dock.objects.count() == 0


def test_without_a_script_the_townships_come_by_a_button(buyer, form, reference):
    page = buyer.post(reverse("orders:dock_new"), {**form, "place": "", "towns": "1"}).content.decode()

    assert reference["baiguan"].code in page
    assert 'value="北门"' in page
    assert Dock.objects.count() == 0


def test_the_townships_of_a_county_come_as_options(buyer, reference):
    url = reverse("orders:townships")

    assert "白关镇" in buyer.get(url, {"county": reference["lusong"].code}).content.decode()
    assert "白关镇" not in buyer.get(url, {"county": "<script>"}).content.decode()


def test_a_dock_is_changed_and_taken_out_of_use_by_form(buyer, form, cast):
    dock = make_dock(cast.supermarket)

    buyer.post(reverse("orders:dock", args=[dock.pk]), form)
    buyer.post(reverse("orders:dock_use", args=[dock.pk]), {"use": "no"})

    dock.refresh_from_db()
    assert (dock.name, dock.is_active) == ("北门", False)
    assert "已停用" in buyer.get(reverse("orders:docks")).content.decode()


def test_somebody_elses_dock_is_not_found(client, cast, form):
    dock = make_dock(cast.supermarket, name="南门")
    client.force_login(cast.rival_buyer)

    assert client.get(reverse("orders:dock", args=[dock.pk])).status_code == 404
    assert client.post(reverse("orders:dock", args=[dock.pk]), form).status_code == 404
    assert client.post(reverse("orders:dock_use", args=[dock.pk]), {"use": "no"}).status_code == 404
    assert "南门" not in client.get(reverse("orders:docks")).content.decode()
    dock.refresh_from_db()
    assert (dock.name, dock.is_active) == ("南门", True)


def test_the_list_of_docks_costs_the_same_with_one_and_with_three(buyer, cast, django_assert_num_queries):
    make_dock(cast.supermarket)
    with django_assert_num_queries(6):
        buyer.get(reverse("orders:docks"))
    make_dock(cast.supermarket)
    make_dock(cast.supermarket)

    with django_assert_num_queries(6):
        buyer.get(reverse("orders:docks"))
