"""A buyer's list, one pledge, changing and cancelling by form, and the block on a lot's page."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from market.enums import OrganisationKind, Role, VerificationState
from market.models import Event, Lot, Organisation
from orders.actions.pledges import cancel_pledge, change_pledge
from orders.actions.progress import mark_moving, mark_planned
from orders.enums import PledgeState
from orders.models import Pledge
from orders.queries.pledges import pledges_by_day
from tests.factories import make_organisation
from tests.factories.orders import fresh, kg, make_dock, make_pledge


@pytest.fixture
def buyer(client, cast):
    client.force_login(cast.buyer)
    return client


def page_of(client, name: str, *args, **query) -> str:
    response = client.get(reverse(name, args=args), query)
    assert response.status_code == 200
    return response.content.decode()


# --- the list ---


def test_the_list_groups_by_day_with_totals_and_leaves_cancelled_ones_out_of_them(buyer, cast, listing, lot, dock):
    make_pledge(lot, dock, "100斤", by=fresh(cast.buyer))
    planned = make_pledge(lot, dock, "200斤", by=fresh(cast.buyer))
    mark_planned(planned.pk, by=cast.dispatcher)
    cancel_pledge(make_pledge(lot, dock, "400斤", by=fresh(cast.buyer)), reason="多了", by=fresh(cast.buyer))

    page = page_of(buyer, "orders:pledges")

    assert "明天" in page
    assert "3 笔，共 300 斤 = 150 公斤" in page


def test_the_days_to_come_stand_first_the_nearest_before_all_and_then_the_past(cast, listing, lot, dock):
    today = timezone.localdate()
    for days in (2, -3, 1, -1, 0):
        pledge = make_pledge(lot, dock, by=fresh(cast.buyer))
        Pledge.objects.filter(pk=pledge.pk).update(day=today + dt.timedelta(days=days))

    _page, days = pledges_by_day(Pledge.objects.all(), 1)

    assert [(one.day - today).days for one in days] == [0, 1, 2, -1, -3]


def test_the_list_can_be_filtered_by_state_and_day(buyer, cast, listing, lot, dock):
    later = listing.lots.get(day=lot.day + dt.timedelta(days=1))
    make_pledge(lot, dock, "111斤", by=fresh(cast.buyer))
    mark_planned(make_pledge(later, dock, "222斤", by=fresh(cast.buyer)).pk, by=cast.dispatcher)

    by_state = page_of(buyer, "orders:pledges", state="planned")
    by_day = page_of(buyer, "orders:pledges", day=lot.day.isoformat())
    neither = page_of(buyer, "orders:pledges", state="received")

    assert ("222 斤" in by_state, "111 斤" in by_state) == (True, False)
    assert ("222 斤" in by_day, "111 斤" in by_day) == (False, True)
    assert "没有符合的认购" in neither


def test_a_filter_nobody_knows_gets_a_sentence(buyer, pledge):
    assert "100 斤" in page_of(buyer, "orders:pledges", day="<b>", state="nonsense", page="x")


def test_the_list_costs_the_same_with_one_pledge_and_with_three(
    buyer, cast, listing, lot, dock, django_assert_num_queries
):
    make_pledge(lot, dock, by=fresh(cast.buyer))
    with django_assert_num_queries(8):
        page_of(buyer, "orders:pledges")
    make_pledge(lot, make_dock(cast.supermarket), by=fresh(cast.buyer))
    make_pledge(listing.lots.get(day=lot.day + dt.timedelta(days=1)), dock, by=fresh(cast.buyer))

    with django_assert_num_queries(8):
        page_of(buyer, "orders:pledges")


def test_the_list_shows_own_pledges_only(client, cast, pledge):
    client.force_login(cast.rival_buyer)

    page = page_of(client, "orders:pledges")

    assert "还没有认购" in page
    assert reverse("orders:pledge", args=[pledge.pk]) not in page


def test_who_has_no_buying_organisation_is_told_how_to_get_one(client, cast):
    client.force_login(cast.outsider)

    assert "认购要先登记采购单位" in page_of(client, "orders:pledges")


def test_long_lists_have_pages(buyer, cast, lot, dock):
    for _ in range(31):
        make_pledge(lot, dock, "50斤", by=fresh(cast.buyer))

    assert "31 笔，共 1,550 斤" in page_of(buyer, "orders:pledges", page=2)


# --- one pledge ---


def test_the_history_is_told_in_sentences_with_the_reason(buyer, cast, pledge):
    change_pledge(pledge, quantity=kg("300斤"), window_to=dt.time(12), by=fresh(cast.buyer))
    cancel_pledge(pledge, reason="<i>车坏了</i>", by=fresh(cast.buyer))

    page = page_of(buyer, "orders:pledge", pledge.pk)

    for sentence in (
        "认购了 100 斤 = 50 公斤",
        "把送达时段从 06:00–10:00 改为 06:00–12:00",
        "把数量从 100 斤 = 50 公斤 改为 300 斤 = 150 公斤",
        "取消了认购，300 斤 = 150 公斤 退回货源",
        "&lt;i&gt;车坏了&lt;/i&gt;",
    ):
        assert sentence in page


def test_what_a_helper_did_says_for_whom(buyer, cast, lot, dock):
    school = make_organisation("一中食堂", OrganisationKind.CANTEEN, dock.place, (cast.buyer, Role.HELPER))
    pledge = make_pledge(lot, make_dock(school), by=fresh(cast.buyer))

    assert "赵采购 代 一中食堂" in page_of(buyer, "orders:pledge", pledge.pk)


def test_price_amount_and_window_are_shown(buyer, pledge):
    page = page_of(buyer, "orders:pledge", pledge.pk)

    assert "1.20 元/斤" in page
    assert "120.00 元" in page
    assert "06:00–10:00" in page


def test_one_pledge_costs_the_same_with_one_line_of_history_and_with_three(
    buyer, cast, pledge, django_assert_num_queries
):
    with django_assert_num_queries(8):
        page_of(buyer, "orders:pledge", pledge.pk)
    change_pledge(pledge, quantity=kg("300斤"), window_to=dt.time(12), by=fresh(cast.buyer))

    with django_assert_num_queries(8):
        page_of(buyer, "orders:pledge", pledge.pk)


@pytest.mark.parametrize("name", ["placed", "change", "cancel"])
@pytest.mark.parametrize("who", ["rival_buyer", "association_clerk", "farmer", "dispatcher", "admin", "outsider"])
def test_somebody_elses_pledge_is_not_found(client, cast, pledge, name, who):
    client.force_login(getattr(cast, who))
    url = reverse(f"orders:{name}", args=[pledge.pk])

    assert client.get(url).status_code == 404
    if name in ("change", "cancel"):
        assert client.post(url, {"quantity": "500斤", "reason": "x"}).status_code == 404
    assert Pledge.objects.get().firm_g == 50_000


# --- changing and cancelling by form ---


def changed(pledge: Pledge, **changes) -> dict[str, object]:
    return {
        "quantity": "100斤",
        "dock": pledge.dock_id,
        "window_from": "06:00",
        "window_to": "10:00",
        "reference": "",
        **changes,
    }


def test_a_change_by_form_is_kept_and_said(buyer, pledge, lot):
    response = buyer.post(
        reverse("orders:change", args=[pledge.pk]), changed(pledge, quantity="15筐", reference="单 3"), follow=True
    )

    assert "已修改" in response.content.decode()
    pledge.refresh_from_db()
    assert (pledge.firm_g, pledge.firm_typed, pledge.reference) == (300_000, "15筐", "单 3")
    assert Lot.objects.get(pk=lot.pk).reserved_g == 300_000


def test_packs_in_a_change_count_as_they_were_agreed(buyer, pledge, listing):
    type(listing).objects.filter(pk=listing.pk).update(pack_g=1_000)

    buyer.post(reverse("orders:change", args=[pledge.pk]), changed(pledge, quantity="2筐"))

    assert Pledge.objects.get().firm_g == 40_000


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"quantity": "-1斤"}, "不能是负数"),
        ({"quantity": "20001斤"}, "货源只剩 1.99 万斤 = 9.95 吨，连同已经认购的最多改到 2 万斤 = 10 吨"),
        ({"quantity": "10斤"}, "起订量是 50 斤"),
        ({"window_to": "22:00"}, "收货时间是 04:00 到 20:00"),
        ({"dock": "0"}, "请从列表里选收货点"),
    ],
)
def test_a_wrong_change_gets_a_sentence_and_changes_nothing(buyer, pledge, lot, changes, sentence):
    response = buyer.post(reverse("orders:change", args=[pledge.pk]), changed(pledge, **changes))

    assert sentence in response.content.decode()
    assert Pledge.objects.get().firm_g == 50_000
    assert Lot.objects.get(pk=lot.pk).reserved_g == 50_000
    assert Event.objects.about(pledge).count() == 1


def test_the_form_of_change_keeps_a_dock_that_went_out_of_use(buyer, pledge, dock):
    type(dock).objects.filter(pk=dock.pk).update(is_active=False)

    assert dock.name in page_of(buyer, "orders:change", pledge.pk)


def test_cancelling_by_form_asks_for_the_reason_and_keeps_it(buyer, pledge, lot):
    url = reverse("orders:cancel", args=[pledge.pk])

    refused = buyer.post(url, {"reason": " "})
    assert "请写明取消的原因" in refused.content.decode()
    assert Pledge.objects.get().state == PledgeState.PLACED

    for _ in range(2):
        done = buyer.post(url, {"reason": "车来不了"}, follow=True)
    assert "认购已取消" in done.content.decode()
    assert Lot.objects.get(pk=lot.pk).reserved_g == 0
    assert Event.objects.about(pledge).count() == 2


def test_a_planned_pledge_offers_no_change_and_refuses_it_with_the_cure(buyer, cast, pledge):
    mark_planned(pledge.pk, by=cast.dispatcher)
    mark_moving(pledge.pk, by=cast.dispatcher)

    page = page_of(buyer, "orders:pledge", pledge.pk)
    answer = buyer.post(reverse("orders:change", args=[pledge.pk]), changed(pledge, quantity="200斤"))

    assert reverse("orders:change", args=[pledge.pk]) not in page
    assert "这笔认购运输中，不能再改或取消" in answer.content.decode()
    assert Pledge.objects.get().firm_g == 50_000


# --- the block on a lot's page ---


def test_the_lots_page_offers_what_the_reader_may_do(client, cast, lot, dock):
    place, sheet = reverse("orders:place", args=[lot.pk]), reverse("orders:sheet", args=[lot.pk])

    assert f"?next={place}" in page_of(client, "market:lot", lot.pk)
    client.force_login(cast.buyer)
    page = page_of(client, "market:lot", lot.pk)
    assert (place in page, sheet in page) == (True, False)
    client.force_login(cast.association_clerk)
    assert sheet in page_of(client, "market:lot", lot.pk)
    client.force_login(cast.farmer)
    assert "这是您的货" in page_of(client, "market:lot", lot.pk)
    client.force_login(cast.outsider)
    assert "认购要先登记采购单位" in page_of(client, "market:lot", lot.pk)


def test_a_buyer_that_waits_for_the_bureau_reads_so_and_sees_no_telephone(client, cast, lot, dock):
    Organisation.objects.filter(pk=cast.supermarket.pk).update(verification=VerificationState.WAITING)
    client.force_login(cast.buyer)

    assert "还在等主管部门核实" in page_of(client, "market:lot", lot.pk)
    form = page_of(client, "orders:place", lot.pk)
    assert "还在等主管部门核实" in form
    assert cast.farmer.local_phone not in form
