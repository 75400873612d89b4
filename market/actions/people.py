"""A person's own facts."""

from django.db import transaction

from market.actions.events import record
from market.exceptions import NameNeeded
from market.models import User

MAX_NAME = 40


@transaction.atomic
def rename_person(person: User, name: str) -> User:
    """The person is called so from now on; the history keeps both names.

    Locks: the person. Raises: NameNeeded. The same name again changes nothing.
    """
    name = " ".join(name.split())
    if not 1 <= len(name) <= MAX_NAME:
        raise NameNeeded(limit=MAX_NAME)
    person = User.objects.select_for_update().get(pk=person.pk)
    old = person.name
    if name != old:
        person.name = name
        person.save(update_fields=["name"])
        record(person, "renamed", by=person, reason=f"{old} → {name}")
    return person
