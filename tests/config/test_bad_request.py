"""A request that cannot be read gets a page people can read, without asking the database."""

import pytest
from django.template.loader import get_template
from django.test import Client
from django.urls import reverse


def test_the_page_needs_no_context_and_no_request():
    html = get_template("400.html").render({})

    assert 'href="/"' in html
    assert "<h1>" in html


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("query", "headers", "cookie"),
    [("?lang=%00", {}, ""), ("", {"host": "evil.example"}, ""), ("", {}, "\x00" * 32)],
    ids=["NUL in the query", "unknown host", "NUL in the session"],
)
def test_a_bad_request_is_told_in_chinese_without_asking_the_database(
    query, headers, cookie, django_assert_num_queries
):
    client = Client(headers=headers)
    if cookie:
        client.cookies["sessionid"] = cookie

    with django_assert_num_queries(0):
        page = client.get(reverse("market:board") + query)

    assert page.status_code == 400
    assert "这个网址打不开" in page.content.decode()
    assert '<html lang="zh-Hans">' in page.content.decode()
