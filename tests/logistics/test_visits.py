"""What checkpoints' phones send: once, in a chain, with its alarms; and what officers decide."""

import datetime as dt
import itertools
import uuid
from dataclasses import replace

import pytest
from django.utils import timezone

from market.enums import Role
from market.exceptions import NotAllowed, WrongState
from market.models import Event, Notice
from orders.logistics.actions.alarms import handle_alarm
from orders.logistics.actions.visits import USUAL, decide_scanned, decide_visit, record_visits
from orders.logistics.chains import hash_of
from orders.logistics.enums import VISIT_MOVES, AlarmKind, Verdict, VisitState
from orders.logistics.exceptions_visits import AlarmNeedsNote, DecisionNeedsReason, DeviceElsewhere, NoSuchVisit
from orders.logistics.models import CheckpointAlarm, CheckpointDevice, CheckpointVisit
from orders.logistics.queries.copies import copied_tokens, needed_between
from orders.logistics.queries.visits import broken_links
from tests.factories import make_organisation
from tests.factories.checkpoints import LILING, Signers, make_checkpoint, make_scan, make_signers

DEVICE = uuid.UUID("11111111-1111-4111-8111-111111111111")
OTHER = uuid.UUID("22222222-2222-4222-8222-222222222222")


@pytest.fixture
def here(cast):
    return make_checkpoint(cast.checkpoint)


@pytest.fixture
def there(cast, reference):
    """31 km away, with the same officer."""
    unit = make_organisation("醴陵查验点", "checkpoint", reference["tianyuan"])
    unit.memberships.create(user=cast.officer, role=Role.OFFICER)
    return make_checkpoint(unit, "醴陵东出口", point=LILING)


@pytest.fixture
def token(cast):
    return make_signers().code().token


def record(checkpoint, *scans, by, **facts):
    return record_visits(checkpoint, scans[0].device, scans, by=by, **facts)


def kinds():
    return list(CheckpointAlarm.objects.order_by("pk").values_list("kind", flat=True))


# --- the chain ---


def test_a_chain_arrives_once_however_often_it_is_sent(here, cast, token):
    first = make_scan(DEVICE, here, cast.officer, token=token)
    second = make_scan(DEVICE, here, cast.officer, after=first, verdict="refuse", reasons=["expired"], plate="")

    received = record(here, second, first, by=cast.officer, bundle=7)
    again = record(here, first, second, by=cast.officer, bundle=7)

    assert [(one.is_new, one.alarms) for one in received] == [(True, []), (True, [])]
    assert [one.is_new for one in again] == [False, False]
    visits = list(CheckpointVisit.objects.order_by("seq"))
    assert [(v.seq, v.verdict, v.reasons, v.plate, v.state) for v in visits] == [
        (1, "pass", ["genuine"], "湘B12345", "seen"),
        (2, "refuse", ["expired"], "", "seen"),
    ]
    assert visits[0].code.token.startswith(token)
    assert (visits[0].seen_at, visits[0].by) == (first.moment, cast.officer)
    device = CheckpointDevice.objects.get()
    assert (device.last_seq, device.last_hash, device.bundle_serial) == (2, second.hash, 7)
    assert broken_links(device) == []
    assert kinds() == []
    assert Event.objects.filter(verb="scanned").count() == 2


@pytest.mark.parametrize(
    "change",
    [
        {"previous": "0" * 64},
        {"seq": 3},
        {"hash": "a" * 64},
        {"by": 10**9},
    ],
)
def test_a_record_that_does_not_fit_is_kept_with_an_alarm(here, cast, token, change):
    first = make_scan(DEVICE, here, cast.officer, token=token)
    record(here, first, by=cast.officer)

    received = record(here, make_scan(DEVICE, here, cast.officer, after=first, token=token, **change), by=cast.officer)

    assert (received[0].is_new, received[0].alarms) == (True, [AlarmKind.CHAIN_BROKEN])
    assert CheckpointVisit.objects.count() == 2
    assert Notice.objects.filter(recipient=cast.bureau, text__contains="不连续").count() == 1


def test_another_record_under_a_number_that_is_taken_stands_beside_it(here, cast, token):
    first = make_scan(DEVICE, here, cast.officer, token=token)
    forged = make_scan(DEVICE, here, cast.officer, token=token, verdict="refuse", reasons=["expired"])
    record(here, first, by=cast.officer)

    record(here, forged, by=cast.officer)
    record(here, forged, by=cast.officer)

    assert list(CheckpointVisit.objects.order_by("pk").values_list("seq", "verdict")) == [(1, "pass"), (None, "refuse")]
    assert kinds() == [AlarmKind.CHAIN_BROKEN]


def test_rows_that_were_edited_are_found_by_their_chain(here, cast, token):
    first = make_scan(DEVICE, here, cast.officer, token=token)
    second = make_scan(DEVICE, here, cast.officer, after=first, token=token)
    third = make_scan(DEVICE, here, cast.officer, after=second, token=token)
    record(here, first, second, third, by=cast.officer)
    device = CheckpointDevice.objects.get()

    CheckpointVisit.objects.filter(seq=2).update(plate="湘B00000")
    assert broken_links(device) == [2]


def test_a_device_belongs_to_one_checkpoint(here, there, cast, token):
    record(here, make_scan(DEVICE, here, cast.officer, token=token), by=cast.officer)

    with pytest.raises(DeviceElsewhere):
        record(there, make_scan(DEVICE, there, cast.officer, token=token), by=cast.officer)
    assert CheckpointVisit.objects.count() == 1


def test_only_its_officers_record_at_a_checkpoint(here, cast, token):
    scan = make_scan(DEVICE, here, cast.officer, token=token)
    for name, person in cast.people().items():
        if name == "officer":
            continue
        with pytest.raises(NotAllowed):
            record(here, scan, by=person)
    assert CheckpointVisit.objects.count() == CheckpointDevice.objects.count() == Event.objects.count() == 0


# --- alarms ---


def test_a_code_at_two_places_too_soon_was_copied(here, there, cast, token):
    assert dt.timedelta(minutes=22) < needed_between(here, there) < dt.timedelta(minutes=25)
    now = int(timezone.now().timestamp())
    record(here, make_scan(DEVICE, here, cast.officer, token=token, seen_at=now - 20 * 60), by=cast.officer)

    received = record(there, make_scan(OTHER, there, cast.officer, token=token, seen_at=now), by=cast.officer)

    alarm = CheckpointAlarm.objects.get()
    assert received[0].alarms == [AlarmKind.COPIED]
    assert (alarm.kind, alarm.visit.checkpoint, alarm.other_visit.checkpoint) == ("copied", there, here)
    notice = Notice.objects.get(recipient=cast.bureau)
    assert notice.facts == {"plate": "湘B12345", "where": "醴陵东出口", "other": "白关收费站出口"}
    assert copied_tokens(timezone.now()) == [token]
    handle_alarm(alarm, note="已核实", by=cast.dispatcher)
    assert copied_tokens(timezone.now()) == []


@pytest.mark.parametrize(
    ("minutes", "facts"),
    [
        (26, {}),
        (5, {"reasons": ["bad_signature"], "verdict": "refuse"}),
        (5, {"reasons": ["specimen"], "verdict": "refuse"}),
        (5, {"token": ""}),
    ],
)
def test_what_a_truck_can_do_or_what_is_no_code_of_ours_is_no_copy(here, there, cast, token, minutes, facts):
    now = int(timezone.now().timestamp())
    record(here, make_scan(DEVICE, here, cast.officer, token=token, seen_at=now - minutes * 60), by=cast.officer)

    record(there, make_scan(OTHER, there, cast.officer, seen_at=now, **{"token": token, **facts}), by=cast.officer)

    assert kinds() == []


def test_without_a_point_minutes_count(here, there, cast, token):
    there.lat = there.lon = None
    there.save()
    now = int(timezone.now().timestamp())
    record(here, make_scan(DEVICE, here, cast.officer, token=token, seen_at=now), by=cast.officer)
    late = make_scan(OTHER, there, cast.officer, token=token, seen_at=now + 11 * 60)

    assert record(there, late, by=cast.officer)[0].alarms == []
    soon = make_scan(OTHER, there, cast.officer, after=late, token=token, seen_at=now + 9 * 60)
    assert record(there, soon, by=cast.officer)[0].alarms == [AlarmKind.COPIED]


def test_twice_at_the_same_place_is_no_copy(here, cast, token):
    first = make_scan(DEVICE, here, cast.officer, token=token)
    record(here, first, make_scan(DEVICE, here, cast.officer, after=first, token=token), by=cast.officer)

    assert kinds() == []


def test_codes_nobody_issued_withdrawn_keys_and_wrong_clocks_raise_alarms(here, cast):
    signers = make_signers()
    bad = signers.code(by=signers.withdrawn, issue=False)
    stranger = Signers().code(issue=False)
    bad_key = {"reasons": ["bad_key"], "verdict": "refuse"}
    one = make_scan(DEVICE, here, cast.officer, token="ab" * 8, reasons=["never_issued"], verdict="hold")
    two = make_scan(DEVICE, here, cast.officer, after=one, token=bad.token, text=bad.text, **bad_key)
    three = make_scan(DEVICE, here, cast.officer, after=two, token="", reasons=["clock_wrong"], verdict="unknown")
    four = make_scan(DEVICE, here, cast.officer, after=three, token="cd" * 8, text=stranger.text, **bad_key)

    received = record(here, one, two, three, four, by=cast.officer)

    assert [row.alarms for row in received] == [["never_issued"], ["bad_key"], ["clock_wrong"], []]
    assert Notice.objects.filter(recipient=cast.bureau).count() == 3


def test_a_device_whose_register_is_older_than_the_code_raises_no_alarm(here, cast, token):
    scan = make_scan(DEVICE, here, cast.officer, token=token, reasons=["never_issued"], verdict="hold")

    assert record(here, scan, by=cast.officer)[0].alarms == []


@pytest.mark.parametrize(("minutes", "expected"), [(4, []), (-4, []), (6, ["clock_wrong"]), (-6, ["clock_wrong"])])
def test_a_clock_that_differs_from_ours_raises_an_alarm(here, cast, token, minutes, expected):
    now = timezone.now()
    scan = make_scan(DEVICE, here, cast.officer, token=token)

    received = record(here, scan, by=cast.officer, at=now, clock=now + dt.timedelta(minutes=minutes))

    assert received[0].alarms == expected


def test_dispatchers_supervisors_and_issuers_handle_an_alarm_once_with_a_note(here, cast):
    record(here, make_scan(DEVICE, here, cast.officer, token="ab" * 8), by=cast.officer)
    alarm = CheckpointAlarm.objects.get()
    for name in set(cast.people()) - {"dispatcher", "supervisor", "issuer"}:
        with pytest.raises(NotAllowed):
            handle_alarm(alarm, note="看过", by=cast.people()[name])
    with pytest.raises(AlarmNeedsNote):
        handle_alarm(alarm, note="  ", by=cast.dispatcher)

    handled = handle_alarm(alarm, note=" 是补录 ", by=cast.issuer)
    again = handle_alarm(alarm, note="别的", by=cast.dispatcher)

    assert (handled.note, handled.handled_by) == (again.note, again.handled_by) == ("是补录", cast.issuer)
    assert Event.objects.filter(verb="handled").count() == 1


# --- decisions ---

PAIRS = [(old, to) for old, to in itertools.product(VisitState, VisitState) if to != old]


@pytest.fixture
def visit(here, cast, token):
    return record(here, make_scan(DEVICE, here, cast.officer, token=token), by=cast.officer)[0].visit


@pytest.mark.parametrize(("old", "to"), PAIRS, ids=lambda state: state.value)
def test_every_pair_of_states(visit, cast, old, to):
    CheckpointVisit.objects.filter(pk=visit.pk).update(state=old)
    events = Event.objects.count()
    if to in VISIT_MOVES[old]:
        assert decide_visit(visit, to, reason="核实过", by=cast.officer).state == to
        event = Event.objects.latest("pk")
        assert (event.verb, event.from_state, event.to_state, event.reason) == ("decided", old, to, "核实过")
        assert decide_visit(visit, to, reason="再来", by=cast.officer).decision_reason == "核实过"
        assert Event.objects.count() == events + 1
    else:
        with pytest.raises(WrongState):
            decide_visit(visit, to, reason="核实过", by=cast.officer)
        assert CheckpointVisit.objects.get().state == old
        assert Event.objects.count() == events


@pytest.mark.parametrize("verdict", Verdict)
@pytest.mark.parametrize("to", [VisitState.PASSED, VisitState.HELD, VisitState.TURNED_BACK])
def test_a_decision_against_the_verdict_needs_a_reason(visit, cast, verdict, to):
    CheckpointVisit.objects.filter(pk=visit.pk).update(verdict=verdict)
    if USUAL[verdict] == to:
        assert decide_visit(visit, to, by=cast.officer).decision_reason == ""
    else:
        with pytest.raises(DecisionNeedsReason):
            decide_visit(visit, to, reason=" ", by=cast.officer)
        assert CheckpointVisit.objects.get().state == VisitState.SEEN


def test_who_was_held_is_let_go_with_a_reason_only(visit, cast):
    decide_visit(visit, VisitState.HELD, reason="等调度", by=cast.officer)

    with pytest.raises(DecisionNeedsReason):
        decide_visit(visit, VisitState.PASSED, by=cast.officer)
    assert decide_visit(visit, VisitState.PASSED, reason="调度确认", by=cast.officer).state == VisitState.PASSED


def test_only_its_officers_decide(visit, cast, here):
    for name in set(cast.people()) - {"officer"}:
        with pytest.raises(NotAllowed):
            decide_visit(visit, VisitState.PASSED, by=cast.people()[name])
    with pytest.raises(NoSuchVisit):
        decide_scanned(here, DEVICE, 2, VisitState.PASSED, by=cast.officer)
    assert decide_scanned(here, DEVICE, 1, VisitState.PASSED, by=cast.officer).state == VisitState.PASSED


def test_a_hash_changes_with_every_fact(here, cast):
    scan = make_scan(DEVICE, here, cast.officer, token="ab" * 8)
    changes = {"checkpoint": 99, "seq": 9, "previous": "1" * 64, "by": 99, "seen_at": 9, "token": "", "plate": "x",
               "verdict": "hold", "reasons": [], "bundle": 9, "device": OTHER}  # fmt: skip

    assert scan.is_whole
    assert set(changes) | {"v"} == set(scan.facts)
    for name, value in changes.items():
        assert not replace(scan, **{name: value}).is_whole
    assert hash_of(replace(scan, text="anything").facts) == scan.hash
