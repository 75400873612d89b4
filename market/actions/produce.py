"""Correcting the catalogue."""

from django.db import transaction

from market.actions.events import record
from market.actions.reference import search_text
from market.models import Produce, User
from market.permissions import require

CORRECT_PERMISSION = "market.change_produce"


@transaction.atomic
def correct_produce(produce: Produce, *, by: User) -> Produce:
    """Save what the bureau typed, so that the product is found by its new names at once. A repeat writes the same again.

    Locks: none; the row is written whole. Raises: NotAllowed.
    """
    require(by.is_active and by.has_perm(CORRECT_PERMISSION))
    names = [produce.name_zh, *filter(None, produce.aliases_zh.split("|")), produce.slug, produce.name_en]
    produce.search_text = search_text(name.strip() for name in names)[:500]
    produce.save()
    record(produce, "corrected", by=by)
    return produce
