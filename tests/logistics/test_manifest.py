"""The paper of a trip, read back from the PDF."""

import io

import pytest
from django.urls import reverse
from pypdf import PdfReader

from orders.logistics.actions.trips import add_trip
from orders.logistics.actions.trucks import register_driver
from orders.logistics.manifest import make_manifest
from orders.logistics.queries.trips import off_loading_order, sheet_of
from tests.factories.logistics import load_up, make_pass
from tests.factories.orders import make_dock, make_pledge


@pytest.fixture
def trip(day, reference):
    """Two deliveries from one yard; the driver and a buyer's clerk have rare names."""
    driver = register_driver(day.cast.carrier, name="喆翀燚䶮", phone="13700000001", by=day.cast.haulier)
    truck = day.truck(driver=driver)
    make_pass(truck, day.day, by=day.cast.dispatcher, number="430200000088")
    dock = make_dock(day.cast.rival_supermarket, reference["lusong"], contact_name="<b>丁&䶮</b>")
    near, far = make_pledge(day.lot, dock, "600斤", by=day.cast.rival_buyer), day.pledge("1000斤")
    wanted = [(pledge.allocations.get().pk, None) for pledge in (near, far)]
    return add_trip(day.day, truck, wanted, by=day.cast.dispatcher)


def text_of(pdf: bytes) -> str:
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def test_the_manifest_names_everything_also_rare_characters(client, day, trip):
    client.force_login(day.cast.dispatcher)
    answer = client.get(reverse("logistics:manifest", args=[trip.pk]))

    text = text_of(answer.content)
    assert answer.headers["Content-Type"] == "application/pdf"
    for word in ("喆翀燚䶮", "<b>丁&䶮</b>", trip.truck.plate, "交警支队 430200000088", "株洲鲜运车队"):
        assert word in text
    assert "500 公斤 / 1,000 斤" in text
    assert "300 公斤 / 600 斤" in text
    assert "800 公斤 / 1,600 斤" in text  # the heaviest


def test_stops_stand_in_order_and_what_leaves_last_goes_on_first(trip):
    sheet = sheet_of(trip)
    packing = off_loading_order(sheet)

    kinds = [(leg.stop.position, leg.stop.kind) for leg in sheet.legs]
    assert kinds == [(1, "pickup"), (2, "delivery"), (3, "delivery")]
    assert [load.delivery.position for load in packing] == [3, 2]
    text = text_of(make_manifest(sheet, packing, "http://testserver/logistics/trips/1/"))
    assert text.index("1 装货") < text.index("2 卸货") < text.index("3 卸货") < text.index("装车顺序")


def test_the_code_is_drawn_and_says_the_address_of_the_trip(trip):
    import segno

    sheet = sheet_of(trip)
    url = f"http://testserver/logistics/trips/{trip.pk}/"
    with_code = PdfReader(io.BytesIO(make_manifest(sheet, [], url))).pages[0].get_contents().get_data()

    dark = sum(bool(square) for row in segno.make(url, error="m", micro=False).matrix_iter(border=2) for square in row)
    assert with_code.count(b" re") >= dark


def test_what_was_loaded_stands_on_the_paper_printed_later(client, day, trip):
    load = trip.loads.order_by("pk").first()
    load_up(trip, {load.pk: 250_000})
    client.force_login(day.cast.haulier)

    assert "250 公斤\n500 斤" in text_of(client.get(reverse("logistics:manifest", args=[trip.pk])).content)
