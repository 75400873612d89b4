"""买家要货: what a seller reads of the pledges on the own lots, and saying that it will be less, or nothing."""

import datetime as dt
import uuid

import pytest
from django.urls import reverse

from market.enums import Role
from market.models import Event, Lot, Notice
from market.quantities import Quantity
from orders.actions.holds import hold_lot
from orders.actions.pledges import cancel_pledge
from orders.actions.progress import mark_moving, mark_planned
from orders.actions.shortfalls import cut_pledge
from orders.actions.stretches import grant_stretch
from orders.enums import PledgeState
from orders.models import Pledge
from tests.factories import make_live_listing, signed_in
from tests.factories.orders import fresh, kg, make_dock, make_pledge
from tests.pages import words_of

LIST = reverse("orders:to_bring")


@pytest.fixture
def farmer(cast):
    return signed_in(cast.farmer)


def read(browser, url: str = LIST, **query) -> str:
    page = browser.get(url, query)
    assert page.status_code == 200
    return words_of(page)


def facts_of(pledge: Pledge, **changes) -> dict:
    return {"quantity": "60斤", "reason": "昨夜大雨", "back_on_sale": "yes", **changes}


# --- the list ---


def test_the_day_says_what_to_make_ready_and_where_it_goes(farmer, cast, lot, dock):
    make_pledge(lot, dock, "1000斤", by=fresh(cast.buyer))
    make_pledge(lot, make_dock(cast.association), "2200斤", by=fresh(cast.association_clerk))

    words = read(farmer)
    html = farmer.get(LIST).content.decode()

    for said in (
        "明天要备 丝瓜（一等） 3,200 斤 = 1,600 公斤",
        "2 笔",
        "步步高天元店 ",
        "06:00–10:00",
        f"送到 {dock.name}",
    ):
        assert said in words
    assert f'href="tel:{dock.contact_phone}"' in html


def test_the_promised_and_the_stretch_are_told_apart(farmer, cast, lot, dock):
    pledge = make_pledge(lot, dock, "100斤", by=fresh(cast.buyer), most=kg("160斤"))
    assert "有多的，买方还可以多收 60 斤" in read(farmer)

    grant_stretch(pledge, grams=20_000, why="truck", by=None)
    words = read(farmer)

    assert "保底 100 斤 + 弹性 40 斤" in words
    assert "有多的，买方还可以多收 20 斤" in words
    assert "明天要备 丝瓜（一等） 140 斤 = 70 公斤" in words


def test_what_has_left_is_not_to_be_made_ready_and_a_hold_is_not_promised(farmer, cast, lot, dock):
    gone = make_pledge(lot, dock, "300斤", by=fresh(cast.buyer))
    mark_planned(gone.pk, by=None)
    mark_moving(gone.pk, by=None)
    cancelled = make_pledge(lot, dock, "500斤", by=fresh(cast.buyer))
    cancel_pledge(cancelled, reason="多了", by=fresh(cast.buyer))
    assert "要备" not in read(farmer)

    make_pledge(lot, dock, "200斤", by=fresh(cast.buyer))
    hold_for_the_association(lot, cast)
    words = read(farmer)

    assert "要备 丝瓜（一等） 200 斤 = 100 公斤" in words
    assert "丝瓜（一等） 300 斤 = 150 公斤 已经装车运走" in words
    assert "另有 400 斤 = 200 公斤 买方先留着" in words
    assert "500 斤" not in words
    assert "2 笔" in words


def hold_for_the_association(lot: Lot, cast) -> Pledge:
    return hold_lot(
        buyer=cast.association,
        lot_id=lot.pk,
        quantity=kg("400斤"),
        dock=make_dock(cast.association),
        window_from=dt.time(6),
        window_to=dt.time(10),
        key=uuid.uuid4(),
        by=fresh(cast.association_clerk),
    )


def test_today_and_later_are_shown_days_before_behind_a_link(farmer, cast, lot, dock):
    make_pledge(lot, dock, "321斤", by=fresh(cast.buyer))
    Pledge.objects.update(day=lot.day - dt.timedelta(days=2))

    assert "321 斤" not in read(farmer)
    assert "现在没有买家要货" in read(farmer)
    assert "321 斤" in read(farmer, past="1")


def test_nobody_reads_what_others_have_to_bring(cast, pledge):
    for person in (cast.rival_farmer, cast.cooperative_manager):
        words = read(signed_in(person))
        assert "步步高天元店" not in words
        assert "现在没有买家要货" in words
    assert "先登记农户或合作社" in read(signed_in(cast.outsider))
    assert "步步高天元店" in read(signed_in(cast.helper))


def test_who_sells_for_several_sees_each_by_name_and_alone(cast, reference, pledge):
    cast.cooperative.memberships.create(user=cast.helper, role=Role.HELPER)
    other = make_live_listing(
        cast.cooperative, reference["peach"], reference["village"], by=cast.cooperative_manager
    ).lots.get(day=pledge.day)
    make_pledge(other, pledge.dock, "700斤", by=fresh(cast.buyer))
    helper = signed_in(cast.helper)

    every = read(helper)
    alone = read(helper, reverse("orders:to_bring_for", args=[cast.cooperative.pk]))

    assert "黄桃" in every
    assert "丝瓜" in every
    assert "700 斤" in alone
    assert "100 斤" not in alone


def test_the_desk_reads_it_for_a_grower_who_telephones(cast, pledge):
    words = read(signed_in(cast.commerce_desk), reverse("orders:to_bring_for", args=[cast.household.pk]))

    assert cast.household.name in words
    assert "步步高天元店" in words


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_with_one_pledge_and_with_three(
    count, farmer, cast, listing, lot, dock, django_assert_num_queries
):
    for number in range(count):
        make_pledge(
            listing.lots.get(day=lot.day + dt.timedelta(days=number % 2)),
            make_dock(cast.supermarket),
            by=fresh(cast.buyer),
        )
    farmer.get(LIST)

    with django_assert_num_queries(9):
        farmer.get(LIST)


def test_long_days_have_pages_but_one_harvest(farmer, cast, lot, dock):
    for _ in range(31):
        make_pledge(lot, dock, "50斤", by=fresh(cast.buyer))

    second = read(farmer, page="2")

    assert "31 笔" in second
    assert "1,550 斤 = 775 公斤" in second
    assert read(farmer, page="x")


# --- less than promised ---


def test_the_seller_says_how_much_there_is_and_the_rest_goes_back_on_sale(farmer, cast, lot, pledge):
    answer = farmer.post(reverse("orders:cut", args=[pledge.pk]), facts_of(pledge))

    fresh_lot, now = Lot.objects.get(pk=lot.pk), Pledge.objects.get(pk=pledge.pk)
    assert (answer.status_code, answer.url) == (302, reverse("orders:pledge", args=[pledge.pk]))
    assert (now.taken_g, now.short_g, fresh_lot.reserved_g, fresh_lot.withdrawn_g) == (30_000, 20_000, 30_000, 0)
    assert "买方要 100 斤，您说过少供 40 斤" in read(farmer)


def test_or_the_rest_is_gone(farmer, lot, pledge):
    farmer.post(reverse("orders:cut", args=[pledge.pk]), facts_of(pledge, back_on_sale="no"))

    now = Lot.objects.get(pk=lot.pk)
    assert (now.offered_g, now.reserved_g, now.withdrawn_g) == (9_980_000, 30_000, 20_000)


def test_a_second_tap_changes_nothing(farmer, cast, pledge):
    for _ in range(2):
        farmer.post(reverse("orders:cut", args=[pledge.pk]), facts_of(pledge))

    assert Event.objects.about(pledge).filter(verb="cut").count() == 1
    assert Notice.objects.filter(recipient=cast.supermarket).count() == 1


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"quantity": ""}, "请写上数量"),
        ({"quantity": "一些"}, "一些"),
        ({"quantity": "100斤"}, "请写一个更少的数"),
        ({"quantity": "300斤"}, "请写一个更少的数"),
        ({"reason": " "}, "请写明原因，买方要看"),
        ({"back_on_sale": ""}, "请选剩下的还能不能卖给别人"),
        ({"back_on_sale": "maybe"}, "请选剩下的还能不能卖给别人"),
    ],
)
def test_what_is_missing_is_said_beside_its_field_and_nothing_is_written(changes, said, farmer, cast, pledge, lot):
    page = farmer.post(reverse("orders:cut", args=[pledge.pk]), facts_of(pledge, **changes))

    assert page.status_code == 200
    assert said in words_of(page)
    assert "field-error" in page.content.decode()
    assert Pledge.objects.get(pk=pledge.pk).taken_g == Lot.objects.get(pk=lot.pk).reserved_g == 50_000
    assert not Event.objects.about(pledge).filter(verb="cut").exists()
    assert not Notice.objects.exists()


def test_the_desk_answers_for_the_grower_and_both_names_are_kept(cast, pledge):
    desk = signed_in(cast.commerce_desk)
    assert "替 王建国家 填写时，双方姓名都会记录" in read(desk, reverse("orders:cut", args=[pledge.pk]))

    desk.post(reverse("orders:cut", args=[pledge.pk]), facts_of(pledge))

    event = Event.objects.about(pledge).get(verb="cut")
    assert (event.by, event.on_behalf_of) == (cast.commerce_desk, cast.household)


# --- nothing at all ---


@pytest.mark.parametrize(("answer", "offered", "withdrawn"), [("yes", 10_000_000, 0), ("no", 9_950_000, 50_000)])
def test_nothing_at_all_cancels_and_says_whether_it_is_for_sale_again(
    answer, offered, withdrawn, farmer, cast, lot, pledge
):
    form = {"reason": "被淹了", "back_on_sale": answer}
    for _ in range(2):
        farmer.post(reverse("orders:cancel_by_seller", args=[pledge.pk]), form)

    now = Lot.objects.get(pk=lot.pk)
    [event] = Event.objects.about(pledge).filter(verb="cancelled_by_seller")
    assert Pledge.objects.get(pk=pledge.pk).state == PledgeState.CANCELLED
    assert (now.offered_g, now.reserved_g, now.withdrawn_g) == (offered, 0, withdrawn)
    assert (event.reason, event.by) == ("被淹了", cast.farmer)
    assert Notice.objects.filter(recipient=cast.supermarket).count() == 1


@pytest.mark.parametrize("changes", [{"reason": ""}, {"back_on_sale": ""}])
def test_cancelling_wants_a_reason_and_an_answer(changes, farmer, pledge):
    form = {"reason": "被淹了", "back_on_sale": "yes", **changes}

    page = farmer.post(reverse("orders:cancel_by_seller", args=[pledge.pk]), form)

    assert "field-error" in page.content.decode()
    assert Pledge.objects.get(pk=pledge.pk).state == PledgeState.PLACED


@pytest.mark.parametrize("name", ["orders:cut", "orders:cancel_by_seller"])
@pytest.mark.parametrize("state", PledgeState.values)
def test_once_it_is_on_the_way_the_page_says_whom_to_call(name, state, farmer, pledge):
    held_until = dt.datetime(2030, 1, 1, tzinfo=dt.UTC) if state == PledgeState.HELD else None
    Pledge.objects.filter(pk=pledge.pk).update(state=state, held_until=held_until)
    url = reverse(name, args=[pledge.pk])

    shown = words_of(farmer.get(url))
    answered = farmer.post(url, facts_of(pledge))

    is_open = state in {PledgeState.PLACED, PledgeState.PLANNED}
    is_done_already = name == "orders:cancel_by_seller" and state == PledgeState.CANCELLED
    assert ("不能再改" in shown) is not is_open
    assert answered.status_code == (302 if is_open or is_done_already else 200)


@pytest.mark.parametrize("name", ["orders:cut", "orders:cancel_by_seller"])
@pytest.mark.parametrize("who", ["rival_farmer", "buyer", "rival_buyer", "agriculture_desk", "dispatcher", "outsider"])
def test_nobody_else_answers_for_the_seller(name, who, cast, pledge):
    answer = signed_in(getattr(cast, who)).post(reverse(name, args=[pledge.pk]), facts_of(pledge))

    assert answer.status_code == 404
    assert Pledge.objects.get(pk=pledge.pk).taken_g == 50_000


def test_a_shortage_is_said_again_in_the_list_of_the_seller(farmer, cast, pledge):
    cut_pledge(pledge, to=kg("10斤"), reason="雨", back_on_sale=True, by=fresh(cast.farmer))

    assert "要备 丝瓜（一等） 10 斤 = 5 公斤" in read(farmer)


def test_a_seller_reads_of_bringing_and_a_buyer_of_getting(cast, lot, dock):
    pledge = make_pledge(lot, dock, "1000斤", by=fresh(cast.buyer))
    cut_pledge(pledge, to=Quantity.parse("300斤"), reason="下雨", back_on_sale=False, by=fresh(cast.farmer))

    seller, buyer = (
        words_of(signed_in(person).get(reverse("orders:pledge", args=[pledge.pk])))
        for person in (cast.farmer, cast.buyer)
    )

    assert "您少供 700 斤 = 350 公斤 一共要供 300 斤 = 150 公斤" in seller
    assert "卖方少给 700 斤 = 350 公斤 实得 300 斤 = 150 公斤" in buyer
