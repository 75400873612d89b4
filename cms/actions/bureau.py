"""How a real installation begins: its bureau, and the first person at a desk."""

from django.db import transaction

from cms.groups import make_desks
from market.actions.events import record
from market.actions.organisations import open_bureau
from market.models import Organisation, Place, User


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
