"""The demo day: each stage by itself, the newspaper's numbers, repeats, seeds, dates."""

import datetime as dt
import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from cms.demo.logins import spoken, table
from cms.demo.people import MARK, PEOPLE
from cms.demo.play import STAGES
from market.accounts import normalise_phone
from market.enums import ListingStage, OrganisationKind
from market.models import Event, Listing, Lot, Organisation, Photo, User
from market.queries.listings import stage_of
from orders.enums import PledgeState
from orders.logistics.enums import TripState
from orders.logistics.models import PlanRun, Receipt, Trip
from orders.logistics.queries.fleet import fleet_for
from orders.models import MatchRun, Pledge, RelayReading
from orders.models.pledges import taken

ORIGINAL = "2021-08-08"
DAY = dt.date(2021, 8, 8)


pytestmark = pytest.mark.demo


@pytest.fixture
def places(db, settings, tmp_path):
    """The real places and produce, and a media folder of its own."""
    settings.MEDIA_ROOT = tmp_path
    call_command("load_reference", stdout=StringIO())


def load(**options) -> dict:
    out = StringIO()
    call_command("load_demo", json=True, stdout=out, **options)
    return json.loads(out.getvalue())


def reconcile() -> None:
    """Raises CommandError where a sum does not hold."""
    call_command("reconcile", stdout=StringIO())


def test_listed_is_published_but_for_what_the_desks_find_waiting(places):
    loaded = load(stage="listed")

    assert loaded["fresh"]
    assert loaded["pledges"] == loaded["trips"] == loaded["receipts"] == 0
    stages = [stage_of(listing) for listing in Listing.objects.all()]
    assert stages.count(ListingStage.LIVE) == len(stages) - 3
    assert stages.count(ListingStage.CHANGES_ASKED) == 1
    waiting = [
        listing.current_workflow_task_state.task.name
        for listing in Listing.objects.filter(live=False)
        if stage_of(listing) == ListingStage.IN_REVIEW
    ]
    assert sorted(waiting) == ["农业核对", "商务发布"]
    assert not Organisation.objects.filter(is_demo=False).exists()
    assert all(name.endswith(MARK) for name in Organisation.objects.values_list("name", flat=True))
    reconcile()


def test_pledged_keeps_the_numbers_of_the_newspaper(places):
    load(stage="pledged", on=DAY)

    for days in range(5):
        day = DAY + dt.timedelta(days=days)
        offered = Lot.objects.filter(produce__slug="sigua", day=day).aggregate(total=Sum("offered_g"))["total"]
        assert offered >= 10_000_000, day
    assert Lot.objects.filter(produce__slug="huangtao", place_code__startswith="430225", day=DAY).exists()
    assert Lot.objects.filter(produce__slug="zaodao", day=DAY).exists()
    markets = Pledge.objects.filter(day=DAY, buyer__kind=OrganisationKind.WHOLESALE)
    assert markets.values("buyer").distinct().count() == 2
    assert markets.aggregate(total=Sum("firm_g"))["total"] == 2_750_000
    sheet = Pledge.objects.get(day=DAY, buyer__kind=OrganisationKind.ASSOCIATION)
    assert {line.quantity_typed for line in sheet.lines.all()} == {"100斤", "50斤"}
    assert sum(line.quantity_g for line in sheet.lines.all()) == sheet.firm_g
    assert set(Pledge.objects.values_list("state", flat=True)) == {PledgeState.PLACED}
    reconcile()


def test_matched_puts_the_eve_s_pledges_on_trucks_and_names_the_three_that_may_not_run(places):
    load(stage="matched", on=DAY)

    assert set(Pledge.objects.values_list("state", flat=True)) == {PledgeState.PLANNED}
    assert set(Trip.objects.values_list("state", flat=True)) == {TripState.CLEARED}
    codes = {out["plate"]: [reason["code"] for reason in out["reasons"]] for out in PlanRun.objects.get().excluded}
    assert codes == {"湘B00003": ["pass_too_early"], "湘B00005": ["test_too_old"], "湘B00006": ["pass_missing"]}
    reconcile()


def test_matched_has_carried_out_what_the_desk_proposed(places):
    load(stage="matched", on=DAY)

    run = MatchRun.objects.get()
    assert (run.state, run.policy.kind) == ("committed", "care_first")
    figures = [run.summary[name] for name in ("met", "partly", "unmet", "gone")]
    assert figures == [3, 0, 1, 0]
    answers = Pledge.objects.exclude(demand=None)
    assert {pledge.buyer.name.removesuffix(MARK) for pledge in answers} == {"城东医院食堂", "职教城食堂"}
    assert run.remainders.get(demand__isnull=False).code == "price"
    raised = Pledge.objects.get(granted_g__gt=0, demand=None)
    assert (raised.buyer.name.removesuffix(MARK), raised.granted_g) == ("云龙鲜到家", 200_000)
    reconcile()


def test_moving_leaves_something_to_do_for_everybody(places):
    load(stage="moving")

    today = timezone.localdate()
    states = set(Trip.objects.values_list("state", flat=True))
    assert states & {TripState.EN_ROUTE, TripState.LOADING, TripState.CLEARED}
    for day in (today, today + dt.timedelta(days=1)):
        assert Pledge.objects.filter(day=day, state=PledgeState.PLACED).exists(), day
    tomorrow = Pledge.objects.get(buyer__name__startswith="河西惠民超市", day=today + dt.timedelta(days=1))
    assert tomorrow.firm_g == 3_000_000
    assert "3–4 吨" in tomorrow.reference
    pasted = RelayReading.objects.get(applied_at=None)
    assert len([row for row in pasted.rows["rows"] if row["action"] == "ask"]) == 2
    driver = next(line for line in table().splitlines() if line.startswith("司机"))
    assert Trip.objects.open().filter(driver__name=driver.split()[1], day=today).exists()
    buyer = Pledge.objects.filter(buyer__memberships__user__phone="+8613800000004", day=today)
    assert buyer.filter(state__in=[PledgeState.PLANNED, PledgeState.MOVING]).exists()
    assert len(fleet_for(today + dt.timedelta(days=1), timezone.now()).candidates) == 5
    _assert_nothing_lies_in_the_future()
    reconcile()


def _assert_nothing_lies_in_the_future() -> None:
    now = timezone.now()
    assert abs((now - dt.datetime.now(dt.UTC)).total_seconds()) < 5  # the real clock is back
    assert not Event.objects.filter(at__gt=now).exists()
    assert not Receipt.objects.filter(at__gt=now).exists()
    assert not Trip.objects.filter(stops__arrived_at__gt=now).exists()


def test_delivered_has_every_trip_done_and_every_gram_accounted_for(places):
    load(stage="delivered", on=DAY)

    assert set(Trip.objects.values_list("state", flat=True)) == {TripState.COMPLETED}
    planned = Pledge.objects.filter(day=DAY).exclude(state=PledgeState.PLACED)
    assert set(planned.values_list("state", flat=True)) == {PledgeState.RECEIVED}
    sums = Receipt.objects.aggregate(
        a=Sum("accepted_g"), r=Sum("rejected_g"), m=Sum("missing_g"), l=Sum("load__loaded_g")
    )
    assert sums["a"] + sums["r"] + sums["m"] == sums["l"] == planned.aggregate(total=Sum(taken()))["total"]
    assert sums["r"] == 20_000
    assert sums["m"] == 5_000
    reconcile()


def test_a_second_load_changes_nothing_and_says_so(places):
    first = load(stage="pledged", on=DAY)
    events, photos = Event.objects.count(), Photo.objects.count()
    out = StringIO()
    call_command("load_demo", stage="delivered", seed=7, stdout=out)

    again = load(stage="delivered", seed=7)
    assert "没有改动" in out.getvalue()
    assert again == {**first, "fresh": False}
    assert (Event.objects.count(), Photo.objects.count()) == (events, photos)


def test_an_interrupted_load_leaves_nothing_and_can_be_repeated(places, monkeypatch):
    before = Event.objects.count(), User.objects.count()
    with monkeypatch.context() as patched:
        patched.setattr("cms.demo.play.list_goods", lambda _company: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            load(stage="listed", on=DAY)

    assert (Event.objects.count(), User.objects.count()) == before
    assert not Listing.objects.exists()
    assert abs((timezone.now() - dt.datetime.now(dt.UTC)).total_seconds()) < 5  # the real clock is back
    assert load(stage="listed", on=DAY)["fresh"]


def test_the_seed_decides_the_story(places):
    def told(seed: int) -> str:
        with transaction.atomic():
            digest = load(stage="listed", on=DAY, seed=seed)["digest"]
            transaction.set_rollback(True)
        return digest

    first = told(1)
    assert told(1) == first
    assert told(2) != first


def test_the_telephone_numbers_are_read_and_seen_to_be_false():
    assert {normalise_phone(spoken(person)) for person in PEOPLE} == {person.phone for person in PEOPLE}
    assert all(person.phone.startswith("+861380000") for person in PEOPLE)


def test_the_table_of_log_ins_names_every_role_once(db):
    rows = [line for line in table().splitlines() if "138 0000" in line]

    assert len(rows) == 14
    assert sum("/cms/" in row for row in rows) == 3


def test_a_future_day_is_refused_and_nothing_is_written(places):
    with pytest.raises(CommandError, match="今天或过去"):
        load(on=timezone.localdate() + dt.timedelta(days=1))

    assert not User.objects.exists()


def test_demo_data_are_refused_without_the_setting(places, settings):
    settings.DEMO = False
    with pytest.raises(CommandError, match="DEMO"):
        load()

    assert not Organisation.objects.exists()


def test_the_stages_are_those_of_the_interface():
    assert STAGES == ("listed", "pledged", "matched", "moving", "delivered")
