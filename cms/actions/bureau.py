"""How a real installation begins: its bureau, and the first person at a desk; its police and checkpoints."""

from django.db import transaction

from cms.groups import make_desks
from market.actions.events import record
from market.actions.organisations import open_authority, open_bureau
from market.enums import Role
from market.models import Membership, Organisation, Place, User
from orders.logistics.models import IssuerOffice


@transaction.atomic
def begin_installation(
    name: str, place: Place, *, phone: str, person: str, desk: str = "", superuser: bool = False
) -> Organisation:
    """The bureau is open, and its person sits at `desk` ("agriculture", "commerce" or none), as a superuser if asked for.

    For the command line only: it asks nobody's permission. Raises: what `open_bureau` raises. A repeat changes nothing.
    """
    bureau = open_bureau(name, place, phone=phone, person=person)
    user = User.objects.get(phone=bureau.contact_phone)
    group = make_desks()[desk] if desk else None
    if group is not None and not user.groups.filter(pk=group.pk).exists():
        user.groups.add(group)
        record(user, "seated", by=None, to_state=desk)
    if superuser and not user.is_superuser:
        user.is_superuser = user.is_staff = True
        user.save(update_fields=["is_superuser", "is_staff"])
        record(user, "made_superuser", by=None)
    return bureau


@transaction.atomic
def begin_authority(name: str, kind: str, place: Place, *, phone: str, person: str, issuer: str = "") -> Organisation:
    """The police unit, checkpoint or further bureau is open; with `issuer` it issues passes under that name.

    For the command line only: it asks nobody's permission. Raises: what `open_authority` raises. A repeat changes nothing.
    """
    authority = open_authority(name, kind, place, phone=phone, person=person)
    if issuer and not IssuerOffice.objects.filter(organisation=authority).exists():
        IssuerOffice.objects.create(organisation=authority, issuer=issuer)
        head = User.objects.get(phone=authority.contact_phone)
        Membership.objects.get_or_create(user=head, organisation=authority, role=Role.ISSUER)
        record(authority, "made_issuer", by=None, to_state=issuer)
    return authority
