"""The desks' list: what it shows, filters, exports, compares; the counter on the start page."""

import datetime as dt
from io import BytesIO

import pytest
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook
from wagtail.models import TaskState, WorkflowState

from cms.queries.comparison import weight
from cms.queries.waiting import at_stage, count_waiting, listings_for_review
from market.actions.listings import edit_listing, withdraw_listing
from market.enums import ListingStage
from market.models import Listing
from market.queries.listings import stage_of
from tests.cms.conftest import fresh, logged_in, open_task, press, url
from tests.factories import make_listing, make_live_listing, make_photo, make_submitted_listing, make_terms


def shown(client, **filters) -> set[int]:
    response = client.get(url("list"), filters)
    assert response.status_code == 200
    return {row.pk for row in response.context["object_list"]}


@pytest.fixture
def at_every_stage(cast, reference, submit, agriculture, commerce) -> dict[str, Listing]:
    """One listing at each stage, reached through the actions."""

    def live() -> Listing:
        listing = submit()
        for client in (agriculture, commerce):
            press(client, listing, "approve")
        return fresh(listing)

    place = (cast.household, reference["loofah"], reference["village"])
    found = {"draft": make_listing(*place, by=cast.farmer), "in_review": submit(), "live": live()}
    found["changes_asked"] = submit()
    press(agriculture, found["changes_asked"], "reject", "请改")
    found["live_edit_in_review"] = edit_listing(live(), make_terms(*place[1:], note="新说明"), by=cast.farmer)
    found["live_changes_asked"] = edit_listing(live(), make_terms(*place[1:], note="新说明"), by=cast.farmer)
    press(agriculture, found["live_changes_asked"], "reject", "请改")
    found["withdrawn"] = withdraw_listing(live(), reason="", by=cast.farmer)
    ended = live()
    past = timezone.localdate() - dt.timedelta(days=1)
    Listing.objects.filter(pk=ended.pk).update(first_day=past, last_day=past)
    found["ended"] = ended
    return {stage: fresh(listing) for stage, listing in found.items()}


def test_the_stage_filter_finds_exactly_what_the_seller_is_told(at_every_stage, agriculture):
    assert {stage: stage_of(listing) for stage, listing in at_every_stage.items()} == {
        stage: ListingStage(stage) for stage in ListingStage.values
    }
    assert {stage: shown(agriculture, stage=stage) for stage in ListingStage.values} == {
        stage: {at_every_stage[stage].pk} for stage in ListingStage.values
    }


def test_an_expired_listing_is_ended_in_the_list_too(cast, reference):
    listing = make_live_listing(cast.household, reference["loofah"], reference["village"], by=cast.farmer)
    Listing.objects.get(pk=listing.pk).unpublish(set_expired=True)

    assert stage_of(fresh(listing)) == ListingStage.ENDED
    assert list(listings_for_review().filter(at_stage("ended", timezone.localdate()))) == [listing]


def test_waiting_for_me_shows_what_my_desk_has_to_decide(submit, agriculture, commerce, admin):
    mine, passed_on = submit(), submit()
    press(agriculture, passed_on, "approve")

    assert shown(agriculture, waiting="me") == {mine.pk}
    assert shown(commerce, waiting="me") == {passed_on.pk}
    assert shown(admin, waiting="me") == {mine.pk, passed_on.pk}


def test_the_other_filters(cast, reference, submit, agriculture):
    loofah = submit()
    peach = make_submitted_listing(
        cast.rival_household, reference["peach"], reference["village"], by=cast.rival_farmer, variety="锦绣"
    )
    TaskState.objects.filter(pk=open_task(peach).pk).update(started_at=timezone.now() - dt.timedelta(hours=13))

    assert shown(agriculture, produce=reference["peach"].pk) == {peach.pk}
    assert shown(agriculture, county=reference["lusong"].pk) == {loofah.pk, peach.pk}
    assert shown(agriculture, county=reference["yanling"].pk) == set()
    assert shown(agriculture, seller="李满仓") == {peach.pk}
    assert shown(agriculture, age="12") == {peach.pk}
    assert shown(agriculture, age="24") == set()
    assert shown(agriculture, q="锦绣") == {peach.pk}
    assert shown(agriculture, q="sigua") == {loofah.pk}
    assert shown(agriculture, q="王建国家") == {loofah.pk}


@pytest.mark.parametrize(
    "filters", [{"stage": "nonsense"}, {"age": "-1"}, {"produce": "999999"}, {"county": "x"}, {"waiting": "you"}]
)
def test_a_filter_nobody_knows_is_no_error_page(submit, agriculture, filters):
    submit()

    assert agriculture.get(url("list"), filters).status_code == 200


def test_the_longest_waiting_comes_first(submit, agriculture):
    first, second = submit(), submit()
    TaskState.objects.filter(pk=open_task(second).pk).update(started_at=timezone.now() - dt.timedelta(hours=5))

    rows = agriculture.get(url("list")).context["object_list"]

    assert [row.pk for row in rows] == [second.pk, first.pk]


def test_the_list_shows_both_units_price_seller_place_and_since_when(submit, agriculture):
    submit(photo=True)

    page = agriculture.get(url("list")).content.decode()

    for word in (
        "2 万斤",
        "10 吨",
        "1.20 元/斤",
        "王建国家",
        "芦淞区白关镇白关村",
        "农业核对",
        "审核中",
        "/media/photos/",
    ):
        assert word in page


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_with_one_and_with_three(count, submit, agriculture, django_assert_num_queries):
    for _ in range(count):
        submit(photo=True)
    agriculture.get(url("list"))

    with django_assert_num_queries(15):
        agriculture.get(url("list"))


@pytest.mark.parametrize(("name", "sentence"), [
    ("waiting=me", "没有等您审核的货源。卖方提交新货源或修改后会出现在这里。"),
    ("stage=live", "没有符合条件的货源，请放宽条件或清除筛选。"),
    ("", "还没有货源。农户和合作社在手机上发布后会出现在这里。"),
])  # fmt: skip
def test_the_empty_list_says_what_will_come(agriculture, name, sentence):
    assert sentence in agriculture.get(f"{url('list')}?{name}").content.decode()


# --- trap 15: export ---


def test_the_export_is_xlsx_in_which_nothing_runs(submit, agriculture):
    submit(variety="=1+1", note="@SUM(A1)")

    response = agriculture.get(url("list"), {"export": "xlsx"})
    sheet = load_workbook(BytesIO(b"".join(response.streaming_content))).active
    cells = {cell.value: row.value for cell, row in zip(sheet[1], sheet[2], strict=True)}

    assert cells["品种"] == "'=1+1"
    assert cells["说明"] == "'@SUM(A1)"
    assert (cells["每天供应（斤）"], cells["每天供应（原文）"], cells["状态"]) == (20_000, "2万斤", "审核中")
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)


def test_there_is_no_csv(submit, agriculture):
    submit()

    response = agriculture.get(url("list"), {"export": "csv"})

    assert response["Content-Type"].startswith("text/html")
    assert "CSV" not in response.content.decode()


def test_the_export_has_what_the_filters_show(submit, agriculture):
    submit(), submit(variety="长沙肉丝瓜")

    response = agriculture.get(url("list"), {"export": "xlsx", "q": "长沙肉丝瓜"})

    assert load_workbook(BytesIO(b"".join(response.streaming_content))).active.max_row == 2


# --- before and after ---


def edited(cast, reference, agriculture, commerce, submit) -> Listing:
    """A public listing whose edit waits: another photograph, a variety and a note."""
    listing = submit(photo=True)
    for client in (agriculture, commerce):
        press(client, listing, "approve")
    terms = make_terms(reference["loofah"], reference["village"], note="改了说明", variety="白关丝瓜")
    return edit_listing(fresh(listing), terms, [make_photo(cast.farmer, "red")], by=cast.farmer)


def test_the_comparison_shows_before_and_after_field_by_field_with_photographs(
    cast, reference, submit, agriculture, commerce
):
    listing = edited(cast, reference, agriculture, commerce, submit)

    response = agriculture.get(url("revisions_compare", listing.pk, "live", "latest"))

    changed = {str(line.label): (line.before, line.after) for line in response.context["changed"] if not line.is_photos}
    assert changed == {"品种": ("—", "白关丝瓜"), "说明": ("—", "改了说明")}
    page = response.content.decode()
    assert page.count("/media/photos/") == 2
    for word in ("原来", "现在", "已去掉", "新照片", "共 3 项不同"):
        assert word in page


def test_the_review_screen_and_the_list_lead_to_the_comparison(cast, reference, submit, agriculture, commerce):
    listing = edited(cast, reference, agriculture, commerce, submit)
    address = url("revisions_compare", listing.pk, "live", "latest")

    assert f'href="{address}"' in agriculture.get(url("list")).content.decode()
    screen = agriculture.get(url("edit", listing.pk)).content.decode()
    assert f'href="{address}"' in screen
    assert "这次修改了什么" in screen


def test_the_public_row_stays_while_its_edit_waits(cast, reference, submit, agriculture, commerce):
    listing = edited(cast, reference, agriculture, commerce, submit)

    assert (listing.live, listing.note, stage_of(listing)) == (True, "", ListingStage.LIVE_EDIT_IN_REVIEW)


def test_the_review_screen_shows_who_sells_and_large_photographs(submit, agriculture):
    listing = submit(photo=True)

    page = agriculture.get(url("edit", listing.pk)).content.decode()

    for word in ("王建国家", "农户", "已核实", "王建国", "刘支书", "代办人", "2 万斤", "10 吨"):
        assert word in page


@pytest.mark.parametrize(
    ("grams", "typed", "said"),
    [
        (400_000, "800斤", "800 斤 = 400 公斤"),
        (1_500_000, "1.5 吨", "3,000 斤 = 1.5 吨"),
        (1_000_000, "50筐", "50筐（2,000 斤 = 1 吨）"),
        (None, "", "不限"),
    ],
)
def test_a_weight_is_said_in_both_units_and_as_typed_where_that_says_more(grams, typed, said):
    assert weight(grams, typed) == said


def test_sending_back_stands_beside_approving(submit, agriculture):
    page = agriculture.get(url("edit", submit().pk)).content.decode()
    buttons = [
        page.index(word) for word in ('data-workflow-action-name="approve"', 'data-workflow-action-name="reject"')
    ]

    assert buttons == sorted(buttons)
    assert page.index("只保存更正") > buttons[1]
    assert "market-decisions" in page


def test_the_side_bar_greets_by_name_not_by_number(cast, agriculture):
    page = agriculture.get(reverse("wagtailadmin_home")).content.decode()

    assert cast.agriculture_desk.phone not in page


def test_the_review_screen_names_the_helper_and_the_household(cast, reference, agriculture):
    listing = make_submitted_listing(cast.household, reference["loofah"], reference["village"], by=cast.helper)

    page = agriculture.get(url("edit", listing.pk)).content.decode()

    assert "刘支书，代 王建国家 填报" in page


# --- trap 7: the start page, trap 10: the report ---


@pytest.mark.parametrize("count", [1, 50])
def test_the_start_page_counts_what_waits_at_the_same_price(count, submit, agriculture, django_assert_num_queries):
    for _ in range(count):
        submit()
    agriculture.get(reverse("wagtailadmin_home"))

    with django_assert_num_queries(10):
        page = agriculture.get(reverse("wagtailadmin_home")).content.decode()

    assert f"<b>{count}</b> 条货源等待您审核" in page
    assert f'href="{url("list")}?waiting=me"' in page
    assert len(page) < 60_000


def test_a_desk_with_nothing_to_do_is_told_so(agriculture, commerce):
    home = reverse("wagtailadmin_home")

    assert "没有等您审核的货源" in agriculture.get(home).content.decode()
    assert "没有等待核实的单位" in commerce.get(home).content.decode()
    assert "核实" not in agriculture.get(home).content.decode()


def test_the_counter_counts_only_open_tasks_of_ones_own_desks(cast, submit, agriculture):
    submit(), submit()
    press(agriculture, submit(), "approve")
    withdrawn = submit()
    withdraw_listing(withdrawn, reason="", by=cast.farmer)

    assert [count_waiting(user) for user in (cast.agriculture_desk, cast.commerce_desk, cast.admin, cast.farmer)] == [
        2,
        1,
        3,
        0,
    ]
    assert WorkflowState.objects.count() == 4


@pytest.mark.parametrize("name", ["wagtailadmin_reports:workflow", "wagtailadmin_reports:workflow_tasks"])
def test_wagtails_reports_are_not_in_a_desks_menu(name, agriculture):
    assert reverse(name) not in agriculture.get(reverse("wagtailadmin_home")).content.decode()


# --- trap 16 and rights ---


@pytest.mark.parametrize("role", ["farmer", "buyer", "driver", "outsider", "dispatcher"])
def test_who_has_no_desk_gets_a_plain_page_with_a_way_back(role, cast):
    response = logged_in(getattr(cast, role)).get(reverse("wagtailadmin_home"))

    assert response.status_code == 403
    page = response.content.decode()
    assert "您已登录，但没有后台的权限" in page
    assert 'href="/"' in page


def test_who_is_not_logged_in_is_sent_to_the_log_in(client):
    response = client.get(url("list"))

    assert response.status_code == 302
    assert response["Location"].startswith(reverse("account_login"))


@pytest.mark.parametrize("name", [
    "wagtailusers_users:index", "wagtailusers_groups:index", "wagtailsites:index", "wagtailadmin_workflows:index",
    "wagtailadmin_explore_root", "wagtailsnippets_market_organisation:list", "wagtailsnippets_market_produce:list",
])  # fmt: skip
def test_agriculture_opens_nothing_but_listings(name, agriculture):
    assert agriculture.get(reverse(name)).status_code == 302


@pytest.mark.parametrize(
    "name",
    ["wagtailusers_users:index", "wagtailusers_groups:index", "wagtailsites:index", "wagtailadmin_workflows:index"],
)
def test_commerce_opens_no_users_sites_or_workflows(name, commerce):
    assert commerce.get(reverse(name)).status_code == 302


# --- trap 17 and 18 ---


def test_the_back_office_loads_nothing_from_elsewhere(submit, agriculture, settings):
    listing = submit()
    for address in (reverse("wagtailadmin_home"), url("list"), url("edit", listing.pk)):
        page = agriculture.get(address).content.decode()
        assert "gravatar" not in page
        assert 'src="http' not in page
    assert (settings.WAGTAIL_GRAVATAR_PROVIDER_URL, settings.WAGTAIL_ENABLE_UPDATE_CHECK) == (None, False)
    assert settings.WAGTAIL_ENABLE_WHATS_NEW_BANNER is False


def test_only_the_back_office_is_outside_the_strict_content_policy(submit, agriculture, client):
    assert "Content-Security-Policy" not in agriculture.get(url("list")).headers
    policy = client.get("/accounts/login/").headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe-inline" not in policy
