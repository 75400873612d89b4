"""What will spoil unsold, who is told of it, and the desk's page."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from market.exceptions import NotAllowed
from market.models import Event, Lot, Notice
from orders.actions import spoiling as action
from orders.actions.spoiling import push_spoiling, push_spoiling_by_clock
from orders.queries.spoiling import may_want, spoiling_lots
from tests.factories.matching import make_lot
from tests.factories.orders import fresh, kg, make_dock, make_pledge
from tests.factories.talks import make_demand
from tests.pages import logged_in, words_of

HOURS = 48  # tomorrow's lots, whatever the hour the test runs at


@pytest.fixture
def lot(cast, reference) -> Lot:
    return make_lot(cast.household, reference["loofah"], reference["village"], "3000斤", by=cast.farmer)


def test_a_lot_is_on_the_list_when_its_day_ends_within_the_hours_and_it_does_not_keep(cast, reference, lot):
    noon = timezone.make_aware(dt.datetime.combine(lot.day, dt.time(12)))

    assert lot in spoiling_lots(12, noon)
    assert lot not in spoiling_lots(11, noon)
    assert lot not in spoiling_lots(12, noon - dt.timedelta(hours=1))
    peach = make_lot(cast.household, reference["peach"], reference["village"], "3000斤", by=cast.farmer)
    assert peach not in spoiling_lots(24, noon)  # keeps five days: on sale again tomorrow


def test_what_is_sold_closed_or_past_is_not_on_the_list(cast, reference, lot):
    make_pledge(lot, make_dock(cast.supermarket), "3000斤", by=fresh(cast.buyer))

    assert lot not in spoiling_lots(HOURS)


def test_those_are_told_who_may_want_it_and_each_once(cast, reference, lot):
    other = make_lot(cast.cooperative, reference["loofah"], reference["village"], "900斤", by=cast.cooperative_manager)
    make_pledge(other, make_dock(cast.association), "100斤", by=fresh(cast.association_clerk))
    make_demand(reference["loofah"], make_dock(cast.rival_supermarket), "5斤", by=fresh(cast.rival_buyer))
    make_pledge(lot, make_dock(cast.supermarket), "100斤", by=fresh(cast.buyer), most=kg("200斤"))

    assert may_want([lot])[lot.pk] == {cast.association.pk, cast.rival_supermarket.pk, cast.supermarket.pk}
    told = push_spoiling(by=fresh(cast.commerce_desk), hours=HOURS)

    assert Notice.objects.filter(key=f"spoiling-{lot.pk}").count() == 3
    assert told == Notice.objects.filter(key__startswith="spoiling-").count()
    notice = Notice.objects.get(recipient=cast.supermarket, key=f"spoiling-{lot.pk}")
    assert notice.url == reverse("orders:place", args=[lot.pk])
    assert notice.facts["left_g"] == 1_450_000
    assert Event.objects.about(lot).get(verb="pushed").reason == "3"
    assert push_spoiling(by=None, hours=HOURS) == 0
    assert Notice.objects.filter(key__startswith="spoiling-").count() == told


def test_a_demand_that_does_not_fit_is_not_told(cast, reference, lot):
    from decimal import Decimal

    make_demand(
        reference["loofah"], make_dock(cast.supermarket), "5斤", by=fresh(cast.buyer), price_at_most=Decimal("1")
    )
    make_demand(reference["peach"], make_dock(cast.supermarket), "5斤", by=fresh(cast.buyer))

    assert push_spoiling(by=None, hours=HOURS) == 0


def test_a_buyer_is_not_flooded(cast, reference, lot, monkeypatch):
    monkeypatch.setattr(action, "MOST_A_BUYER", 1)
    make_lot(cast.cooperative, reference["loofah"], reference["village"], "900斤", by=cast.cooperative_manager)
    make_demand(reference["loofah"], make_dock(cast.supermarket), "5斤", by=fresh(cast.buyer))

    assert push_spoiling(by=None, hours=HOURS) == 1
    assert push_spoiling(by=None, hours=HOURS) == 1
    assert push_spoiling(by=None, hours=HOURS) == 0


def test_the_clock_does_it_once_an_hour(monkeypatch):
    pushed = []
    monkeypatch.setattr(action, "push_spoiling", lambda *, by: pushed.append(by) or 3)
    moment = timezone.now().replace(minute=0)
    monkeypatch.setattr(action.timezone, "now", lambda: moment)
    assert push_spoiling_by_clock() == 3
    monkeypatch.setattr(action.timezone, "now", lambda: moment.replace(minute=1))
    assert push_spoiling_by_clock() == 0
    assert pushed == [None]


def test_only_the_desk_and_the_clock_push(cast, lot):
    for name, person in cast.people().items():
        if name not in ("commerce_desk", "admin"):
            with pytest.raises(NotAllowed):
                push_spoiling(by=fresh(person))


def test_the_page_says_what_was_done_and_costs_the_same_with_many(cast, reference, lot, django_assert_max_num_queries):
    client = logged_in(cast.commerce_desk)
    url = f"{reverse('orders:spoiling')}?hours=48"
    assert "还没有告诉谁" in words_of(client.get(url))
    make_demand(reference["loofah"], make_dock(cast.supermarket), "5斤", by=fresh(cast.buyer))
    push_spoiling(by=None, hours=HOURS)
    for _ in range(3):
        make_lot(cast.household, reference["loofah"], reference["village"], "900斤", by=cast.farmer)

    with django_assert_max_num_queries(9):
        page = client.get(url)

    assert "共 1 家" in words_of(page)
    assert client.post(reverse("orders:spoiling_push")).status_code == 302


def test_the_page_sums_up_and_the_button_tells_of_the_lots_it_shows(cast, reference, lot):
    make_lot(cast.household, reference["loofah"], reference["village"], "900斤", by=cast.farmer)
    make_demand(reference["loofah"], make_dock(cast.supermarket), "5斤", by=fresh(cast.buyer))
    client = logged_in(cast.commerce_desk)
    url = reverse("orders:spoiling")

    sums = client.get(url, {"hours": 48}).context["sums"]
    asked = client.post(reverse("orders:spoiling_push"), {"hours": "48"})

    left = [one.remaining_g for one in spoiling_lots(48)]
    assert (sums.lots, sums.grams) == (len(left), sum(left))
    assert [(bar.label, bar.grams) for bar in sums.bars] == [("丝瓜", sum(left))]
    assert asked.url == f"{url}?hours=48"
    assert Notice.objects.filter(key=f"spoiling-{lot.pk}").exists()
    assert client.post(reverse("orders:spoiling_push"), {"hours": "9 or more"}).url == f"{url}?hours=24"


def test_an_empty_page_says_so(cast, db):
    assert "没有快坏的货" in words_of(logged_in(cast.commerce_desk).get(reverse("orders:spoiling")))
