"""The dispatcher reads on a trip what buyers and sellers have changed of it since it was planned."""

import pytest
from django.urls import reverse

from market.quantities import Quantity
from orders.actions.pledges import cancel_pledge
from orders.actions.shortfalls import cut_pledge
from orders.logistics.actions.trips import add_trip
from orders.logistics.models import Trip
from tests.factories.orders import fresh
from tests.pages import logged_in, words_of


@pytest.fixture
def pledges(day):
    return [day.pledge("1000斤"), day.pledge("600斤")]


@pytest.fixture
def trip(day, pledges) -> Trip:
    wanted = [(pledge.allocations.get().pk, None) for pledge in pledges]
    return add_trip(day.day, day.truck(), wanted, by=day.cast.dispatcher)


def test_a_cut_and_a_cancelled_pledge_stand_on_the_trip_with_the_reason(day, pledges, trip):
    url = reverse("logistics:trip", args=[trip.pk])
    assert "排好以后的变动" not in words_of(logged_in(day.cast.dispatcher).get(url))
    cut_pledge(pledges[0], to=Quantity.parse("300斤"), reason="下雨", back_on_sale=False, by=fresh(day.cast.farmer))
    cancel_pledge(pledges[1], reason="断电", by=fresh(day.cast.buyer))

    words = words_of(logged_in(day.cast.dispatcher).get(url))

    assert "给步步高天元店的丝瓜减到 300 斤 = 150 公斤 原因：认购的数量减少了" in words
    assert "撤下了给步步高天元店的丝瓜，600 斤 = 300 公斤 原因：认购取消了" in words
    assert words.index("撤下了") < words.index("减到")
    assert "排好以后的变动" not in words_of(logged_in(day.cast.haulier).get(url))


def test_the_page_costs_the_same_with_one_change_and_with_two(day, pledges, trip, django_assert_num_queries):
    client, url = logged_in(day.cast.dispatcher), reverse("logistics:trip", args=[trip.pk])
    cut_pledge(pledges[0], to=Quantity.parse("300斤"), reason="下雨", back_on_sale=False, by=fresh(day.cast.farmer))
    with django_assert_num_queries(24):
        client.get(url)
    cut_pledge(pledges[1], to=Quantity.parse("300斤"), reason="下雨", back_on_sale=False, by=fresh(day.cast.farmer))
    with django_assert_num_queries(24):
        client.get(url)
