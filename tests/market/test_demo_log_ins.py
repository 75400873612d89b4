"""What a demonstration shows on the pages of logging in, and nobody else does."""

import pytest
from django.core.cache import cache

from market.enums import OrganisationKind, Role
from market.queries.people import demo_log_ins
from tests.factories import make_organisation, make_user
from tests.pages import CONFIRM, LOG_IN, sent_code, words_of


@pytest.fixture(autouse=True)
def _fresh_limits(db):
    cache.clear()


def test_in_a_demonstration_the_code_stands_on_the_page_and_the_log_ins_are_offered(client, reference):
    farmer = make_user("王建国", phone="+8613800001234")
    make_organisation(
        "王建国家", OrganisationKind.HOUSEHOLD, reference["village"], (farmer, Role.MANAGER), is_demo=True
    )
    real = make_user("真人", phone="+8613800007777")
    make_organisation("真单位", OrganisationKind.RETAILER, reference["tianyuan"], (real, Role.MANAGER))

    offered = client.get(LOG_IN)
    filled = client.get(LOG_IN, {"phone": "13800001234"})
    client.post(LOG_IN, {"login": "13800001234"})

    assert "王建国 · 负责人" in words_of(offered)
    assert "13800007777" not in words_of(offered)
    assert 'name="login" value="13800001234"' in filled.content.decode()
    assert f"演示：验证码 {sent_code()}" in words_of(client.get(CONFIRM))


def test_outside_a_demonstration_no_code_and_no_log_in_is_shown(client, reference, settings):
    settings.DEMO = False
    farmer = make_user("王建国", phone="+8613800001234")
    make_organisation(
        "王建国家", OrganisationKind.HOUSEHOLD, reference["village"], (farmer, Role.MANAGER), is_demo=True
    )

    offered = client.get(LOG_IN)
    client.post(LOG_IN, {"login": "13800001234"})
    page = client.get(CONFIRM)

    assert "王建国" not in words_of(offered)
    assert sent_code() not in page.content.decode()
    assert "demo_sms_code" not in client.session


def test_the_demo_list_costs_one_query_with_one_and_with_many(django_assert_num_queries, reference):
    def add(count: int) -> None:
        for n in range(count):
            person = make_user(f"人{n}")
            make_organisation(
                f"家{person.pk}", OrganisationKind.HOUSEHOLD, reference["village"], (person, Role.MANAGER), is_demo=True
            )

    add(1)
    with django_assert_num_queries(1):
        assert len(demo_log_ins()) == 1
    add(5)
    with django_assert_num_queries(1):
        assert len(demo_log_ins()) == 2
