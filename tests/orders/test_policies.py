"""Published rules: versions, bounds, who may, what everybody reads."""

import pytest
from django.urls import reverse

from market.exceptions import NotAllowed
from market.models import Event
from orders.actions.policies import publish_first_policies, publish_policy
from orders.enums import PolicyKind
from orders.exceptions import (
    ParameterOutOfBounds,
    PolicyTextMissing,
    PolicyTextTooLong,
    SameAsBefore,
    StretchAboveFirm,
)
from orders.models import MatchPolicy
from orders.policies import FIRST_VERSIONS
from tests.factories.orders import fresh
from tests.pages import logged_in, words_of

KIND = PolicyKind.FIRST_SHARE
TEXT, PARAMETERS = FIRST_VERSIONS[KIND]


@pytest.fixture
def first(db) -> MatchPolicy:
    publish_first_policies()
    return MatchPolicy.objects.get(kind=KIND)


@pytest.fixture
def publish(cast, first):
    def _publish(**changes) -> MatchPolicy:
        facts = {"text": "新的规则", "parameters": PARAMETERS, "by": fresh(cast.commerce_desk), **changes}
        return publish_policy(KIND, **facts)

    return _publish


def test_five_are_published_at_first_and_a_repeat_publishes_nothing(db):
    assert publish_first_policies() == 5
    assert publish_first_policies() == 0
    assert set(MatchPolicy.objects.values_list("kind", "version")) == {(kind, 1) for kind in PolicyKind}


def test_the_next_version_takes_the_place_and_the_old_one_stays_readable(publish, first, cast):
    new = publish(parameters={**PARAMETERS, "share_percent": 40})

    assert (new.version, new.parameters["share_percent"], new.by) == (2, 40, cast.commerce_desk)
    first.refresh_from_db()
    assert (first.text, first.parameters) == (TEXT, PARAMETERS)
    assert Event.objects.about(new).get().verb == "published"


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"text": "  "}, PolicyTextMissing),
        ({"text": "字" * 1001}, PolicyTextTooLong),
        ({"text": TEXT}, SameAsBefore),
        ({"parameters": {**PARAMETERS, "share_percent": 101}}, ParameterOutOfBounds),
        ({"parameters": {**PARAMETERS, "near": -1}}, ParameterOutOfBounds),
        ({"parameters": {**PARAMETERS, "near_km": 0}}, ParameterOutOfBounds),
        ({"parameters": {**PARAMETERS, "care": True}}, ParameterOutOfBounds),
        ({"parameters": {"firm": 1}}, ParameterOutOfBounds),
        ({"parameters": {**PARAMETERS, "stretch": 1000}}, StretchAboveFirm),
        ({"parameters": {**PARAMETERS, "rest": 1200}}, StretchAboveFirm),
    ],
)
def test_what_is_refused_writes_nothing(publish, changes, refusal):
    with pytest.raises(refusal) as said:
        publish(**changes)

    assert str(said.value)
    assert MatchPolicy.objects.count() == 5


def test_only_the_commerce_desk_publishes(publish, cast):
    for name, person in cast.people().items():
        if name not in ("commerce_desk", "admin"):
            with pytest.raises(NotAllowed):
                publish(by=fresh(person))
    assert MatchPolicy.objects.count() == 5


def test_everybody_reads_them_and_the_old_version_says_that_it_is_old(
    client, publish, first, django_assert_max_num_queries
):
    publish(parameters={**PARAMETERS, "share_percent": 40})

    with django_assert_max_num_queries(9):
        page = client.get(reverse("orders:policies"))
    assert "每家合作社先保一份" in words_of(page)
    assert "公布新版" not in words_of(page)
    old = words_of(client.get(reverse("orders:policy", args=[first.pk])))
    assert "这是旧版" in old
    assert "35 %" in old
    assert "第 2 版" in old


def test_the_form_begins_with_what_is_in_force_and_publishes_the_next(cast, first):
    client = logged_in(cast.commerce_desk)
    url = reverse("orders:policy_new", args=[KIND])

    assert TEXT in client.get(url).content.decode()
    refused = client.post(url, {"text": TEXT, **PARAMETERS, "share_percent": 150})
    assert refused.status_code == 200
    assert "100" in words_of(refused)
    same = client.post(url, {"text": TEXT, **PARAMETERS})
    assert "和第 1 版一样" in words_of(same)
    done = client.post(url, {"text": TEXT, **PARAMETERS, "share_percent": 40})

    new = MatchPolicy.objects.get(kind=KIND, version=2)
    assert done.headers["location"] == reverse("orders:policy", args=[new.pk])
    assert client.get(reverse("orders:policy_new", args=["no-such"])).status_code == 404
