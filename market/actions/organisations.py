"""Organisations and their people: registering, the bureau's verification, members by telephone number."""

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from market.accounts import normalise_phone
from market.actions.events import record
from market.actions.lots import close_lots_of, reopen_lots_of
from market.actions.people import MAX_NAME
from market.actions.states import move
from market.enums import (
    REGISTRABLE,
    SELLERS,
    VERIFICATION_MOVES,
    OrganisationKind,
    PlaceLevel,
    Role,
    VerificationState,
    grantable_roles,
)
from market.exceptions import (
    AlreadyMember,
    AlreadyRegistered,
    LastManager,
    NameNeeded,
    NotRegistrable,
    OtherPersonsNumber,
    PhoneUnfit,
    ReasonNeeded,
    RoleNotGiven,
    TooManyMembers,
    TooManyWaiting,
    UnfitText,
    WorkplaceTooWide,
)
from market.models import Membership, Organisation, Place, User
from market.permissions import can_verify_organisations, require

MAX_WAITING = 5
MAX_MEMBERS = 50
MAX_REASON = 200


@dataclass(frozen=True)
class OrganisationDetails:
    """What a person writes when registering. `contact_phone` as it is spoken or E.164."""

    name: str
    kind: str
    place: Place
    contact_name: str
    contact_phone: str
    address: str = ""


@transaction.atomic
def register_organisation(details: OrganisationDetails, *, by: User) -> Organisation:
    """The organisation waits for the bureau, the person is its manager.

    Locks: the person (so that two taps are one after the other). Raises: NotRegistrable, WorkplaceTooWide, PhoneUnfit, UnfitText,
    AlreadyRegistered, TooManyWaiting. Registering the same name and kind at the same place again returns the person's own first one.
    """
    User.objects.select_for_update().get(pk=by.pk)
    _refuse_unfit_kind(details)
    organisation = Organisation(
        name=" ".join(details.name.split()),
        kind=details.kind,
        place=details.place,
        address=" ".join(details.address.split()),
        contact_name=" ".join(details.contact_name.split()),
        contact_phone=_clean_phone(details.contact_phone),
    )
    known = Organisation.objects.filter(name=organisation.name, place=organisation.place).first()
    if known is not None:
        if known.kind == organisation.kind and _manages(by, known):
            return known
        raise AlreadyRegistered(organisation=organisation.name, place=organisation.place.name)
    waiting = Organisation.objects.of(by, Role.MANAGER).filter(verification=VerificationState.WAITING).count()
    if waiting >= MAX_WAITING:
        raise TooManyWaiting(count=waiting)
    _refuse_unfit_text(organisation)
    try:
        with transaction.atomic():
            organisation.save()
    except IntegrityError:  # somebody else was faster by a moment
        raise AlreadyRegistered(organisation=organisation.name, place=organisation.place.name) from None
    Membership.objects.create(user=by, organisation=organisation, role=Role.MANAGER)
    record(organisation, "registered", by=by, to_state=organisation.verification)
    _forget_memberships(by)
    return organisation


# What the person who opens an authority does there, beside managing it.
AUTHORITIES: dict[str, tuple[Role, ...]] = {
    OrganisationKind.BUREAU: (Role.DISPATCHER,),
    OrganisationKind.POLICE: (Role.ISSUER,),
    OrganisationKind.CHECKPOINT: (Role.OFFICER,),
}


def open_bureau(name: str, place: Place, *, phone: str, person: str, by: User | None = None) -> Organisation:
    """A bureau, verified at once; the owner of the number manages it and dispatches: see `open_authority`."""
    return open_authority(name, OrganisationKind.BUREAU, place, phone=phone, person=person, by=by)


@transaction.atomic
def open_authority(
    name: str, kind: str, place: Place, *, phone: str, person: str, by: User | None = None
) -> Organisation:
    """A bureau, a police unit or a checkpoint, verified at once; the owner of the number manages it and has the role of
    AUTHORITIES there. `by` None is the command line.

    Raises: NotAllowed (by others than a superuser), PhoneUnfit, NameNeeded, OtherPersonsNumber, UnfitText, AlreadyRegistered.
    Opening it again with the same person changes nothing and returns it.
    """
    require(by is None or (by.is_active and by.is_superuser))
    head = _person(_clean_phone(phone), person)
    bureau = Organisation(
        name=" ".join(name.split()),
        kind=OrganisationKind(kind),
        place=place,
        contact_name=head.name,
        contact_phone=head.phone,
    )
    known = Organisation.objects.filter(name=bureau.name, place=place).first()
    if known is not None:
        if known.kind == bureau.kind and head.pk is not None and _manages(head, known):
            return known
        raise AlreadyRegistered(organisation=bureau.name, place=place.name)
    _refuse_unfit_text(bureau)
    head = User.objects.known_or_new(head.phone, name=head.name)
    bureau.save()
    for role in (Role.MANAGER, *AUTHORITIES[bureau.kind]):
        Membership.objects.create(user=head, organisation=bureau, role=role)
    record(bureau, "registered", by=by, to_state=bureau.verification)
    old = move(bureau, "verification", VerificationState.VERIFIED, VERIFICATION_MOVES)
    bureau.save(update_fields=["verification"])
    record(bureau, "verified", by=by, from_state=old, to_state=bureau.verification)
    return bureau


@transaction.atomic
def verify_organisation(organisation: Organisation, *, by: User) -> Organisation:
    """The organisation may trade; an earlier reason is gone from its page, not from the history.

    What a suspension took off the board is on sale again. Locks: organisation, listings, lots. Raises: NotAllowed, WrongState. A repeat is refused with WrongState.
    """
    organisation = _decide(organisation, VerificationState.VERIFIED, "verified", "", by)
    reopen_lots_of(organisation)
    return organisation


@transaction.atomic
def refuse_organisation(organisation: Organisation, *, reason: str, by: User) -> Organisation:
    """The organisation may not trade, and its manager reads why.

    Locks: organisation. Raises: NotAllowed, ReasonNeeded, WrongState. A repeat is refused with WrongState.
    """
    return _decide(organisation, VerificationState.REFUSED, "refused", _clean_reason(reason), by)


@transaction.atomic
def suspend_organisation(organisation: Organisation, *, reason: str, by: User) -> Organisation:
    """The organisation may not trade any more: its lots are off the board. What is promised stays promised.

    Its manager reads why. Locks: organisation, listings, lots. Raises: NotAllowed, ReasonNeeded, WrongState. A repeat is refused with WrongState.
    """
    organisation = _decide(organisation, VerificationState.SUSPENDED, "suspended", _clean_reason(reason), by)
    close_lots_of(organisation)
    return organisation


@transaction.atomic
def add_member(organisation: Organisation, *, phone: str, role: str, by: User, name: str = "") -> Membership:
    """The owner of the number has the role, and an account that opens with the SMS code. Nobody is asked for a password.

    Where the number is known under another name than `name`, the manager has mistyped one of them: nothing is added.
    Locks: organisation. Raises: NotAllowed, RoleNotGiven, PhoneUnfit, NameNeeded, OtherPersonsNumber, AlreadyMember,
    TooManyMembers. A repeat is refused with AlreadyMember.
    """
    organisation = Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    require(_manages(by, organisation))
    if role not in grantable_roles(organisation.kind):
        label = Role(role).label if role in Role.values else role
        raise RoleNotGiven(kind=organisation.get_kind_display(), role=label)
    person = _person(_clean_phone(phone), name)
    held = organisation.memberships.filter(user__phone=person.phone, role__in=[role, Role.MANAGER]).first()
    if held is not None:
        raise AlreadyMember(name=str(person), role=held.get_role_display())
    if organisation.memberships.count() >= MAX_MEMBERS:
        raise TooManyMembers(limit=MAX_MEMBERS)
    if person.pk is None:
        person = User.objects.known_or_new(person.phone, name=person.name)
    membership = Membership.objects.create(user=person, organisation=organisation, role=role)
    record(organisation, "member_added", by=by, to_state=role, reason=str(person))
    return membership


@transaction.atomic
def remove_member(organisation: Organisation, *, membership_id: int, by: User) -> bool:
    """The person has this role no more. By the manager, or by the person who leaves.

    Locks: organisation. Raises: NotAllowed, LastManager. A repeat changes nothing and returns False.
    """
    organisation = Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    membership = organisation.memberships.select_related("user").filter(pk=membership_id).first()
    require(_manages(by, organisation) or (membership is not None and membership.user_id == by.pk))
    if membership is None:
        return False
    managers = organisation.memberships.filter(role=Role.MANAGER).count()
    if membership.role == Role.MANAGER and managers == 1:
        raise LastManager(organisation=organisation.name)
    membership.delete()
    record(organisation, "member_removed", by=by, from_state=membership.role, reason=str(membership.user))
    _forget_memberships(by)
    return True


def _decide(organisation: Organisation, to: VerificationState, verb: str, reason: str, by: User) -> Organisation:
    organisation = Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    require(can_verify_organisations(by))
    old = move(organisation, "verification", to, VERIFICATION_MOVES)
    organisation.verification_reason = reason
    organisation.save(update_fields=["verification", "verification_reason"])
    record(organisation, verb, by=by, from_state=old, to_state=to, reason=reason)
    return organisation


def _refuse_unfit_kind(details: OrganisationDetails) -> None:
    """Raises: NotRegistrable, WorkplaceTooWide."""
    if details.kind not in REGISTRABLE:
        known = details.kind in OrganisationKind.values
        raise NotRegistrable(kind=OrganisationKind(details.kind).label if known else details.kind)
    grows = details.kind in SELLERS
    fine = {PlaceLevel.TOWNSHIP, PlaceLevel.VILLAGE} | (set() if grows else {PlaceLevel.COUNTY})
    if details.place.level not in fine:
        level = PlaceLevel.TOWNSHIP if grows else PlaceLevel.COUNTY
        raise WorkplaceTooWide(place=details.place.name, level=level.label)


def _refuse_unfit_text(organisation: Organisation) -> None:
    """Raises: UnfitText with the first thing the row's own fields object to."""
    try:
        organisation.full_clean(exclude=["place"])
    except ValidationError as error:
        name, said = next(iter(error.message_dict.items()))
        whole = name == "__all__"
        label = organisation.name if whole else getattr(organisation._meta.get_field(name), "verbose_name", name)
        raise UnfitText("" if whole else name, label=label, said=said[0]) from error


def _person(phone: str, name: str) -> User:
    """The owner of the number, or a person not saved yet. Raises: OtherPersonsNumber, NameNeeded."""
    name = " ".join(name.split())
    known = User.objects.filter(phone=phone).first()
    if known is not None:
        if name and known.name and name != known.name:
            raise OtherPersonsNumber(name=name)
        return known
    if not 1 <= len(name) <= MAX_NAME:
        raise NameNeeded(limit=MAX_NAME)
    return User(phone=phone, name=name)


def _clean_phone(text: str) -> str:
    try:
        return normalise_phone(text)
    except ValidationError as error:
        raise PhoneUnfit(said=error.messages[0]) from error


def _clean_reason(reason: str) -> str:
    reason = reason.strip()
    if not 1 <= len(reason) <= MAX_REASON:
        raise ReasonNeeded(limit=MAX_REASON)
    return reason


def _manages(user: User, organisation: Organisation) -> bool:
    """Asked of the database: what the request remembers may be older than the lock."""
    return organisation.memberships.filter(user=user, role=Role.MANAGER).exists()


def _forget_memberships(user: User) -> None:
    user.__dict__.pop("_memberships", None)
