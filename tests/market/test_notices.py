"""消息: what is told to whom, how it is said, and that it was read."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core.cache import caches
from django.urls import reverse
from django.utils import timezone, translation

from market.actions.notices import mark_seen, tell, tell_all
from market.enums import OrganisationKind, Role
from market.exceptions import NotEnoughLeft, SoldOut
from market.models import Notice, User
from market.queries.notices import unseen_count
from market.sentences import Day, Moment, Name, Price, Saying, Weight, sentence_of
from market.wording import calendar_day, clock_time
from tests.factories import make_organisation, signed_in
from tests.pages import words_of

INBOX, SEEN = reverse("market:notices"), reverse("market:notices_seen")


def again(user: User) -> User:
    """The same person in the next request."""
    return User.objects.get(pk=user.pk)


# --- telling ---


def test_one_event_is_told_once_to_each(cast):
    for _ in range(2):
        tell_all([cast.household, cast.supermarket.pk], "cut-1", "有变动")

    assert list(Notice.objects.order_by("pk").values_list("recipient", "key")) == [
        (cast.household.pk, "cut-1"),
        (cast.supermarket.pk, "cut-1"),
    ]


# --- as a sentence ---


def test_facts_are_said_by_the_ends_of_their_names():
    day, at = timezone.localdate() + dt.timedelta(days=1), timezone.now()
    facts = {"who": "步步高", "day_on": day.isoformat(), "taken_g": 50_000, "until_at": at.isoformat(), "price": "2.40"}

    said = sentence_of("%(who)s %(day_on)s %(taken_g)s %(until_at)s %(price)s", facts)

    assert said == f"步步高 {calendar_day(day)} 100 斤 = 50 公斤 {clock_time(at)} 2.40"


def test_what_tell_writes_is_said_again(cast):
    tell(
        cast.household,
        "k",
        "%(day_on)s %(taken_g)s %(rate)s",
        day_on=dt.date(2026, 8, 8),
        taken_g=500,
        rate=Decimal("1.5"),
    )
    notice = Notice.objects.get()

    assert sentence_of(notice.text, notice.facts) == f"{calendar_day(dt.date(2026, 8, 8))} 1 斤 = 0.5 公斤 1.5"


@pytest.mark.parametrize(
    ("text", "facts", "said"),
    [
        ("%(a_g)s", {"a_g": "x"}, "x"),
        ("%(a_g)s", {"a_g": None}, "None"),
        ("%(a_g)s", {"a_g": -5}, "-0.01 斤 = -0.005 公斤"),
        ("%(a_on)s", {"a_on": "2026-13-40"}, "2026-13-40"),
        ("%(a_on)s", {"a_on": 7}, "7"),
        ("%(a_at)s", {"a_at": "soon"}, "soon"),
        ("%(a_at)s", {"a_at": "9999-12-31T23:59:59+00:00"}, "9999-12-31T23:59:59+00:00"),
        ("%(a)s和%(b)s", {"a": [1]}, "[1]和—"),
        ("少了 5%", {}, "少了 5%"),
        ("%(a)d 斤", {"a": "x"}, "%(a)d 斤"),
        ("%s", {}, "{}"),
        ("%(on)s%(_g)s", {"on": 1, "_g": 500}, "11 斤 = 0.5 公斤"),
        ("有变动", ["no", "facts"], "有变动"),
        ("有变动", None, "有变动"),
        ("", {}, ""),
    ],
)
def test_odd_facts_never_break_the_page(text, facts, said):
    assert sentence_of(text, facts) == said


# --- the inbox ---


def test_the_inbox_shows_the_newest_first_and_marks_what_is_new(cast):
    tell(cast.household, "one", "第一件")
    mark_seen(by=again(cast.farmer))
    tell(cast.household, "two", "第二件", url="/orders/")

    page = signed_in(cast.farmer).get(INBOX)
    html, words = page.content.decode(), words_of(page)

    assert words.index("第二件") < words.index("第一件")
    assert "<b>第二件</b>" in html
    assert "<b>第一件</b>" not in html
    assert '<a class="cell" href="/orders/">' in html
    assert "1 条新消息" in words


def test_everything_in_a_notice_is_escaped_and_a_foreign_address_is_no_link(cast):
    for number, url in enumerate(("//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)")):
        tell(cast.household, f"k{number}", "<b>%(who)s</b>", url=url, who="<script>x</script>")

    html = signed_in(cast.farmer).get(INBOX).content.decode()

    assert "<script>x" not in html
    assert "&lt;b&gt;&lt;script&gt;x&lt;/script&gt;&lt;/b&gt;" in html
    assert "evil" not in html
    assert "javascript" not in html.split("<main")[1]


def test_only_notices_of_the_persons_own_organisations_are_shown(cast):
    tell(cast.supermarket, "k", "给超市的")

    page = signed_in(cast.farmer).get(INBOX)

    assert "给超市的" not in page.content.decode()
    assert "还没有消息" in words_of(page)
    assert "给超市的" in signed_in(cast.buyer).get(INBOX).content.decode()
    assert signed_in(cast.outsider).get(INBOX).status_code == 200


def test_who_acts_for_several_reads_which_one_was_told(cast, reference):
    make_organisation("一中食堂", OrganisationKind.CANTEEN, reference["tianyuan"], (cast.farmer, Role.HELPER))
    tell(cast.household, "k", "有变动")

    assert cast.household.name in words_of(signed_in(cast.farmer).get(INBOX))
    assert cast.household.name not in words_of(signed_in(cast.helper).get(INBOX))


def test_reading_all_of_them_is_one_press_and_a_repeat_changes_nothing(cast):
    tell(cast.household, "k", "有变动")
    tell(cast.supermarket, "k", "给超市的")
    browser = signed_in(cast.helper)

    assert "消息都已读" in browser.post(SEEN, follow=True).content.decode()
    seen_at = Notice.objects.get(recipient=cast.household).seen_at
    assert "消息都已读" not in browser.post(SEEN, follow=True).content.decode()

    own, other = Notice.objects.get(recipient=cast.household), Notice.objects.get(recipient=cast.supermarket)
    assert (own.seen_at, own.seen_by, other.seen_at) == (seen_at, cast.helper, None)


def test_the_inbox_has_pages(cast):
    for number in range(31):
        tell(cast.household, f"k{number}", "第%(number)s件", number=str(number))

    second = words_of(signed_in(cast.farmer).get(INBOX, {"page": "2"}))

    assert "第0件" in second
    assert "第30件" not in second
    assert signed_in(cast.farmer).get(INBOX, {"page": "x"}).status_code == 200


@pytest.mark.parametrize("count", [1, 3])
def test_the_inbox_costs_the_same_with_one_and_with_three(count, cast, django_assert_num_queries):
    for number in range(count):
        tell(cast.household, f"k{number}", "有变动")
    browser = signed_in(cast.farmer)

    # Session, person, memberships with the number of new ones, how many in all, the page, rights of the person and of groups.
    with django_assert_num_queries(7):
        browser.get(INBOX)


# --- the number in the bar ---


def test_the_number_counts_each_organisation_once_and_costs_no_statement_of_its_own(cast, django_assert_num_queries):
    cast.household.memberships.create(user=cast.farmer, role=Role.CLERK)
    tell(cast.household, "a", "有变动")
    tell(cast.household, "b", "有变动")
    tell(cast.supermarket, "a", "有变动")
    farmer = again(cast.farmer)

    with django_assert_num_queries(1):
        assert unseen_count(farmer) == 2
    assert mark_seen(by=again(cast.farmer)) == 2
    assert unseen_count(again(cast.farmer)) == 0
    assert unseen_count(again(cast.outsider)) == 0


def test_the_bar_and_my_page_say_how_many_are_new(cast):
    browser = signed_in(cast.farmer)
    assert "nav-count" not in browser.get(reverse("market:me")).content.decode()
    for number in range(3):
        tell(cast.household, f"k{number}", "有变动")

    html = browser.get(reverse("market:me")).content.decode()
    assert '<span class="nav-count">3<' in html
    assert html.count("3 条新消息") == 1

    for number in range(3, 103):
        tell(cast.household, f"k{number}", "有变动")
    assert '<span class="nav-count">99+<' in browser.get(INBOX).content.decode()


def test_the_number_is_never_on_a_page_that_everybody_shares(cast, client, settings):
    settings.PAGE_SECONDS = 2
    caches["pages"].clear()
    tell(cast.household, "k", "有变动")
    board = reverse("market:board")

    assert "nav-count" in signed_in(cast.farmer).get(board).content.decode()
    assert "nav-count" not in client.get(board).content.decode()
    assert "nav-count" not in client.get(board).content.decode()


def test_in_english_the_sentence_is_the_message_of_the_catalogue():
    with translation.override("en"):
        assert sentence_of("%(taken_g)s", {"taken_g": 500}) == "1 jin = 0.5 kg"


@pytest.mark.parametrize(
    ("fact", "chinese", "english"),
    [
        (Price(Decimal("2.40"), "斤"), "2.40 元/斤", "2.40 yuan/jin"),
        (Price(None, "斤"), "面议", "price open"),
        (Weight(500), "1 斤 = 0.5 公斤", "1 jin = 0.5 kg"),
        (Name("丝瓜", "Loofah"), "丝瓜", "Loofah"),
        (Day(dt.date(2021, 8, 8)), "2021年8月8日 周日", "Sun 8 Aug 2021"),
        (Moment(dt.datetime(2021, 8, 8, 1, tzinfo=dt.UTC)), "2021年8月8日 周日 09:00", "Sun 8 Aug 2021 09:00"),
        (SoldOut(), "这批货刚被认购完，请到集市看别的货", None),
        (NotEnoughLeft(left=Weight(500)), "只剩 1 斤 = 0.5 公斤，请减少数量", None),
        (Saying("面议", {}), "面议", "price open"),
    ],
)
def test_a_fact_of_a_kind_is_said_in_the_language_of_who_reads(cast, fact, chinese, english):
    tell(cast.household, "k", "%(fact)s", fact=fact)
    kept = Notice.objects.get().facts

    assert sentence_of("%(fact)s", kept) == chinese
    with translation.override("en"):
        said = sentence_of("%(fact)s", kept)
        assert said == (english or str(fact))
        assert said != chinese


@pytest.mark.parametrize("odd", [{}, {"kind": "odd"}, {"kind": "weight"}, {"kind": "day", "day": "soon"}, {"kind": []}])
def test_a_fact_of_no_kind_is_said_as_it_stands(odd):
    assert sentence_of("%(fact)s", {"fact": odd}) == str(odd)
