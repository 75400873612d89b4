"""My listings and one of them: what the farmer sees and does there."""

from decimal import Decimal

import pytest
from wagtail.models import WorkflowState

from market.actions.listings import edit_listing
from market.actions.lots import reserve
from market.models import Event, ListingPhoto, Lot
from tests.factories import (
    approve,
    decide,
    make_listing,
    make_live_listing,
    make_photo,
    make_submitted_listing,
    make_terms,
    picture,
    signed_in,
)

NEW = "/sell/new/"


# --- my listings ---


def test_my_listings_shows_mine_only(cast, reference):
    make_submitted_listing(cast.household, reference["loofah"], reference["village"], by=cast.farmer)
    make_submitted_listing(cast.rival_household, reference["peach"], reference["village"], by=cast.rival_farmer)

    page = signed_in(cast.farmer).get("/sell/").content.decode()

    assert "丝瓜" in page
    assert "黄桃" not in page


def test_an_empty_list_says_what_to_do_next(phone):
    page = phone.get("/sell/").content.decode()

    assert "还没有货源" in page
    assert f'href="{NEW}"' in page


@pytest.mark.parametrize("count", [1, 3])
def test_my_listings_cost_the_same_with_one_and_with_three(phone, cast, reference, count, django_assert_num_queries):
    for _ in range(count):
        listing = make_live_listing(cast.household, reference["loofah"], reference["village"], by=cast.farmer)
        ListingPhoto.objects.create(listing=listing, photo=make_photo(cast.farmer))
        edit_listing(listing, make_terms(reference["loofah"], reference["village"]), by=cast.farmer)
        decide(listing, "reject", cast.agriculture_desk, "请改")
        reserve(Lot.objects.filter(listing=listing).first().pk, 500)
    phone.get("/sell/")

    with django_assert_num_queries(11):  # session, person, memberships, two for rights, and the six of my_listings
        page = phone.get("/sell/")

    assert page.content.decode().count("需修改") + page.content.decode().count("修改被退回") == count


def test_the_twenty_first_listing_stands_on_the_second_page(phone, cast, reference):
    for _ in range(21):
        make_listing(cast.household, reference["loofah"], reference["village"], by=cast.farmer)

    first, second = phone.get("/sell/"), phone.get("/sell/?page=2")

    assert (len(first.context["rows"]), len(second.context["rows"])) == (20, 1)
    assert "?page=2" in first.content.decode()


# --- one listing ---


def test_a_listing_is_not_shown_to_others(cast, reference):
    listing = make_submitted_listing(cast.household, reference["loofah"], reference["village"], by=cast.farmer)

    for person in ("rival_farmer", "buyer", "outsider", "dispatcher"):
        client = signed_in(getattr(cast, person))
        assert client.get(f"/sell/{listing.pk}/").status_code == 404
        assert client.get(f"/sell/{listing.pk}/edit/").status_code == 404
        assert client.post(f"/sell/{listing.pk}/withdraw/").status_code == 404


def test_the_desks_words_are_shown_with_a_button_to_hand_in_again(phone, cast, reference, typed):
    listing = make_submitted_listing(cast.household, reference["loofah"], reference["village"], by=cast.farmer)
    decide(listing, "reject", cast.agriculture_desk, "请补照片<b>")

    page = phone.get(f"/sell/{listing.pk}/").content.decode()
    assert "请补照片&lt;b&gt;" in page
    assert "需修改" in page
    assert "修改后重新提交" in page
    form = phone.get(f"/sell/{listing.pk}/edit/").content.decode()
    assert "修改后重新提交" in form
    assert "请补照片&lt;b&gt;" in form

    phone.post(f"/sell/{listing.pk}/edit/", {**typed, "note": "已补", "photos": [picture()]})

    review = WorkflowState.objects.get(object_id=str(listing.pk))
    listing.refresh_from_db()
    assert (review.status, listing.note, listing.photos.count()) == ("in_progress", "已补", 1)
    assert "请补照片" not in phone.get("/sell/").content.decode()


def test_an_edit_in_review_is_refused_by_the_page_too(phone, cast, reference, typed):
    listing = make_submitted_listing(cast.household, reference["loofah"], reference["village"], by=cast.farmer)

    for answer in (
        phone.get(f"/sell/{listing.pk}/edit/", follow=True),
        phone.post(f"/sell/{listing.pk}/edit/", typed, follow=True),
    ):
        assert "正在审核，暂时不能修改" in answer.content.decode()
    assert listing.revisions.count() == 1


def test_the_edit_form_of_a_live_listing_is_filled_and_its_change_waits(phone, cast, reference, typed):
    listing = make_live_listing(cast.household, reference["loofah"], reference["village"], by=cast.farmer)
    assert phone.get(f"/sell/{listing.pk}/edit/").context["form"]["quantity"].value() == "2万斤"

    phone.post(f"/sell/{listing.pk}/edit/", {**typed, "price": "1.50"})

    listing.refresh_from_db()
    assert (listing.live, listing.price) == (True, Decimal("1.20"))
    page = phone.get(f"/sell/{listing.pk}/")
    assert page.context["changed"] == [("单价", "1.50 元/斤"), ("联系人", "王建国 13800000000")]
    assert "已上架，修改审核中" in page.content.decode()


def test_an_edit_below_what_is_pledged_is_refused_with_the_numbers(phone, cast, reference, typed):
    listing = make_live_listing(cast.household, reference["loofah"], reference["village"], by=cast.farmer)
    reserve(Lot.objects.first().pk, 6_000_000)

    page = phone.post(f"/sell/{listing.pk}/edit/", {**typed, "quantity": "1万斤"}).content.decode()

    assert "已被认购 1.2 万斤 = 6 吨" in page
    assert listing.revisions.count() == 1


def test_the_history_is_told_in_words(phone, cast, reference):
    listing = make_submitted_listing(cast.household, reference["loofah"], reference["village"], by=cast.helper)
    approve(cast, listing)

    history = phone.get(f"/sell/{listing.pk}/").context["history"]

    assert [line["sentence"] for line in history] == ["审核通过，已上架", "审核通过一步", "提交审核"]
    assert (history[-1]["by"], history[-1]["on_behalf_of"]) == (cast.helper, cast.household)


def test_progress_is_shown_for_each_day(phone, cast, reference):
    listing = make_live_listing(cast.household, reference["loofah"], reference["village"], by=cast.farmer)
    reserve(Lot.objects.order_by("day").first().pk, 3_000_000)

    page = phone.get(f"/sell/{listing.pk}/").content.decode()

    assert page.count("供应 20,000 斤，已认购") == 3
    assert "<b>6,000 斤</b>" in page


def test_withdrawing_asks_first_and_says_what_is_still_owed(phone, cast, reference):
    listing = make_live_listing(cast.household, reference["loofah"], reference["village"], by=cast.farmer)
    reserve(Lot.objects.first().pk, 3_000_000)

    assert "已经有人认购 6,000 斤 = 3 吨" in phone.get(f"/sell/{listing.pk}/withdraw/").content.decode()
    listing.refresh_from_db()
    assert listing.live is True

    page = phone.post(f"/sell/{listing.pk}/withdraw/", {"reason": "卖完了"}, follow=True).content.decode()
    listing.refresh_from_db()
    assert listing.live is False
    assert "已下架" in page
    assert "原因：卖完了" in page

    again = phone.post(f"/sell/{listing.pk}/withdraw/", {"reason": ""}, follow=True).content.decode()
    assert "现在的状态是“已下架”" in again
    assert Event.objects.filter(verb="withdrawn").count() == 1


def test_the_preview_shows_the_revision_under_review(cast, reference, rf):
    listing = make_live_listing(cast.household, reference["loofah"], reference["village"], by=cast.farmer)
    terms = make_terms(reference["loofah"], reference["village"], note="新说明<b>")
    edited = edit_listing(listing, terms, [make_photo(cast.farmer)], by=cast.farmer)

    page = edited.get_latest_revision_as_object().make_preview_request().render().content.decode()

    assert "新说明&lt;b&gt;" in page
    assert page.count('class="photo-tile"') == 1
