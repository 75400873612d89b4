"""Nobody has to know an address: each screen of the road is reached from 我的, the bar or the day's page."""

import pytest
from django.urls import reverse

from tests.pages import logged_in

WAYS_IN = [
    ("supervisor", "market:me", ("logistics:areas", "logistics:trips", "logistics:rules", "logistics:passes")),
    ("supervisor", "logistics:passes", ("logistics:areas", "logistics:trips")),
    ("dispatcher", "market:me", ("logistics:areas", "logistics:trips", "logistics:rules", "logistics:passes")),
    ("dispatcher", "logistics:dispatch", ("logistics:areas", "logistics:rules", "logistics:board")),
    ("haulier", "market:me", ("logistics:trips", "logistics:trucks")),
    ("issuer", "market:me", ("logistics:passes",)),
]


@pytest.mark.parametrize(("person", "page", "wanted"), WAYS_IN)
def test_each_person_finds_the_screens_of_the_road(cast, person, page, wanted):
    html = logged_in(getattr(cast, person)).get(reverse(page)).content.decode()

    assert [name for name in wanted if f'href="{reverse(name)}' not in html] == []


@pytest.mark.parametrize("person", ["supervisor", "dispatcher"])
@pytest.mark.parametrize("page", ["logistics:areas", "logistics:rules"])
def test_the_way_back_leads_to_a_page_that_the_person_may_see(cast, person, page):
    client = logged_in(getattr(cast, person))
    crumbs = client.get(reverse(page)).content.decode().split('class="crumbs">')[1]
    back = crumbs.split('href="')[1].split('"')[0]

    assert client.get(back).status_code == 200
