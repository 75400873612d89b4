"""Photographs that come with the listing form, and the small answers it asks for."""

import io
import re
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image
from wagtail.models import WorkflowState

from market.models import Event, Listing, Photo
from tests.factories import make_photo, make_submitted_listing, picture, signed_in

NEW = "/sell/new/"


def nothing_written() -> bool:
    return not (Listing.objects.exists() or Event.objects.exists() or WorkflowState.objects.exists())


# --- photographs ---


def test_photos_come_with_the_form_where_there_is_no_script(phone, typed):
    phone.post(NEW, {**typed, "photos": [picture("a.jpg"), picture("b.jpg")]})

    assert Listing.objects.get().photos.count() == 2


def test_photos_survive_an_error_elsewhere_and_travel_on(phone, typed):
    page = phone.post(NEW, {**typed, "quantity": "", "photos": [picture()]})
    photo = Photo.objects.get()
    assert f'name="photo" value="{photo.pk}"' in page.content.decode()

    phone.post(NEW, {**typed, "photo": [photo.pk]})

    assert [row.photo_id for row in Listing.objects.get().photos.all()] == [photo.pk]


def test_a_ticked_photo_is_dropped(phone, cast, typed):
    keep, drop = make_photo(cast.farmer), make_photo(cast.farmer)

    phone.post(NEW, {**typed, "photo": [keep.pk, drop.pk], "drop_photo": [drop.pk]})

    assert [row.photo_id for row in Listing.objects.get().photos.all()] == [keep.pk]


def test_seven_photos_are_refused_and_six_kept_on_the_page(phone, typed):
    page = phone.post(NEW, {**typed, "photos": [picture() for _ in range(7)]})

    assert "最多 6 张照片" in page.content.decode()
    assert len(page.context["tray"].photos) == 6
    assert nothing_written()


@pytest.mark.parametrize("value", ["rival", "999999", "-1", "abc", "9" * 40])
def test_a_photo_that_is_not_theirs_is_refused_and_not_shown(phone, cast, typed, value):
    photo = make_photo(cast.rival_farmer)

    page = phone.post(NEW, {**typed, "photo": [photo.pk if value == "rival" else value]})

    assert "不是您上传的" in page.content.decode()
    assert photo.card.url not in page.content.decode()
    assert nothing_written()


def test_a_broken_picture_is_refused_beside_the_photos(phone, typed):
    page = phone.post(NEW, {**typed, "photos": [SimpleUploadedFile("a.jpg", b"\xff\xd8\xff broken", "image/jpeg")]})

    assert "照片打不开" in " ".join(page.context["form"].errors["photos"])
    assert nothing_written()
    assert Photo.objects.count() == 0


def test_a_script_uploads_one_photo_and_gets_its_address(phone, cast):
    answer = phone.post(reverse("market:upload_photo"), {"photo": picture()})

    photo = Photo.objects.get()
    assert (answer.status_code, answer.json()) == (201, {"id": photo.pk, "url": photo.card.url})
    assert (photo.uploaded_by, photo.width, photo.height) == (cast.farmer, 640, 480)


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({}, "照片是空的"),
        ({"photo": SimpleUploadedFile("a.pdf", b"%PDF-1.4 something")}, "不是能用的照片"),
        ({"photo": SimpleUploadedFile("a.jpg", b"<svg onload=alert(1)>")}, "不是能用的照片"),
    ],
)
def test_what_is_not_a_photo_is_refused_with_a_sentence(phone, files, words):
    answer = phone.post(reverse("market:upload_photo"), files)

    assert (answer.status_code, Photo.objects.count()) == (422, 0)
    assert words in answer.json()["error"]


def test_who_sells_for_nobody_uploads_nothing(cast):
    answer = signed_in(cast.outsider).post(reverse("market:upload_photo"), {"photo": picture()})

    assert (answer.status_code, Photo.objects.count()) == (422, 0)


def test_no_position_reaches_the_storage(phone):
    exif = Image.Exif()
    exif[0x010F] = "SecretPhoneMaker"
    exif.get_ifd(0x8825)[1] = "N"
    phone.post(reverse("market:upload_photo"), {"photo": picture("IMG_home.jpg", exif.tobytes())})

    photo = Photo.objects.get()
    for file in (photo.full, photo.card):
        content = Path(file.path).read_bytes()
        assert b"SecretPhoneMaker" not in content
        assert b"Exif" not in content
        assert "IMG_home" not in file.name
        assert dict(Image.open(io.BytesIO(content)).getexif()) == {}


# --- small answers ---


@pytest.mark.parametrize("text", ["丝瓜", "sigua", "sg", "白关丝瓜", "BGSG", "SiGua"])
def test_produce_is_found_by_name_alias_pinyin_and_initials(phone, reference, text):
    page = phone.get(reverse("market:sell_produce"), {"q": text})

    assert [one.pk for one in page.context["offers"]] == [reference["loofah"].pk]
    assert f'data-pick="{reference["loofah"].pk}"' in page.content.decode()
    assert 'data-pack-word="筐"' in page.content.decode()


def test_unknown_produce_says_what_to_do(phone):
    page = phone.get(reverse("market:sell_produce"), {"q": "<b>龙虾</b>"}).content.decode()

    assert "没有找到“&lt;b&gt;龙虾&lt;/b&gt;”" in page


def test_before_typing_the_last_listed_produce_comes_first(phone, cast, reference):
    make_submitted_listing(cast.household, reference["rice"], reference["village"], by=cast.farmer)

    offers = phone.get(reverse("market:sell_produce")).context["offers"]

    assert [one.slug for one in offers] == ["zaodao", "sigua", "huangtao"]


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        ({"text": "2万斤"}, {"reading": "2 万斤 = 10 吨", "error": ""}),
        ({"text": "800"}, {"reading": "800 = 800 斤 = 400 公斤", "error": ""}),
        ({"text": ""}, {"reading": "", "error": ""}),
        (
            {"text": "20筐", "pack_word": "筐", "pack_weight": "40斤"},
            {"reading": "20 筐 = 800 斤 = 400 公斤", "error": ""},
        ),
        ({"text": "5蒲式耳"}, {"reading": "", "error": "不认识单位“蒲式耳”，请用斤、公斤或吨"}),
    ],
)
def test_a_weight_is_read_back_while_typing(phone, asked, answer):
    assert phone.get(reverse("market:sell_reading"), asked).json() == answer


def test_villages_follow_the_township(phone, reference):
    page = phone.get(reverse("market:sell_villages"), {"township": reference["baiguan"].pk}).content.decode()

    assert re.findall(r'value="(\d*)">(\S+)<', page) == [("", "只写到乡镇"), ("430203100201", "白关村")]
