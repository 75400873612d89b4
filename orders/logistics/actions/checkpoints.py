"""Setting up the places where passes are checked."""

from dataclasses import dataclass

from django.db import transaction

from market.actions.events import record
from market.models import Organisation, Place, User
from market.permissions import require
from orders.logistics.actions.locks import lock_one
from orders.logistics.exceptions_visits import CheckpointNameTaken, HalfAPoint, NotACheckpointUnit
from orders.logistics.models import Checkpoint
from orders.logistics.permissions_checkpoints import CHECKPOINT_KINDS, sets_up_checkpoints

FACTS = ("organisation", "name", "place", "lat", "lon", "is_active")


@dataclass(frozen=True)
class CheckpointFacts:
    organisation: Organisation
    name: str
    place: Place
    lat: float | None = None
    lon: float | None = None
    is_active: bool = True


@transaction.atomic
def open_checkpoint(facts: CheckpointFacts, *, by: User) -> Checkpoint:
    """The checkpoint stands and the officers of its organisation may check there. The same facts again change nothing.

    Locks: organisation. Raises: NotAllowed, NotACheckpointUnit, HalfAPoint, CheckpointNameTaken.
    """
    _require(facts, by)
    lock_one(Organisation, facts.organisation.pk)
    known = Checkpoint.objects.filter(name=facts.name).first()
    if known is not None and all(getattr(known, name) == getattr(facts, name) for name in FACTS):
        return known
    _require_free(facts.name, None)
    made = Checkpoint.objects.create(**{name: getattr(facts, name) for name in FACTS})
    record(made, "opened", by=by)
    return made


@transaction.atomic
def change_checkpoint(checkpoint: Checkpoint, facts: CheckpointFacts, *, by: User) -> Checkpoint:
    """The checkpoint is as the facts say; one out of use keeps its visits. The same again changes nothing.

    Locks: checkpoint. Raises: NotAllowed, NotACheckpointUnit, HalfAPoint, CheckpointNameTaken.
    """
    _require(facts, by)
    checkpoint = lock_one(Checkpoint, checkpoint.pk)
    changed = [name for name in FACTS if getattr(checkpoint, name) != getattr(facts, name)]
    if not changed:
        return checkpoint
    _require_free(facts.name, checkpoint.pk)
    for name in changed:
        setattr(checkpoint, name, getattr(facts, name))
    checkpoint.save(update_fields=changed)
    record(checkpoint, "changed", by=by, reason=", ".join(changed))
    return checkpoint


def _require(facts: CheckpointFacts, by: User) -> None:
    require(sets_up_checkpoints(by))
    if facts.organisation.kind not in CHECKPOINT_KINDS:
        raise NotACheckpointUnit
    if (facts.lat is None) != (facts.lon is None):
        raise HalfAPoint


def _require_free(name: str, own: int | None) -> None:
    if Checkpoint.objects.filter(name=name).exclude(pk=own or 0).exists():
        raise CheckpointNameTaken(name=name)
