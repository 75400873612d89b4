"""The front page and the site behind it."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Page, Site

from cms.actions.site import HEADLINE, make_site
from cms.models import HomePage
from market.actions.lots import reserve
from market.models import Lot
from tests.factories import make_live_listing, signed_in
from tests.factories.logistics import make_day

# Four by which Wagtail finds the page, and three for what it says.
HOME_STATEMENTS = 7


@pytest.fixture
def home(db) -> HomePage:
    return make_site()


def html_of(path: str = "/") -> str:
    response = Client().get(path)
    assert response.status_code == 200
    return response.content.decode()


def test_make_site_replaces_wagtails_welcome(home, settings):
    site = Site.objects.get()

    assert (site.root_page_id, site.is_default_site) == (home.pk, True)
    assert (site.hostname, site.port) == ("127.0.0.1", 8000)
    assert list(Page.objects.order_by("path").values_list("title", flat=True)) == ["Root", "绿通集市"]
    assert Page.objects.get(depth=1).numchild == 1


def test_make_site_again_keeps_what_the_bureau_wrote_and_follows_the_address(home, settings):
    home.headline = "今天缺丝瓜买家"
    home.save_revision().publish()
    settings.SITE_URL = "https://market.example"

    make_site()

    assert HomePage.objects.get().headline == "今天缺丝瓜买家"
    assert Page.objects.count() == 2
    assert (Site.objects.get().hostname, Site.objects.get().port) == ("market.example", 443)


def test_make_site_makes_a_site_that_was_deleted(home):
    Site.objects.all().delete()

    make_site()

    assert Site.objects.get().root_page_id == home.pk


def test_the_front_page_works_with_an_empty_database(home):
    html = html_of()

    assert HEADLINE in html
    assert html.count("<dd>0 斤</dd>") == 3
    assert "现在没有在售的货" in html


def test_the_front_page_leads_where_people_want_to_go(home, settings):
    html = html_of()

    assert 'href="/sell/">' in html
    assert 'href="/board/">' in html
    assert f'href="tel:{settings.HOTLINE}"' in html


def test_the_notice_of_the_bureau_is_shown(home):
    home.notice = "<p>8月9日起改在<b>东门</b>收货</p>"
    home.save_revision().publish()

    assert "8月9日起改在<b>东门</b>收货" in html_of()


def test_the_figures_are_todays_lots_on_the_board(home, cast, reference):
    today = timezone.localdate()
    for first in (today, today + dt.timedelta(days=1)):
        make_live_listing(
            cast.household, reference["loofah"], reference["village"], by=cast.farmer, first_day=first, last_day=first
        )
    reserve(Lot.objects.get(day=today).pk, 2_500_000)

    html = html_of()

    assert "<dt>今天供应</dt><dd>20,000 斤</dd>" in html
    assert "<dt>已认购</dt><dd>5,000 斤</dd>" in html
    assert "<dt>缺口</dt><dd>15,000 斤</dd>" in html


def test_the_six_lots_that_spoil_soonest_are_shown(home, cast, reference):
    make_live_listing(
        cast.household,
        reference["loofah"],
        reference["village"],
        by=cast.farmer,
        last_day=timezone.localdate() + dt.timedelta(days=7),
    )
    soonest = list(Lot.objects.order_by("best_before").values_list("pk", flat=True))[:6]

    html = html_of()

    assert html.count('class="lot-card"') == 6
    assert all(f'href="/lots/{pk}/"' in html for pk in soonest)


@pytest.mark.parametrize("days", [1, 3, 30])
def test_the_front_page_costs_the_same_however_many_lots(home, cast, reference, days, django_assert_num_queries):
    make_live_listing(
        cast.household,
        reference["loofah"],
        reference["village"],
        by=cast.farmer,
        last_day=timezone.localdate() + dt.timedelta(days=days - 1),
    )
    html_of()

    with django_assert_num_queries(HOME_STATEMENTS):
        html_of()


def test_an_english_reader_and_a_farmer_see_it_too(home, cast):
    assert 'lang="en"' in html_of("/?lang=en")
    assert signed_in(cast.farmer).get("/").status_code == 200


def test_a_driver_is_led_to_his_trips_before_all_else(home, cast, reference):
    driver = make_day(cast, reference).truck().driver.user
    door = f'href="{reverse("logistics:drive")}"'

    main = signed_in(driver).get("/").content.decode().split("<main", 1)[1]
    assert door in main.split("<h1", 1)[0]

    for html in (html_of(), signed_in(cast.farmer).get("/").content.decode()):
        assert door not in html.split("<main", 1)[1]
