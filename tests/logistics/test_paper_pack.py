"""The papers of a trip: what stands on them, that their codes are read from the picture, and which came back."""

import datetime as dt
import io
import shutil
import subprocess
import uuid

import pytest
import segno
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image
from pypdf import PdfReader
from reportlab.lib.units import mm

from market.exceptions import NotAllowed
from orders.logistics.actions.papers import print_papers, take_back_paper
from orders.logistics.actions.trips import add_trip
from orders.logistics.actions.trucks import register_driver
from orders.logistics.enums import PaperKind, PassState
from orders.logistics.exceptions_papers import PaperNotPrinted
from orders.logistics.models import Evidence, Paper, Pass, PassCode, SignerKey, TripOverride
from orders.logistics.pass_sheet import CODE_SIDE
from orders.logistics.queries.trips import sheet_of
from orders.logistics.waybill import code_text, waybill_hash
from tests.factories.evidence import picture_file
from tests.factories.logistics import make_pass
from tests.factories.orders import make_dock, make_pledge

BASE45 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
TEXT = "GC1:" + "".join(BASE45[(n * 7 + n // 45) % 45] for n in range(340))  # as long as a real one
DPI = 150


@pytest.fixture
def trip(day, reference):
    driver = register_driver(day.cast.carrier, name="喆翀燚䶮", phone="13700000001", by=day.cast.haulier)
    truck = day.truck(driver=driver)
    make_pass(truck, day.day, by=day.cast.dispatcher, number="430200000088")
    dock = make_dock(day.cast.rival_supermarket, reference["lusong"], contact_name="<b>丁&䶮</b>")
    near, far = make_pledge(day.lot, dock, "600斤", by=day.cast.rival_buyer), day.pledge("1000斤")
    wanted = [(pledge.allocations.get().pk, None) for pledge in (near, far)]
    return add_trip(day.day, truck, wanted, by=day.cast.dispatcher)


def make_code(trip, text=TEXT, **facts):
    """A live code with whatever text: what signs it is tested beside the codes."""
    now = timezone.now()
    key = SignerKey.objects.create(
        kid=uuid.uuid4().hex[:16],
        purpose="codes",
        x="0" * 64,
        y="0" * 64,
        valid_from=now,
        valid_to=now + dt.timedelta(days=9),
    )
    values = {
        "token": uuid.uuid4().hex,
        "not_before": now,
        "expires_at": now + dt.timedelta(hours=9),
        "check_code": "7KQ2",
    }
    return PassCode.objects.create(
        green_pass=trip.truck.passes.get(), trip=trip, signer=key, text=text, **{**values, **facts}
    )


def browser_of(person):
    browser = Client()
    browser.force_login(person)
    return browser


def pack_of(trip, person):
    return browser_of(person).get(reverse("logistics:paper_pack", args=[trip.pk]))


def pages_of(pdf):
    return [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]


def test_the_pack_is_pass_manifest_and_three_copies(day, trip):
    make_code(trip)
    answer = pack_of(trip, day.cast.dispatcher)

    assert answer["Content-Type"] == "application/pdf"
    assert answer["Cache-Control"] == "private, no-store"
    pages = pages_of(answer.content)
    assert len(pages) == 5
    assert [next(word for word in ("绿色通道通行单", "停靠顺序", "第一联", "第二联", "第三联") if word in page) for page in pages] == [
        "绿色通道通行单", "停靠顺序", "第一联", "第二联", "第三联",
    ]  # fmt: skip
    for word in ("喆翀燚䶮", "<b>丁&䶮</b>", "满载率"):
        assert word in pages[1]
    for n, page in enumerate(pages[2:], start=1):
        assert f"No. {trip.day:%Y%m%d}-{trip.pk}-{n}" in page
        assert waybill_hash(sheet_of(trip))[:16].upper() in page


def test_the_pass_sheet_says_what_an_officer_compares_and_masks_the_rest(day, trip):
    make_code(trip)
    page = pages_of(pack_of(trip, day.cast.dispatcher).content)[0]

    for word in (
        "430200 000088",
        "7 K Q 2",
        trip.truck.plate,
        "喆*",
        "交警支队",
        "全市",
        "株洲鲜运车队",
        "扫不出来时",
        "0731-12345",
    ):
        assert word in page
    assert "翀" not in page
    assert "1370000" not in page


def test_it_is_landscape_on_green(day, trip):
    make_code(trip)
    page = PdfReader(io.BytesIO(pack_of(trip, day.cast.dispatcher).content)).pages[0]
    assert page.mediabox.width > page.mediabox.height
    assert 60 * mm <= CODE_SIDE


def test_an_override_is_printed_plainly_without_facts_of_health(day, trip):
    make_code(trip)
    TripOverride.objects.create(
        trip=trip,
        reasons=[{"code": "test_too_old", "facts": {}}],
        why="医院断菜",
        until=timezone.now() + dt.timedelta(hours=3),
        by=day.cast.supervisor,
    )
    page = pages_of(pack_of(trip, day.cast.dispatcher).content)[0].replace("\n", "")
    assert "特批放行到" in page
    assert "医院断菜" in page
    assert "卫*" in page
    assert "核酸" not in page


def test_an_override_stands_on_the_manifest_where_no_code_carries_it(day, trip):
    Pass.objects.filter(pk=trip.green_pass_id).update(state=PassState.SUSPENDED)
    until = timezone.now() + dt.timedelta(hours=3)
    TripOverride.objects.create(
        trip=trip, reasons=["pass_not_valid"], why="医院断菜", until=until, by=day.cast.supervisor
    )
    page = pages_of(pack_of(trip, day.cast.dispatcher).content)[0].replace("\n", "")
    assert "特批放行到" in page
    assert "医院断菜" in page
    assert "已暂停" in page
    assert "有效至" not in page


def test_whatever_there_is_to_say_the_pass_sheet_is_one_page(day, trip):
    make_code(trip)
    for n in range(4):
        TripOverride.objects.create(
            trip=trip, reasons=[], why="因" * 200, until=timezone.now() + dt.timedelta(hours=n), by=day.cast.supervisor
        )
    pages = pages_of(pack_of(trip, day.cast.dispatcher).content)
    assert "扫不出来时" in pages[0]
    assert "停靠顺序" in pages[1]


def test_without_a_pass_the_pack_has_none(day, trip):
    pages = pages_of(pack_of(trip, day.cast.haulier).content)
    assert len(pages) == 4
    assert "停靠顺序" in pages[0]


# --- the codes, read from the picture ---


def picture_of(pdf, page, tmp_path):
    if shutil.which("pdftoppm") is None:
        pytest.skip("poppler is not installed")
    (tmp_path / "pack.pdf").write_bytes(pdf)
    one = ["-f", str(page), "-l", str(page), "-singlefile"]
    subprocess.run(
        ["pdftoppm", "-r", str(DPI), "-gray", *one, str(tmp_path / "pack.pdf"), str(tmp_path / "page")], check=True
    )
    return Image.open(tmp_path / "page.pgm")


def read_from(picture, tmp_path, settings):
    """By jsQR, a decoder that shares nothing with what drew the code."""
    if shutil.which("node") is None:
        pytest.skip("node is not installed")
    width, height = picture.size
    (tmp_path / "raw").write_bytes(picture.convert("RGBA").tobytes())
    script = (
        "const jsQR = require(process.argv[1]); const data = new Uint8ClampedArray(require('fs').readFileSync(process.argv[2]));"
        "const found = jsQR(data, +process.argv[3], +process.argv[4]); process.stdout.write(found ? found.data : '');"
    )
    library = settings.NODE_MODULES / "jsqr/dist/jsQR.js"
    command = ["node", "-e", script, str(library), str(tmp_path / "raw"), str(width), str(height)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def test_the_code_of_the_pass_sheet_is_read_from_the_picture(day, trip, tmp_path, settings):
    make_code(trip)
    picture = picture_of(pack_of(trip, day.cast.dispatcher).content, 1, tmp_path)
    assert read_from(picture, tmp_path, settings) == TEXT


def test_the_code_of_the_waybill_is_read_from_the_picture(day, trip, tmp_path, settings):
    picture = picture_of(pack_of(trip, day.cast.dispatcher).content, 2, tmp_path)
    assert read_from(picture, tmp_path, settings) == code_text(sheet_of(trip))


def test_the_code_is_large_with_error_level_q_and_a_white_frame_of_four_modules(day, trip, tmp_path):
    make_code(trip)
    picture = picture_of(pack_of(trip, day.cast.dispatcher).content, 1, tmp_path)
    rows = [list(row) for row in segno.make(TEXT, error="q", micro=False, boost_error=False).matrix_iter(border=0)]
    module = CODE_SIDE / len(rows) / 72 * DPI
    dark = picture.point(lambda level: 255 if level < 60 else 0)
    left = 12 * mm / 72 * DPI + 4 * module
    top = 10 * mm / 72 * DPI + 4 * module
    # The finder's corner stands where it should, give or take two pixels.
    left, top, _right, _bottom = dark.crop((0, 0, int(left + 100), int(top + 100))).getbbox()
    read = [
        [bool(dark.getpixel((int(left + (x + 0.5) * module), int(top + (y + 0.5) * module)))) for x in range(len(rows))]
        for y in range(len(rows))
    ]
    assert read == [[bool(square) for square in row] for row in rows]
    edge = picture.getpixel((int(left - 2 * module), int(top + 10 * module)))
    assert edge == 255


def test_a_waybill_altered_by_a_gram_has_another_hash(trip):
    before = waybill_hash(sheet_of(trip))
    load = trip.loads.first()
    type(load).objects.filter(pk=load.pk).update(planned_g=load.planned_g - 1)
    assert waybill_hash(sheet_of(trip)) != before


# --- which came back ---


def test_printing_expects_the_signed_ones_back_once(day, trip):
    make_code(trip)
    browser = browser_of(day.cast.haulier)
    for _ in range(2):
        assert browser.post(reverse("logistics:paper_pack", args=[trip.pk])).content.startswith(b"%PDF")

    assert list(Paper.objects.values_list("kind", "copy")) == [(PaperKind.PASS, 1), (PaperKind.WAYBILL, 3)]
    assert all(paper.printed_at for paper in Paper.objects.all())


def test_looking_at_it_writes_nothing(day, trip):
    pack_of(trip, day.cast.dispatcher)
    assert Paper.objects.count() == 0


@pytest.mark.parametrize("person", ["farmer", "buyer", "outsider", "commerce_desk"])
def test_others_do_not_print(day, trip, person):
    with pytest.raises(NotAllowed):
        print_papers(trip, by=getattr(day.cast, person))
    assert pack_of(trip, getattr(day.cast, person)).status_code == 404


def test_the_dispatcher_ticks_it_off_with_its_scan_once(day, trip):
    (paper,) = print_papers(trip, by=day.cast.dispatcher)
    browser = browser_of(day.cast.dispatcher)
    assert reverse("logistics:paper_back", args=[paper.pk]) in browser.get(reverse("logistics:papers")).content.decode()
    key = str(uuid.uuid4())
    for _ in range(2):
        form = {"key": key, "photos": [picture_file("white")]}
        assert browser.post(reverse("logistics:paper_back", args=[paper.pk]), form).status_code == 302

    paper.refresh_from_db()
    assert paper.returned_by == day.cast.dispatcher
    assert [one.kind for one in Evidence.objects.filter(paper=paper)] == ["paper"]
    assert "单据都收回了" in browser.get(reverse("logistics:papers")).content.decode()


def test_only_the_dispatcher_takes_it_back(day, trip):
    (paper,) = print_papers(trip, by=day.cast.haulier)
    with pytest.raises(NotAllowed):
        take_back_paper(paper, key=uuid.uuid4(), by=day.cast.haulier)
    paper.refresh_from_db()
    assert paper.returned_at is None


def test_what_was_not_printed_cannot_come_back(day, trip):
    paper = Paper.objects.create(trip=trip, kind=PaperKind.WAYBILL, copy=3)
    with pytest.raises(PaperNotPrinted):
        take_back_paper(paper, key=uuid.uuid4(), by=day.cast.dispatcher)


def test_the_list_costs_the_same_with_one_and_with_many(day, trip, django_assert_num_queries):
    browser = browser_of(day.cast.dispatcher)
    url = reverse("logistics:papers")
    print_papers(trip, by=day.cast.dispatcher)
    browser.get(url)
    with django_assert_num_queries(7):
        browser.get(url)
    for copy in (1, 2):
        Paper.objects.create(trip=trip, kind=PaperKind.WAYBILL, copy=copy, printed_at=timezone.now())
    with django_assert_num_queries(7):
        browser.get(url)
