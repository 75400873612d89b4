"""The carrier's application, the issuer's desk and the page of a pass."""

import pytest
from django.urls import reverse

from orders.logistics.models import Pass
from tests.factories.passes import apply, issue, make_office


@pytest.fixture
def as_(client):
    def login(person):
        client.force_login(type(person).objects.get(pk=person.pk))
        return client

    return login


@pytest.fixture
def truck(day):
    make_office(day.cast)
    return day.truck()


def form(day, truck, **facts):
    county = f"{truck.base_id[:6]}000000"
    return {
        "issuer": "police",
        "from_place": county,
        "to_place": county,
        "purpose": "运送丝瓜",
        "valid_from": f"{day.day}T00:00",
        "valid_to": f"{day.day}T23:00",
        "key": "4e7f6f4e-7e0a-4a4b-8f7e-0d2c3b1a0f9e",
        **facts,
    }


def test_a_carrier_applies_on_the_screen_and_twice_counts_once(as_, day, truck):
    browser, url = as_(day.cast.haulier), reverse("logistics:pass_apply", args=[truck.pk])
    assert "向谁申请" in browser.get(url).content.decode()
    for name, nonsense in (("from_place", ""), ("purpose", ""), ("valid_to", f"{day.day}T00:00"), ("issuer", "ndrc")):
        assert "has-error" in browser.post(url, form(day, truck, **{name: nonsense})).content.decode()
    assert Pass.objects.count() == 0

    browser.post(url, form(day, truck))
    browser.post(url, form(day, truck))

    one = Pass.objects.get()
    assert (one.state, one.purpose, one.from_place_id) == ("applied", "运送丝瓜", f"{truck.base_id[:6]}000000")
    page = browser.get(reverse("logistics:green_pass", args=[one.pk])).content.decode()
    assert "撤回申请" in page
    assert "初审通过" not in page


def test_the_issuer_decides_one_after_the_other(as_, day, truck):
    first, second = apply(day.cast, truck), apply(day.cast, truck)
    browser = as_(day.cast.issuer)
    desk = browser.get(reverse("logistics:passes")).content.decode()
    assert desk.count(truck.plate) == 2
    assert "不到 1 小时" in desk

    after = browser.post(reverse("logistics:pass_change", args=[first.pk, "vet"]), {"go_on": "1"})
    assert after.url == reverse("logistics:green_pass", args=[second.pk])
    refuse = reverse("logistics:pass_change", args=[second.pk, "refuse"])
    browser.post(refuse, {"go_on": "1", "reason": " "})
    second.refresh_from_db()
    assert second.state == "applied"
    browser.post(refuse, {"go_on": "1", "reason": "路线不符"})
    browser.post(reverse("logistics:pass_change", args=[first.pk, "issue"]), {"go_on": "1"})

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state, second.reason) == ("issued", "refused", "路线不符")
    page = browser.get(reverse("logistics:green_pass", args=[first.pk])).content.decode()
    assert first.number in page
    assert "签发了通行证" in page


def test_a_carrier_withdraws_and_renews(as_, day, truck):
    waiting, issued = apply(day.cast, truck), issue(day.cast, truck)
    browser = as_(day.cast.haulier)
    browser.post(reverse("logistics:pass_change", args=[waiting.pk, "withdraw"]), {"go_on": "1"})
    browser.post(reverse("logistics:pass_change", args=[issued.pk, "revoke"]), {"reason": "自己吊销"})
    waiting.refresh_from_db()
    issued.refresh_from_db()
    assert (waiting.state, issued.state) == ("withdrawn", "issued")

    url = reverse("logistics:pass_renew", args=[issued.pk])
    assert issued.number in browser.get(url).content.decode()
    browser.post(url, form(day, truck))
    assert Pass.objects.get(replaces=issued).state == "applied"


def test_another_carriers_pass_is_not_there(as_, day, truck, reference):
    from market.enums import OrganisationKind, Role
    from market.models import Membership
    from tests.factories import make_organisation

    one = issue(day.cast, truck)
    other = make_organisation("另一车队", OrganisationKind.CARRIER, reference["tianyuan"])
    Membership.objects.create(user=day.cast.outsider, organisation=other, role=Role.MANAGER)
    browser = as_(day.cast.outsider)
    assert browser.get(reverse("logistics:green_pass", args=[one.pk])).status_code == 404
    assert browser.post(reverse("logistics:pass_change", args=[one.pk, "withdraw"])).status_code == 404


@pytest.mark.parametrize("many", [1, 3])
def test_the_desk_costs_the_same_whatever_waits(as_, day, truck, many, django_assert_num_queries):
    for _ in range(many):
        one = apply(day.cast, truck)
    browser = as_(day.cast.issuer)
    with django_assert_num_queries(
        9
    ):  # session, person, memberships, offices; queues, how many, page; two of the frame
        browser.get(reverse("logistics:passes"))
    with django_assert_num_queries(9):
        browser.get(reverse("logistics:green_pass", args=[one.pk]))
