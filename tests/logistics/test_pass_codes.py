"""The signed strip of a trip: what it says, how long it counts, what withdraws it, and that others can read it."""

import datetime as dt
import hashlib

import pytest
import time_machine
from django.utils import timezone
from pycose.keys import EC2Key
from pycose.messages import CoseMessage

from market.exceptions import NotAllowed, WrongState
from market.models import Event, Notice
from orders.logistics import exceptions as refusals
from orders.logistics import exceptions_passes as pass_refusals
from orders.logistics.actions.clearing import override_trip
from orders.logistics.actions.code_upkeep import renew_codes
from orders.logistics.actions.codes import (
    issue_code,
    make_specimen,
    refresh_code,
    restore_code,
    withdraw_by_hand,
    withdraw_code,
)
from orders.logistics.actions.endings import end_trip
from orders.logistics.actions.pass_applications import apply_for_pass, vet_pass
from orders.logistics.actions.passes import grant_pass, restore_pass, revoke_pass, suspend_pass
from orders.logistics.actions.trips import cancel_trip, unplan_load
from orders.logistics.codes.text import check_code, read_text
from orders.logistics.enums import CODE_MOVES, CodeEnd, CodeKind, CodeState, PassState, TripState
from orders.logistics.models import Driver, HealthCheck, Pass, PassCode, Rules, SignerKey, Trip, TripOverride
from orders.logistics.queries.manifests import crew_hash, manifest_hash
from tests.cast import PEOPLE
from tests.factories.logistics import make_health_check
from tests.factories.passes import application, cleared_trip, make_office

HOUR = dt.timedelta(hours=1)


@pytest.fixture
def trip(day):
    return cleared_trip(day)


@pytest.fixture
def code(day, trip):
    return issue_code(trip, by=day.cast.dispatcher)


def live(trip):
    return PassCode.objects.live().filter(trip=trip).first()


def moved(trip, **facts):
    Trip.objects.filter(pk=trip.pk).update(**facts)
    return Trip.objects.get(pk=trip.pk)


def test_what_the_code_says(day, trip, code):
    _envelope, payload = read_text(code.text)

    assert (payload.plate, payload.plate_class, payload.kind, payload.issuer) == (
        trip.truck.plate,
        "blue",
        "green",
        "police",
    )
    assert (payload.manifest, payload.number) == (trip.pk, int(trip.green_pass.number))
    assert (payload.counties, payload.route) == ((430200,), (430200, 430200))
    assert (payload.rated_kg, payload.rules, payload.is_specimen) == (5000, Rules.objects.get().pk, False)
    assert payload.token.hex() == code.token
    assert payload.manifest_hash.hex() == code.manifest_hash == manifest_hash(trip)
    whole = hashlib.sha256(payload.token + trip.driver.phone.encode()).digest()
    assert (payload.crew_hash, code.crew_hash) == (whole[:2], whole[:16].hex())
    assert (payload.not_before, payload.expires) == (code.not_before.timestamp(), code.expires_at.timestamp())
    assert trip.driver.name not in code.text
    assert Event.objects.about(code).get().verb == "signed"


def test_another_library_reads_and_verifies_it(code):
    """pycose and cbor2 instead of cwt."""
    envelope, _payload = read_text(code.text)
    key = SignerKey.objects.get(pk=code.signer_id)

    message = CoseMessage.decode(envelope.whole)
    message.key = EC2Key(crv="P_256", x=bytes.fromhex(key.x), y=bytes.fromhex(key.y))

    assert message.verify_signature()
    assert message.payload == envelope.payload
    assert check_code(message.signature) == code.check_code
    message.payload = message.payload[:-1] + b"\x00"
    assert not message.verify_signature()


@pytest.mark.parametrize("limit", ["pass", "test", "trip", "hours", "override"])
def test_it_counts_no_longer_than_its_shortest_ground(day, trip, limit):
    now = timezone.now()
    starts = max(now, trip.starts_at - 6 * HOUR)
    sampled = trip.ends_at - 46 * HOUR  # 48 hours count
    HealthCheck.objects.update(sampled_at=sampled)
    ends = {"test": sampled + 48 * HOUR, "trip": trip.ends_at + 6 * HOUR, "hours": starts + 36 * HOUR}
    if limit != "test":
        HealthCheck.objects.update(sampled_at=now)
        Rules.objects.update(test_hours=200)
    far = trip.ends_at + 100 * HOUR
    Pass.objects.update(valid_from=now, valid_to=trip.ends_at + HOUR if limit == "pass" else far)
    if limit == "hours":
        trip = moved(trip, ends_at=trip.ends_at + 50 * HOUR)
    if limit == "override":
        Pass.objects.update(state=PassState.SUSPENDED)
        TripOverride.objects.create(
            trip=trip, reasons=["pass_suspended"], why="救急", until=trip.ends_at + HOUR, by=day.cast.supervisor
        )
    expected = {**ends, "pass": trip.ends_at + HOUR, "override": trip.ends_at + HOUR}[limit]

    code = issue_code(moved(trip), by=day.cast.dispatcher, at=now)

    assert abs(code.expires_at - expected) < dt.timedelta(seconds=1)
    assert abs(code.not_before - starts) < dt.timedelta(seconds=1)


def test_no_code_where_no_pass_is_asked_for(day):
    trip = cleared_trip(day, rules=False)
    assert issue_code(trip, by=day.cast.dispatcher) is None
    assert PassCode.objects.count() == 0


def test_no_code_without_grounds(day, trip):
    Pass.objects.update(state=PassState.SUSPENDED)
    with pytest.raises(pass_refusals.NoGroundsForCode):
        issue_code(trip, by=day.cast.dispatcher)
    Pass.objects.update(
        state=PassState.ISSUED, valid_to=trip.starts_at - 7 * HOUR, valid_from=trip.starts_at - 9 * HOUR
    )
    with pytest.raises(pass_refusals.NoGroundsForCode):
        issue_code(trip, by=day.cast.dispatcher)
    assert PassCode.objects.count() == 0


@pytest.mark.parametrize("state", [TripState.PLANNED, TripState.COMPLETED, TripState.CANCELLED])
def test_only_a_cleared_or_running_trip_has_a_code(day, trip, state):
    with pytest.raises(WrongState):
        issue_code(moved(trip, state=state), by=day.cast.dispatcher)


def test_a_second_code_withdraws_the_first(day, trip, code):
    second = issue_code(trip, by=day.cast.dispatcher)
    code.refresh_from_db()
    assert (code.state, code.end, live(trip).pk) == (CodeState.WITHDRAWN, CodeEnd.RENEWED, second.pk)


def test_other_goods_are_another_code_and_the_same_goods_are_not(day, trip, code):
    assert refresh_code(trip, by=day.cast.dispatcher).pk == code.pk
    load = trip.loads.order_by("pk").last()

    unplan_load(load, reason="没有了", by=day.cast.dispatcher)

    code.refresh_from_db()
    new = live(trip)
    assert (code.end, new.pk != code.pk, new.manifest_hash) == (CodeEnd.GOODS_CHANGED, True, manifest_hash(moved(trip)))
    assert PassCode.objects.count() == 2


def test_what_was_weighed_at_loading_changes_no_code(day, trip, code):
    trip.loads.update(loaded_g=1000)
    assert manifest_hash(trip) == code.manifest_hash
    trip.loads.update(planned_g=2000)
    assert manifest_hash(trip) != code.manifest_hash


def test_another_driver_is_another_code(day, trip, code):
    other = Driver.objects.create(carrier=day.cast.carrier, name="替班", phone="+8613700099999")
    make_health_check(other, by=day.cast.dispatcher)

    new = refresh_code(moved(trip, driver=other), by=day.cast.dispatcher)

    code.refresh_from_db()
    assert (code.end, new.crew_hash) == (CodeEnd.CREW_CHANGED, crew_hash(new.token, other))


def test_a_change_without_grounds_leaves_no_code(day, trip, code):
    trip.loads.update(planned_g=2000)
    Pass.objects.update(state=PassState.SUSPENDED)
    assert refresh_code(trip, by=day.cast.dispatcher) is None
    code.refresh_from_db()
    assert (code.state, code.end) == (CodeState.WITHDRAWN, CodeEnd.UNFIT)


def test_a_cancelled_trip_has_no_code(day, trip, code):
    cancel_trip(trip, reason="不去了", by=day.cast.dispatcher)
    code.refresh_from_db()
    assert (code.end, PassCode.objects.count()) == (CodeEnd.TRIP_ENDED, 1)


def test_a_finished_trip_has_a_code_for_the_way_home(day, trip, code):
    end_trip(moved(trip, state=TripState.EN_ROUTE), TripState.COMPLETED, by=day.cast.dispatcher)

    code.refresh_from_db()
    home = live(trip)
    assert (code.end, home.kind) == (CodeEnd.TRIP_ENDED, CodeKind.EMPTY_RETURN)
    assert read_text(home.text)[1].kind == "empty_return"
    assert home.expires_at <= Pass.objects.get().valid_to


def test_codes_follow_their_pass(day, trip, code):
    make_office(day.cast)
    moved(trip, state=TripState.EN_ROUTE)
    suspend_pass(trip.green_pass, reason="超载", by=day.cast.issuer)
    code.refresh_from_db()
    assert (code.state, code.end) == (CodeState.WITHDRAWN, CodeEnd.PASS_SUSPENDED)

    with time_machine.travel(trip.starts_at):
        restore_pass(trip.green_pass, by=day.cast.issuer)
    code.refresh_from_db()
    assert (code.state, code.end, code.ended_at) == (CodeState.LIVE, "", None)

    revoke_pass(trip.green_pass, reason="伪造", by=day.cast.issuer)
    code.refresh_from_db()
    assert (code.state, code.end) == (CodeState.WITHDRAWN, CodeEnd.PASS_REVOKED)
    with pytest.raises(pass_refusals.CodeNotRestorable):
        restore_code(code, by=day.cast.issuer)


@pytest.mark.parametrize("covers", [True, False])
def test_trips_ride_on_under_the_pass_that_replaces_theirs(day, trip, code, covers):
    make_office(day.cast)
    old = trip.green_pass
    facts = application(trip.truck.base, valid_from=timezone.now(), valid_to=trip.ends_at + (HOUR if covers else -HOUR))
    new = apply_for_pass(trip.truck, replaces=old, by=day.cast.haulier, **facts)

    new = grant_pass(vet_pass(new, by=day.cast.issuer), by=day.cast.issuer)

    code.refresh_from_db()
    trip = moved(trip)
    if covers:
        assert (trip.green_pass_id, code.end) == (new.pk, CodeEnd.RENEWED)
        assert read_text(live(trip).text)[1].number == int(new.number)
    else:
        assert (trip.green_pass_id, code.end, live(trip)) == (old.pk, CodeEnd.UNFIT, None)


def test_by_hand_and_back(day, trip, code):
    with pytest.raises(refusals.ReasonNeeded):
        withdraw_by_hand(code, reason=" ", by=day.cast.dispatcher)
    withdraw_by_hand(code, reason="抄错", by=day.cast.dispatcher)
    with pytest.raises(WrongState):
        withdraw_by_hand(code, reason="抄错", by=day.cast.dispatcher)

    back = restore_code(code, by=day.cast.dispatcher)

    assert (back.state, [e.verb for e in Event.objects.about(code).order_by("pk")]) == (
        "live",
        ["signed", "withdrawn", "restored"],
    )
    with pytest.raises(WrongState):
        restore_code(code, by=day.cast.dispatcher)


def test_who_drives_and_who_dispatches_are_told_that_a_code_counts_no_longer_and_that_it_does_again(day, trip, code):
    withdraw_by_hand(code, reason="车主来电", by=day.cast.dispatcher)
    restore_code(code, by=day.cast.dispatcher)

    for what, said in (("withdrawn", "车主来电"), ("restored", "")):
        told = Notice.objects.filter(key__startswith=f"code-{what}-{code.pk}-")
        assert {notice.recipient for notice in told} == {day.cast.bureau, day.cast.carrier}
        assert {notice.facts.get("why", "") for notice in told} == {said}


@pytest.mark.parametrize("why", ["another", "expired", "goods", "key", "trip"])
def test_a_code_that_is_not_true_any_more_is_not_restored(day, trip, code, why):
    withdraw_code(trip, CodeEnd.BY_HAND, by=day.cast.dispatcher)
    at = timezone.now()
    if why == "another":
        issue_code(trip, by=day.cast.dispatcher)
    elif why == "expired":
        at = code.expires_at
    elif why == "goods":
        trip.loads.update(planned_g=2000)
    elif why == "key":
        SignerKey.objects.filter(pk=code.signer_id).update(state="withdrawn")
    else:
        moved(trip, state=TripState.CANCELLED)
    with pytest.raises(pass_refusals.CodeNotRestorable):
        restore_code(code, by=day.cast.dispatcher, at=at)
    code.refresh_from_db()
    assert code.state == CodeState.WITHDRAWN


def test_every_pair_of_code_states(day, trip, code):
    turns = {
        CodeState.WITHDRAWN: lambda: withdraw_by_hand(code, reason="抄错", by=day.cast.dispatcher),
        CodeState.LIVE: lambda: restore_code(code, by=day.cast.dispatcher),
    }
    for old in CodeState:
        for new in CodeState:
            ended = (
                {"end": "by_hand", "ended_at": timezone.now()} if old == "withdrawn" else {"end": "", "ended_at": None}
            )
            PassCode.objects.filter(pk=code.pk).update(state=old, **ended)
            if new in CODE_MOVES[old]:
                assert turns[new]().state == new
            else:
                with pytest.raises(WrongState):
                    turns[new]()


def test_who_may_withdraw_and_restore(day, trip, code):
    make_office(day.cast)
    for person in PEOPLE:
        user = getattr(day.cast, person)
        if person in {"dispatcher", "issuer"}:
            withdraw_by_hand(code, reason="抄错", by=user)
            restore_code(code, by=user)
        else:
            with pytest.raises(NotAllowed):
                withdraw_by_hand(code, reason="抄错", by=user)
            withdraw_code(trip, CodeEnd.BY_HAND, by=None)
            with pytest.raises(NotAllowed):
                restore_code(code, by=user)
            restore_code(code, by=None)


def test_the_clock_renews_what_ends_soon_while_its_grounds_hold(day, trip):
    Pass.objects.update(valid_to=trip.ends_at + HOUR)
    code = issue_code(moved(trip), by=day.cast.dispatcher)
    soon = code.expires_at - HOUR
    assert renew_codes(soon) == 0  # nothing would be longer

    Pass.objects.update(valid_to=trip.ends_at + 30 * HOUR)
    assert renew_codes(code.expires_at - 3 * HOUR) == 0  # not yet
    assert renew_codes(soon) == 1
    assert renew_codes(soon) == 0

    code.refresh_from_db()
    new = live(trip)
    assert (code.end, new.expires_at > code.expires_at) == (CodeEnd.RENEWED, True)
    assert Event.objects.about(new).get().by is None


def test_the_clock_renews_nothing_for_a_suspended_pass(day, trip, code):
    Pass.objects.update(state=PassState.SUSPENDED, valid_to=trip.ends_at + 30 * HOUR)
    assert renew_codes(code.expires_at - HOUR) == 0
    assert live(trip).pk == code.pk


def test_a_trip_that_was_unfit_for_a_while_has_a_code_again(day, trip, code):
    withdraw_code(trip, CodeEnd.UNFIT, by=None)
    Pass.objects.update(state=PassState.SUSPENDED)
    assert renew_codes() == 0
    Pass.objects.update(state=PassState.ISSUED)
    assert renew_codes() == 1
    assert renew_codes() == 0
    assert live(trip).pk != code.pk


def test_a_code_withdrawn_by_hand_does_not_come_back_by_the_clock(day, trip, code):
    withdraw_by_hand(code, reason="抄错", by=day.cast.dispatcher)
    assert renew_codes() == 0
    assert live(trip) is None


def test_a_supervisors_override_gives_a_cleared_trip_its_code_back_before_its_papers_are_printed(day, trip, code):
    suspend_pass(trip.green_pass, reason="排查", by=day.cast.dispatcher)
    assert live(trip) is None
    trip = moved(trip, state=TripState.CLEARED)
    until = trip.ends_at + HOUR

    override_trip(trip, why="医院断菜", until=until, by=day.cast.supervisor)
    fresh = live(trip)
    override_trip(trip, why="医院断菜", until=until, by=day.cast.supervisor)

    assert fresh.pk != code.pk
    assert live(trip) == fresh


def test_a_specimen_is_one_a_day_and_belongs_to_nobody(day):
    one = make_specimen(by=day.cast.officer)
    assert make_specimen(by=day.cast.officer).pk == one.pk
    payload = read_text(one.text)[1]
    assert (payload.is_specimen, one.trip, one.green_pass, payload.manifest) == (True, None, None, 0)
