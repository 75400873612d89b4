"""Who may see and do what with passes, pass codes and signer keys. What a person may not see is a 404.

An issuer (role issuer in an organisation with an `IssuerOffice`) decides about the passes of that issuer. A carrier applies for
its own trucks. The dispatcher sees all of them, records passes issued on paper and may suspend any of them.
"""

from django.db.models import Q, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404

from market.enums import OrganisationKind, Role
from market.models import User
from market.permissions import organisations_for
from orders.logistics.models import IssuerOffice, Pass, PassCode, SignerKey, Truck
from orders.logistics.permissions import can_run_carrier, get_truck, is_dispatcher, trucks_for
from orders.logistics.permissions_checkpoints import issuing_for, units_of


def offices_of(user: User) -> list[IssuerOffice]:
    """The issuers the person decides for. One statement, remembered on the user; none for who is no issuer anywhere."""
    known: list[IssuerOffice] | None = getattr(user, "_offices", None)
    if known is None:
        ids = issuing_for(user)
        rows = IssuerOffice.objects.filter(organisation__in=ids).select_related("organisation__place")
        known = list(rows) if ids else []
        user._offices = known  # type: ignore[attr-defined]
    return known


def office_for(user: User, green_pass: Pass) -> IssuerOffice | None:
    """The office in whose name the person decides about this pass."""
    return next((office for office in offices_of(user) if office.issuer == green_pass.issuer), None)


def can_decide(user: User, green_pass: Pass) -> bool:
    """Vet, refuse, issue: its issuer only."""
    return office_for(user, green_pass) is not None


def can_stop_pass(user: User, green_pass: Pass) -> bool:
    """Suspend, restore, revoke: its issuer, and the dispatcher who hears of it first."""
    return is_dispatcher(user) or can_decide(user, green_pass)


def can_apply_for(user: User, truck: Truck) -> bool:
    return can_run_carrier(user, truck.carrier)


def is_supervisor(user: User) -> bool:
    return bool(organisations_for(user, {OrganisationKind.BUREAU}, {Role.SUPERVISOR}))


def sees_passes(user: User) -> bool:
    """Whether the desk of passes is theirs: issuers decide there, dispatchers and supervisors read."""
    return is_dispatcher(user) or is_supervisor(user) or bool(offices_of(user))


def passes_for(user: User) -> QuerySet[Pass]:
    """All for the bureau's desk, an issuer's own kind, a carrier's own trucks."""
    if is_dispatcher(user) or is_supervisor(user):
        return Pass.objects.all()
    issued = Pass.objects.filter(issuer__in=[office.issuer for office in offices_of(user)])
    return issued | Pass.objects.filter(truck__in=trucks_for(user))


def desk_passes_or_404(user: User) -> QuerySet[Pass]:
    """What the desk of passes lists. Raises: Http404."""
    if is_dispatcher(user) or is_supervisor(user):
        return Pass.objects.all()
    offices = offices_of(user)
    if not offices:
        raise Http404
    return Pass.objects.filter(issuer__in=[office.issuer for office in offices])


def get_pass_page(user: User, pk: int) -> Pass:
    """Raises: Http404."""
    rows = passes_for(user).select_related("truck__carrier", "from_place", "to_place", "applied_by", "replaces")
    return get_object_or_404(rows, pk=pk)


def get_truck_to_apply(user: User, pk: int) -> Truck:
    """Raises: Http404."""
    return get_truck(user, pk)


def get_code(user: User, pk: int) -> PassCode:
    """A code of a pass the person may see, or of a trip the person drives. Raises: Http404."""
    rows = PassCode.objects.select_related("green_pass", "trip__truck", "signer")
    seen = Q(green_pass__in=passes_for(user)) | Q(trip__driver__user=user)
    return get_object_or_404(rows.filter(seen), pk=pk)


def keeps_keys(user: User) -> bool:
    """The bureau's supervisors and issuers."""
    return bool(organisations_for(user, {OrganisationKind.BUREAU}, {Role.SUPERVISOR, Role.ISSUER}))


def keys_or_404(user: User) -> None:
    """Raises: Http404."""
    if not keeps_keys(user):
        raise Http404


def get_key(user: User, pk: int) -> SignerKey:
    """Raises: Http404."""
    keys_or_404(user)
    return get_object_or_404(SignerKey, pk=pk)


def gets_bundle(user: User) -> bool:
    """Officers, whose phones verify, and dispatchers."""
    return is_dispatcher(user) or bool(units_of(user))


def bundle_or_404(user: User) -> None:
    """Raises: Http404."""
    if not gets_bundle(user):
        raise Http404


def checks_by_voice(user: User) -> bool:
    """Who may look a number up for somebody on the telephone: officers, dispatchers, issuers."""
    return gets_bundle(user) or bool(issuing_for(user))


def checks_by_voice_or_404(user: User) -> None:
    """Raises: Http404."""
    if not checks_by_voice(user):
        raise Http404
