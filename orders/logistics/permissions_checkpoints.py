"""Who may see and do what at checkpoints. What a person may not see is a 404."""

from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404

from market.enums import OrganisationKind, Role
from market.models import Organisation, User
from market.permissions import memberships_of, organisations_for
from orders.logistics.models import Checkpoint, CheckpointAlarm, CheckpointVisit

CHECKPOINT_KINDS = frozenset({OrganisationKind.CHECKPOINT, OrganisationKind.POLICE})


def units_of(user: User) -> list[Organisation]:
    """The organisations, none suspended, at whose checkpoints the person stands as an officer. Costs the memberships."""
    units = organisations_for(user, CHECKPOINT_KINDS, {Role.OFFICER})
    return [unit for unit in units if not unit.is_suspended]


def issuing_for(user: User) -> list[int]:
    """The organisations, none suspended, in which the person issues passes, by id. Costs the memberships."""
    issuing = [m for m in memberships_of(user) if m.role == Role.ISSUER]
    return [m.organisation_id for m in issuing if not m.organisation.is_suspended]


def checkpoints_of(user: User) -> QuerySet[Checkpoint]:
    """The checkpoints in use where the person is an officer."""
    return Checkpoint.objects.filter(organisation__in=[unit.pk for unit in units_of(user)], is_active=True)


def is_officer_at(user: User, checkpoint: Checkpoint) -> bool:
    return any(unit.pk == checkpoint.organisation_id for unit in units_of(user))


def oversees_checkpoints(user: User) -> bool:
    """The bureau's dispatchers and supervisors, and those who issue passes: they see every visit and handle alarms."""
    bureau = organisations_for(user, {OrganisationKind.BUREAU}, {Role.DISPATCHER, Role.SUPERVISOR})
    return bool(bureau or issuing_for(user))


def sets_up_checkpoints(user: User) -> bool:
    return bool(organisations_for(user, {OrganisationKind.BUREAU}, {Role.DISPATCHER, Role.SUPERVISOR}))


def set_up_or_404(user: User) -> None:
    """Raises: Http404."""
    if not sets_up_checkpoints(user):
        raise Http404


def visits_for(user: User) -> QuerySet[CheckpointVisit]:
    """Every visit for those who oversee; an officer's own checkpoints otherwise."""
    if oversees_checkpoints(user):
        return CheckpointVisit.objects.all()
    return CheckpointVisit.objects.filter(checkpoint__organisation__in=[unit.pk for unit in units_of(user)])


def visits_or_404(user: User) -> QuerySet[CheckpointVisit]:
    """Raises: Http404 where the person has nothing to do with checkpoints."""
    if not oversees_checkpoints(user) and not units_of(user):
        raise Http404
    return visits_for(user)


def get_own_checkpoint(user: User, pk: int) -> Checkpoint:
    """One in use where the person is an officer. Raises: Http404."""
    return get_object_or_404(checkpoints_of(user), pk=pk)


def get_checkpoint(user: User, pk: int) -> Checkpoint:
    """For those who set checkpoints up. Raises: Http404."""
    set_up_or_404(user)
    return get_object_or_404(Checkpoint.objects.select_related("organisation", "place"), pk=pk)


def get_visit(user: User, pk: int) -> CheckpointVisit:
    """Raises: Http404."""
    rows = visits_for(user).select_related("checkpoint", "device", "code", "trip__truck", "trip__driver", "by")
    return get_object_or_404(rows, pk=pk)


def get_alarm(user: User, pk: int) -> CheckpointAlarm:
    """For those who may handle it. Raises: Http404."""
    if not oversees_checkpoints(user):
        raise Http404
    return get_object_or_404(CheckpointAlarm.objects.select_related("visit"), pk=pk)
