"""What the listing form reads and refuses, for whom, and what is kept when it is refused."""

import datetime as dt
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone
from wagtail.models import WorkflowState

from market.enums import Grade, OrganisationKind, Role, VerificationState
from market.models import Event, Listing, ListingPhoto, Organisation
from tests.factories import (
    make_live_listing,
    make_organisation,
    make_photo,
    signed_in,
)

NEW = "/sell/new/"


def nothing_written() -> bool:
    return not (Listing.objects.exists() or Event.objects.exists() or WorkflowState.objects.exists())


# --- the form ---


def test_the_form_is_filled_in_as_far_as_possible(phone, cast, reference):
    page = phone.get(NEW)

    today = timezone.localdate()
    form = page.context["form"]
    assert (form["first_day"].value(), form["last_day"].value()) == (today, today + dt.timedelta(days=2))
    assert (form["township"].value(), form["village"].value()) == ("430203100000", "430203100201")
    assert (form["contact_name"].value(), form["contact_phone"].value()) == ("王建国", "13800000000")
    assert "seller" not in form.fields
    assert page.context["place_words"] == "芦淞区白关镇白关村"


def test_a_farmer_submits_what_was_typed(phone, cast, typed):
    answer = phone.post(NEW, {**typed, "pack_word": "筐", "pack_weight": "40斤", "minimum": "5筐", "note": "现摘"})

    listing = Listing.objects.get()
    assert answer.url == reverse("market:listing", args=[listing.pk])
    assert (listing.quantity_per_day_g, listing.quantity_typed, listing.price) == (10_000_000, "2万斤", Decimal("1.20"))
    assert (listing.pack_word, listing.pack_g, listing.minimum_g, listing.minimum_typed) == (
        "筐",
        20_000,
        100_000,
        "5筐",
    )
    assert (listing.seller, listing.place_id, listing.contact_phone) == (
        cast.household,
        "430203100201",
        "+8613800000000",
    )
    assert (listing.live, listing.grade, listing.note) == (False, Grade.FIRST, "现摘")


@pytest.mark.parametrize(
    ("text", "price"),
    [("", None), ("面议", None), ("￥1.5", "1.50"), ("１．５元", "1.50"), ("2块", "2.00"), ("1.25 块钱", "1.25")],
)
def test_a_price_is_read_as_people_write_it(phone, typed, text, price):
    phone.post(NEW, {**typed, "price": text})

    assert Listing.objects.get().price == (price and Decimal(price))


@pytest.mark.parametrize(
    ("text", "grams"), [("800", 400_000), ("１.５吨", 1_500_000), ("三万五千斤", 17_500_000), ("半吨", 500_000)]
)
def test_a_weight_is_read_as_people_write_it_and_jin_come_first(phone, typed, text, grams):
    phone.post(NEW, {**typed, "quantity": text})

    assert Listing.objects.get().quantity_per_day_g == grams


YESTERDAY, FAR = -1, 60
BAD = {
    "negative quantity": ({"quantity": "-5斤"}, "quantity", "数量不能是负数"),
    "zero quantity": ({"quantity": "0斤"}, "quantity", "数量要大于零"),
    "huge quantity": ({"quantity": "9999999吨"}, "quantity", "最多 100 万吨"),
    "unknown unit": ({"quantity": "5蒲式耳"}, "quantity", "不认识单位“蒲式耳”"),
    "no quantity": ({"quantity": ""}, "quantity", "请写每天有多少"),
    "much text as quantity": ({"quantity": "好" * 100_000}, "quantity", "数量写得太长"),
    "packs of unknown weight": ({"quantity": "20筐"}, "quantity", "没有写明每筐多重"),
    "no produce": ({"produce": ""}, "produce", "请选卖什么"),
    "unknown produce": ({"produce": "999999"}, "produce", "没有这种农产品"),
    "produce by hand": ({"produce": "<script>"}, "produce", "没有这种农产品"),
    "negative price": ({"price": "-1"}, "price", "单价要大于零"),
    "zero price": ({"price": "0"}, "price", "单价要大于零"),
    "price to the li": ({"price": "1.255"}, "price", "最多写到分"),
    "huge price": ({"price": "12345678901"}, "price", "单价太大"),
    "price in words": ({"price": "很便宜"}, "price", "单价请写一个数"),
    "price not a number": ({"price": "NaN"}, "price", "单价请写一个数"),
    "price of packs without packs": ({"price_unit": "pack"}, "price_unit", "每件多重"),
    "unknown price unit": ({"price_unit": "bushel"}, "price_unit", "bushel"),
    "unknown grade": ({"grade": "best"}, "grade", "best"),
    "past day": ({"first_day": YESTERDAY}, "first_day", "已经过去"),
    "not a day": ({"first_day": "2021-02-30"}, "first_day", "日期"),
    "too long": ({"last_day": FAR}, "last_day", "最多 60 天，您填了 61 天"),
    "days in wrong order": ({"first_day": 2, "last_day": 1}, "last_day", "不能早于"),
    "unknown place": ({"township": "999999999999", "village": ""}, "township", "999999999999"),
    "village of elsewhere": ({"village": "430202001001"}, "village", "430202001001"),
    "minimum above the offer": ({"minimum": "3万斤"}, "minimum", "起订量不能超过"),
    "pack without weight": ({"pack_word": "筐"}, "pack_weight", "请写每筐多重"),
    "weight without pack": ({"pack_weight": "40斤"}, "pack_word", "请选用什么包装"),
    "pack of zero": ({"pack_word": "筐", "pack_weight": "0斤"}, "pack_weight", "数量要大于零"),
    "pack of two tonnes": ({"pack_word": "筐", "pack_weight": "2吨"}, "pack_weight", "每件最多"),
    "unknown pack": ({"pack_word": "桶", "pack_weight": "40斤"}, "pack_word", "桶"),
    "long note": ({"note": "好" * 501}, "note", "500"),
    "no contact": ({"contact_name": ""}, "contact_name", "请写买家找谁联系"),
    "bad telephone": ({"contact_phone": "12345"}, "contact_phone", "11 位手机号"),
    "broken key": ({"key": "abc"}, "key", "页面过期了"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_refused_beside_its_field_and_writes_nothing(phone, typed, case):
    values, name, words = BAD[case]
    today = timezone.localdate()
    values = {k: (today + dt.timedelta(days=v)).isoformat() if isinstance(v, int) else v for k, v in values.items()}

    page = phone.post(NEW, {**typed, **values})

    assert page.status_code == 200
    assert words in " ".join(page.context["form"].errors.get(name, []))
    assert "还没有提交，请改好下面几处" in page.content.decode()
    assert nothing_written()


def test_what_was_typed_stays_after_an_error(phone, typed):
    page = phone.post(NEW, {**typed, "quantity": "5蒲式耳", "note": "好丝瓜", "price": "1.2元"}).content.decode()

    assert 'value="5蒲式耳"' in page
    assert 'value="1.2元"' in page
    assert "好丝瓜</textarea>" in page
    assert typed["key"] in page


def test_ten_megabytes_of_text_are_refused(phone, typed):
    answer = phone.post(NEW, {**typed, "note": "好" * 3_500_000})

    assert answer.status_code == 400
    assert nothing_written()


def test_html_in_text_is_shown_as_text(phone, typed):
    phone.post(NEW, {**typed, "note": "<script>alert(1)</script>", "variety": "<b>x</b>"})

    page = phone.get(reverse("market:listing", args=[Listing.objects.get().pk])).content.decode()
    assert "<script>alert" not in page
    assert "<b>x</b>" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<b>x</b>" not in phone.get("/sell/").content.decode()


def test_a_double_submit_makes_one_listing_and_says_so(phone, typed):
    phone.post(NEW, typed)
    page = phone.post(NEW, typed, follow=True).content.decode()

    assert Listing.objects.count() == 1
    assert Event.objects.filter(verb="submitted").count() == 1
    assert "没有重复提交" in page


def test_a_script_is_told_the_address_instead_of_being_redirected(phone, typed):
    answer = phone.post(NEW, typed, headers={"X-Requested-With": "fetch"})

    assert answer.json() == {"url": reverse("market:listing", args=[Listing.objects.get().pk])}


def test_like_an_earlier_listing_with_fresh_days(phone, cast, reference, time_machine):
    photo = make_photo(cast.farmer)
    old = make_live_listing(cast.household, reference["loofah"], reference["village"], by=cast.farmer, variety="白关")
    ListingPhoto.objects.create(listing=old, photo=photo)
    time_machine.move_to(timezone.now() + dt.timedelta(days=9))

    page = phone.get(f"{NEW}?like={old.pk}")

    form = page.context["form"]
    assert (form["variety"].value(), form["quantity"].value()) == ("白关", "2万斤")
    assert form["first_day"].value() == timezone.localdate()
    assert page.context["tray"].photos == [photo]


def test_a_rivals_listing_is_not_copied(cast, reference):
    listing = make_live_listing(cast.household, reference["loofah"], reference["village"], by=cast.farmer)

    assert signed_in(cast.rival_farmer).get(f"{NEW}?like={listing.pk}").status_code == 404


# --- for whom ---


def test_a_helper_is_told_that_both_names_are_recorded(cast, typed):
    helper = signed_in(cast.helper)

    assert "您正在替 王建国家 发布，双方姓名都会记录" in helper.get(NEW).content.decode()
    helper.post(NEW, typed)
    event = Event.objects.get(verb="submitted")
    assert (event.by, event.on_behalf_of) == (cast.helper, cast.household)


def test_who_sells_for_two_chooses(cast, typed):
    cast.cooperative.memberships.create(user=cast.farmer, role=Role.CLERK)
    farmer = signed_in(cast.farmer)

    page = farmer.get(NEW)
    farmer.post(NEW, {**typed, "seller": cast.cooperative.pk})

    assert {choice[1] for choice in page.context["form"].fields["seller"].choices} == {"王建国家", "白关丝瓜合作社"}
    assert Listing.objects.get().seller == cast.cooperative


def test_another_organisation_cannot_be_named(cast, typed):
    cast.cooperative.memberships.create(user=cast.farmer, role=Role.CLERK)

    page = signed_in(cast.farmer).post(NEW, {**typed, "seller": cast.rival_household.pk})

    assert "seller" in page.context["form"].errors
    assert nothing_written()


def test_naming_a_seller_where_there_is_no_choice_changes_nothing(phone, cast, typed):
    phone.post(NEW, {**typed, "seller": cast.rival_household.pk})

    assert Listing.objects.get().seller == cast.household


@pytest.mark.parametrize("person", ["buyer", "driver", "outsider"])
def test_who_sells_for_nobody_is_told_what_to_do(cast, typed, person):
    client = signed_in(getattr(cast, person))

    assert client.get(NEW).url == "/sell/"
    assert client.post(NEW, typed).url == "/sell/"
    assert "先登记农户或合作社" in client.get("/sell/").content.decode()
    assert nothing_written()


def test_an_unverified_seller_is_told_to_wait(phone, cast, typed):
    Organisation.objects.update(verification=VerificationState.WAITING)

    page = phone.post(NEW, typed, follow=True).content.decode()

    assert "“王建国家”还没有通过主管部门核实" in page
    assert "“王建国家”：待核实" in page
    assert f'href="{reverse("market:sell_new")}"' not in page.partition('id="main"')[2], "it would only be refused"
    assert nothing_written()


def test_one_verified_of_two_sellers_does_not_let_the_other_trade(cast, reference, typed):
    new = make_organisation(
        "新农户", OrganisationKind.HOUSEHOLD, reference["village"], (cast.farmer, Role.MANAGER),
        verification=VerificationState.WAITING,
    )  # fmt: skip

    page = signed_in(cast.farmer).post(NEW, {**typed, "seller": new.pk})

    assert "“新农户”还没有通过主管部门核实" in page.content.decode()
    assert nothing_written()
