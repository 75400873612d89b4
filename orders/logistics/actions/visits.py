"""What the phones at checkpoints send: each scan once, in its device's chain; the officer's decision; the alarms that follow."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from market.actions.events import record
from market.actions.states import move
from market.enums import Role
from market.models import Membership, User
from market.permissions import require
from orders.logistics.actions.alarms import raise_alarm
from orders.logistics.actions.locks import lock_one
from orders.logistics.chains import Scan
from orders.logistics.enums import VISIT_MOVES, AlarmKind, Verdict, VisitState
from orders.logistics.exceptions_visits import DecisionNeedsReason, DeviceElsewhere, NoSuchVisit
from orders.logistics.models import Checkpoint, CheckpointDevice, CheckpointVisit
from orders.logistics.permissions_checkpoints import is_officer_at
from orders.logistics.queries.copies import other_sighting
from orders.logistics.queries.second_looks import overruled, second_look
from orders.logistics.queries.sightings import alarms_of_code, code_of_token

# What an officer does with a verdict without having to say why.
USUAL = {
    Verdict.PASS: VisitState.PASSED,
    Verdict.CHECK: VisitState.PASSED,
    Verdict.HOLD: VisitState.HELD,
    Verdict.REFUSE: VisitState.TURNED_BACK,
    Verdict.UNKNOWN: VisitState.HELD,
}
CLOCK_TOLERANCE = dt.timedelta(minutes=5)


@dataclass(frozen=True)
class Received:
    """A visit that stands, and the alarms it gave. `is_new` is False for a record that had arrived before."""

    visit: CheckpointVisit
    is_new: bool
    alarms: list[AlarmKind] = field(default_factory=list)


@transaction.atomic
def record_visits(
    checkpoint: Checkpoint,
    device: UUID,
    scans: Sequence[Scan],
    *,
    by: User,
    bundle: int = 0,
    clock: dt.datetime | None = None,
    at: dt.datetime | None = None,
) -> list[Received]:
    """Every scan stands once, whatever order and however often it is sent, with its alarms; the dispatchers are told of those.

    Of each code that is ours the server says what it thinks itself; where the phone let pass what it would not, an alarm.
    A record that does not fit its device's chain is kept too, with an alarm. `clock` is what the device's own clock said
    when it sent them. Locks: device. Raises: NotAllowed, DeviceElsewhere. A repeat writes nothing but when the device was
    last seen.
    """
    require(is_officer_at(by, checkpoint))
    at = at or timezone.now()
    chain = _device(checkpoint, device, by)
    officers = _officers_at(checkpoint)
    received = [_receive(chain, checkpoint, scan, officers, by) for scan in sorted(scans, key=lambda scan: scan.seq)]
    newest = next((one for one in reversed(received) if one.is_new), None)
    if newest is not None and clock is not None and abs(clock - at) > CLOCK_TOLERANCE:
        newest.alarms.extend(_raised(newest.visit, [AlarmKind.CLOCK_WRONG]))
    chain.last_seen_at, chain.bundle_serial = at, bundle or chain.bundle_serial
    chain.save(update_fields=["last_seq", "last_hash", "last_seen_at", "bundle_serial"])
    return received


@transaction.atomic
def decide_visit(visit: CheckpointVisit, to: VisitState, *, by: User, reason: str = "") -> CheckpointVisit:
    """The truck was let through, held or turned back. Against the verdict, or after a hold, a reason is needed.

    Locks: visit. Raises: NotAllowed, WrongState, DecisionNeedsReason. The same decision again changes nothing.
    """
    require(is_officer_at(by, visit.checkpoint))
    visit = lock_one(CheckpointVisit, visit.pk)
    if visit.state == to:
        return visit
    old = move(visit, "state", to, VISIT_MOVES)
    if (old == VisitState.HELD or USUAL[Verdict(visit.verdict)] != to) and not reason.strip():
        raise DecisionNeedsReason
    visit.decision_reason = reason.strip()
    visit.save(update_fields=["state", "decision_reason"])
    record(visit, "decided", by=by, from_state=old, to_state=to, reason=visit.decision_reason)
    return visit


def decide_scanned(
    checkpoint: Checkpoint, device: UUID, seq: int, to: VisitState, *, by: User, reason: str = ""
) -> CheckpointVisit:
    """`decide_visit` for a record as its device numbers it. Raises: NoSuchVisit and what decide_visit raises."""
    rows = CheckpointVisit.objects.select_related("checkpoint")
    visit = rows.filter(checkpoint=checkpoint, device__uuid=device, seq=seq).first()
    if visit is None:
        raise NoSuchVisit
    return decide_visit(visit, to, by=by, reason=reason)


def _device(checkpoint: Checkpoint, device: UUID, by: User) -> CheckpointDevice:
    """The device, locked; registered by the first officer who sends from it. Raises: DeviceElsewhere."""
    row, is_new = CheckpointDevice.objects.get_or_create(
        uuid=device, defaults={"checkpoint": checkpoint, "registered_by": by}
    )
    if row.checkpoint_id != checkpoint.pk:
        raise DeviceElsewhere
    if is_new:
        record(row, "registered", by=by)
    return lock_one(CheckpointDevice, row.pk)


def _officers_at(checkpoint: Checkpoint) -> dict[int, User]:
    rows = Membership.objects.filter(organisation=checkpoint.organisation_id, role=Role.OFFICER).select_related("user")
    return {row.user_id: row.user for row in rows}


def _receive(
    chain: CheckpointDevice, checkpoint: Checkpoint, scan: Scan, officers: dict[int, User], by: User
) -> Received:
    known = CheckpointVisit.objects.filter(device=chain)
    same = known.filter(hash=scan.hash).select_related("checkpoint", "trip").first()
    if same is not None:
        return Received(same, is_new=False, alarms=[AlarmKind(alarm.kind) for alarm in same.alarms.all()])
    seq_taken = known.filter(seq=scan.seq).exists()
    fits = _fits(chain, checkpoint, scan) and scan.by in officers and not seq_taken
    code = code_of_token(scan.token)
    look = second_look(scan, code, checkpoint)
    visit = CheckpointVisit.objects.create(
        checkpoint=checkpoint,
        device=chain,
        seq=None if seq_taken else scan.seq,
        previous_hash=scan.previous,
        hash=scan.hash,
        code=code,
        trip=code.trip if code else None,
        token=scan.token,
        plate=scan.plate,
        verdict=scan.verdict,
        reasons=scan.reasons,
        server_verdict=look.verdict,
        server_reasons=look.kept,
        bundle_serial=scan.bundle or None,
        by=officers.get(scan.by, by),
        seen_at=scan.moment,
    )
    record(visit, "scanned", by=visit.by, to_state=visit.state)
    if scan.seq > chain.last_seq:
        chain.last_seq, chain.last_hash = scan.seq, scan.hash
    kinds = [AlarmKind.CHAIN_BROKEN] if not fits else []
    kinds += alarms_of_code(scan, code)
    if overruled(scan.verdict, look.verdict) and AlarmKind.NEVER_ISSUED not in kinds:
        kinds.append(AlarmKind.UNFIT)
    return Received(visit, is_new=True, alarms=_raised(visit, kinds, looks=True))


def _fits(chain: CheckpointDevice, checkpoint: Checkpoint, scan: Scan) -> bool:
    """The next record of the device's chain, unaltered."""
    follows = scan.seq == chain.last_seq + 1 and scan.previous == chain.last_hash
    return follows and scan.is_whole and scan.checkpoint == checkpoint.pk and scan.device == chain.uuid


def _raised(visit: CheckpointVisit, kinds: list[AlarmKind], *, looks: bool = False) -> list[AlarmKind]:
    """The alarms that stand now and did not before; `looks` for the same code elsewhere too."""
    raised = [kind for kind in kinds if raise_alarm(kind, visit)]
    other = other_sighting(visit) if looks else None
    if other is not None and raise_alarm(AlarmKind.COPIED, visit, other):
        raised.append(AlarmKind.COPIED)
    return raised
