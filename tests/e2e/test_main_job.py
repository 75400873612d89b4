"""The whole main job in one go: a farmer's loofah from the phone to a market's receipt, in Chinese, at phone and desk width."""

import datetime as dt
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import timezone
from playwright.sync_api import expect

from cms.demo.pictures import draw_produce
from market.models import Listing, Lot
from orders.actions.docks import add_dock
from orders.enums import PledgeState
from orders.logistics.actions.trucks import assign_driver, register_driver
from orders.logistics.enums import TripState
from orders.logistics.models import Receipt, Trip
from orders.models import Pledge
from tests.e2e.conftest import DESK, PHONE
from tests.e2e.pages.buying import Board, Buyer
from tests.e2e.pages.moderation import Desk
from tests.e2e.pages.moving import Dispatcher, Driver
from tests.e2e.pages.selling import Farmer
from tests.factories.logistics import make_health_check, make_pass, make_rules, make_truck

REASON = "请补一张合格证，并写明采摘时间"
STALLS = [("1 号摊 张嫂", "100斤"), ("2 号摊 老李", "50斤"), ("3 号摊 王记", "100")]


@pytest.fixture
def picture(tmp_path) -> Path:
    path = tmp_path / "IMG_0808.jpg"
    path.write_bytes(draw_produce("sigua", 0))
    return path


@pytest.fixture
def day() -> dt.date:
    """Tomorrow: whatever the hour of the test, the whole working day is still ahead."""
    return timezone.localdate() + dt.timedelta(days=1)


@pytest.fixture
def world(cast, reference, day, settings, tmp_path):
    """Docks, rules, and one truck whose driver, pass and test are good for tomorrow."""
    settings.MEDIA_ROOT = tmp_path / "media"
    town = {"place": reference["tianyuan"], "opens_at": dt.time(4), "closes_at": dt.time(20)}
    for organisation, by in ((cast.supermarket, cast.buyer), (cast.association, cast.association_clerk)):
        add_dock(
            organisation=organisation, by=by, name="后门", address="长江北路 1 号", lat=27.829, lon=113.101,
            contact_name=by.name, contact_phone=by.phone, **town,
        )  # fmt: skip
    make_rules()
    truck = make_truck(cast.carrier, reference["tianyuan"], by=cast.haulier, driver=None, plate="湘B88888")
    driver = register_driver(cast.carrier, name=cast.driver.name, phone=cast.driver.phone, by=cast.haulier)
    assign_driver(truck, driver, by=cast.haulier)
    make_pass(truck, timezone.localdate(), valid_to=timezone.now() + dt.timedelta(days=3), by=cast.dispatcher)
    make_health_check(driver, by=cast.dispatcher)
    return cast


def test_loofah_goes_from_the_farmers_phone_to_the_markets_receipt(open_as, world, day, picture):
    farmer = Farmer(open_as(world.farmer, PHONE))
    public = Board(open_as(None, PHONE), day)
    buyer = Buyer(open_as(world.buyer, PHONE), day)
    clerk = Buyer(open_as(world.association_clerk, PHONE), day)
    agriculture, commerce = Desk(open_as(world.agriculture_desk, DESK)), Desk(open_as(world.commerce_desk, DESK))
    dispatcher = Dispatcher(open_as(world.dispatcher, DESK), day)
    driver = Driver(open_as(world.driver, PHONE))

    # The farmer lists; agriculture asks for changes; the farmer reads why and hands it in again.
    farmer.list_loofah(picture)
    agriculture.ask_for_changes(REASON)
    farmer.answer_the_bureau(REASON)
    agriculture.approve()
    assert public.is_empty()

    # Commerce publishes, and everybody sees it.
    commerce.approve()
    listing = Listing.objects.get()
    assert listing.live
    assert listing.has_certificate
    public.open_loofah()
    expect(public.page.get_by_role("link", name="登录后认购")).to_be_visible()

    # A supermarket pledges on the phone, the association for its stalls in one sheet.
    buyer.pledge("1吨", ("07:00", "10:00"))
    clerk.pledge_by_sheet(STALLS, ("06:00", "11:00"), total="250 斤")
    lot = Lot.objects.get(listing=listing, day=day)
    assert (lot.offered_g, lot.reserved_g) == (10_000_000, 1_125_000)

    # The dispatcher previews a plan and takes it.
    preview = dispatcher.plan()
    assert "湘B88888" in preview
    assert "1,125 公斤" in preview
    assert "湘B88888" in dispatcher.commit()
    assert set(Pledge.objects.values_list("state", flat=True)) == {PledgeState.PLANNED}

    # The driver loads all of it and leaves.
    driver.arrive()
    driver.load_all("2000斤", "250斤")
    assert Trip.objects.get().state == TripState.EN_ROUTE
    assert set(Pledge.objects.values_list("state", flat=True)) == {PledgeState.MOVING}
    moving = farmer.read_progress()
    assert "2,250 斤" in moving
    driver.unload()

    # The supermarket takes in what is good and says why not the rest.
    buyer.receive("1960斤", "40斤", "筐底压坏了")
    receipt = Receipt.objects.get()
    assert (receipt.accepted_g, receipt.rejected_g, receipt.missing_g) == (980_000, 20_000, 0)
    pledge = Pledge.objects.get(buyer=world.supermarket)
    assert pledge.state == PledgeState.RECEIVED

    # Seller and buyer see how far it has come.
    assert "1,960 斤" in farmer.read_progress()
    received = buyer.read_pledge()
    assert "已收货" in received
    assert "1,960 斤" in received
    assert "运输中" in clerk.read_pledge()
    call_command("reconcile")
