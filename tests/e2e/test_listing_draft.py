"""The listing form on a phone: a reload keeps it, a lost connection sends it once, photographs wait for the network."""

import re

import pytest
from playwright.sync_api import Page, expect

from market.enums import Role
from market.models import Event, Listing, Photo
from tests.e2e.pages.pictures import picture

NEW = "/sell/new/"
OFFLINE = "net::ERR_INTERNET_DISCONNECTED"


@pytest.fixture
def phone(open_as, cast) -> Page:
    page = open_as(cast.farmer)
    page.goto(NEW)
    return page


def fill_in(page: Page) -> None:
    page.fill("#produce_search", "sg")
    page.get_by_role("button", name=re.compile("丝瓜")).tap()
    page.fill("#id_quantity", "2万斤")
    page.fill("#id_price", "1.2")
    page.get_by_text("一等").tap()


def forget_offline_noise(page: Page) -> None:
    """The browser itself writes one line for each request that found no network; anything else still fails the test."""
    page.complaints[:] = [line for line in page.complaints if OFFLINE not in line]


def test_a_farmer_posts_with_a_few_taps_and_a_photo(phone):
    fill_in(phone)
    expect(phone.locator("[data-reading]")).to_have_text("2 万斤 = 10 吨")
    phone.set_input_files("#id_photos", picture())
    expect(phone.locator('input[name="photo"]')).to_have_count(1)
    phone.get_by_role("button", name="提交审核").tap()

    expect(phone.locator(".stage")).to_contain_text("审核中")
    listing = Listing.objects.get()
    assert (listing.produce.slug, listing.quantity_per_day_g, listing.grade) == ("sigua", 10_000_000, "first")
    assert (listing.pack_word, listing.pack_g) == ("筐", 20_000)
    assert listing.photos.count() == 1
    assert Photo.objects.get().width == 1280


def test_a_reload_keeps_what_was_typed_and_the_photo(phone):
    fill_in(phone)
    phone.set_input_files("#id_photos", picture())
    expect(phone.locator('input[name="photo"]')).to_have_count(1)
    key = phone.input_value("#id_key")

    phone.reload()

    expect(phone.get_by_text("已恢复未提交的内容")).to_be_visible()
    expect(phone.locator("[data-chosen-name]")).to_contain_text("丝瓜")
    expect(phone.locator("#id_quantity")).to_have_value("2万斤")
    expect(phone.locator("#id_village")).to_have_value("430203100201")
    expect(phone.locator('input[name="photo"]')).to_have_count(1)
    assert phone.input_value("#id_key") == key


def test_the_draft_is_thrown_away_when_asked(phone):
    fill_in(phone)
    phone.reload()

    phone.get_by_role("button", name="清除，重新填").tap()

    expect(phone.locator("#id_quantity")).to_have_value("")
    expect(phone.get_by_text("已恢复未提交的内容")).to_be_hidden()


def test_an_empty_form_is_not_called_a_draft(phone):
    phone.reload()

    expect(phone.locator("#produce_search")).to_be_visible()
    expect(phone.get_by_text("已恢复未提交的内容")).to_be_hidden()


def test_offline_then_online_submits_once(phone):
    fill_in(phone)
    phone.context.set_offline(True)
    phone.get_by_role("button", name="提交审核").tap()
    expect(phone.get_by_text("网络断了，还没有提交")).to_be_visible()
    phone.get_by_role("button", name="提交审核").tap()
    assert Listing.objects.count() == 0

    phone.context.set_offline(False)

    expect(phone.locator(".stage")).to_contain_text("审核中")
    assert Listing.objects.count() == 1
    assert Event.objects.filter(verb="submitted").count() == 1
    forget_offline_noise(phone)
    phone.goto(NEW)
    expect(phone.locator("#produce_search")).to_be_visible()
    expect(phone.get_by_text("已恢复未提交的内容")).to_be_hidden()


def test_an_answer_that_got_lost_is_asked_for_again_with_the_same_key(phone):
    fill_in(phone)
    lost = []

    def lose_the_first_answer(route):
        if route.request.method == "POST" and not lost:
            lost.append(route.fetch(max_redirects=0).status)
            route.abort()
        else:
            route.continue_()

    phone.route("**/sell/new/", lose_the_first_answer)
    phone.get_by_role("button", name="提交审核").tap()
    expect(phone.get_by_text("网络断了，还没有提交")).to_be_visible()
    phone.get_by_role("button", name="提交审核").tap()

    expect(phone.get_by_text("没有重复提交")).to_be_visible()
    assert lost == [200]
    assert Listing.objects.count() == 1
    phone.complaints[:] = [line for line in phone.complaints if "net::ERR_FAILED" not in line]


def test_a_photo_taken_offline_goes_up_after_a_reload(phone):
    fill_in(phone)
    phone.route("**/sell/photos/", lambda route: route.abort())
    phone.set_input_files("#id_photos", picture())
    expect(phone.locator(".photo-state")).to_have_text("等网络…")
    phone.complaints[:] = [line for line in phone.complaints if "net::ERR_FAILED" not in line]
    phone.unroute("**/sell/photos/")

    phone.reload()

    expect(phone.locator('input[name="photo"]')).to_have_count(1)
    assert Photo.objects.count() == 1


def test_errors_are_shown_without_losing_anything_and_can_be_put_right(phone):
    fill_in(phone)
    phone.fill("#id_quantity", "5蒲式耳")
    phone.set_input_files("#id_photos", picture())
    expect(phone.locator('input[name="photo"]')).to_have_count(1)
    phone.get_by_role("button", name="提交审核").tap()

    expect(phone.locator(".form-errors")).to_contain_text("不认识单位“蒲式耳”")
    expect(phone.locator("[data-chosen-name]")).to_contain_text("丝瓜")
    phone.fill("#id_quantity", "800")
    phone.get_by_role("button", name="提交审核").tap()

    expect(phone.locator(".stage")).to_contain_text("审核中")
    assert Listing.objects.get().quantity_per_day_g == 400_000
    assert Listing.objects.get().photos.count() == 1


def test_without_a_script_the_plain_form_does_it_all(open_as, cast, reference):
    page = open_as(cast.farmer, java_script_enabled=False)
    page.goto(NEW)
    page.select_option("#id_produce", str(reference["loofah"].pk))
    page.fill("#id_quantity", "")
    page.set_input_files("#id_photos", picture())
    page.get_by_role("button", name="提交审核").tap()
    expect(page.locator(".form-errors")).to_contain_text("请写每天有多少")
    page.fill("#id_quantity", "800")
    page.get_by_role("button", name="提交审核").tap()

    expect(page.locator(".stage")).to_contain_text("审核中")
    assert Listing.objects.get().photos.count() == 1


def test_place_and_contact_follow_the_seller_until_somebody_writes_their_own(open_as, cast, reference):
    rival = cast.rival_household
    rival.place, rival.contact_phone = reference["baiguan"], "+8613811112222"
    rival.save()
    rival.memberships.create(user=cast.helper, role=Role.HELPER)
    page = open_as(cast.helper)
    page.goto(NEW)
    page.select_option("#id_seller", label="王建国家")
    page.get_by_text("更多").tap()
    expect(page.locator("#id_contact_phone")).to_have_value("13800000000")
    page.fill("#id_contact_name", "刘支书")

    page.select_option("#id_seller", label="李满仓家")

    expect(page.locator("#id_contact_phone")).to_have_value("13811112222")
    expect(page.locator("#id_contact_name")).to_have_value("刘支书")
    expect(page.locator("[data-place-words]")).to_have_text("白关镇")
    expect(page.locator("#id_village")).to_have_value("")
