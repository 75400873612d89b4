"""The stalls an association pledges for, and what its group calls them."""

from collections.abc import Sequence

from django.db import IntegrityError, transaction

from market.actions.events import record
from market.models import Organisation, User
from market.permissions import on_behalf_of, require
from orders.exceptions import StallGone, StallMergesItself, StallNameMissing, StallNameTaken
from orders.models import PledgeLine, Stall, StallAlias
from orders.permissions import can_buy_for
from orders.readings import Row, can_be_booked, hide_phones


def remember_stalls(association: Organisation, rows: Sequence[Row]) -> None:
    """The stalls of the rows exist, and each name the group used leads to its stall the next time.

    Called by `relays.apply_relay`, which has asked for permission and locked the association. At most five statements.
    """
    names = {row.stall for row in rows}
    Stall.objects.bulk_create(
        [Stall(association=association, name=name) for name in sorted(names)], ignore_conflicts=True
    )
    stalls = dict(Stall.objects.filter(association=association, name__in=names).values_list("name", "pk"))
    called = {row.name: stalls[row.stall] for row in rows if row.name and row.name != row.stall}
    StallAlias.objects.bulk_create(
        [StallAlias(association=association, alias=name, stall_id=stall) for name, stall in sorted(called.items())],
        update_conflicts=True,
        unique_fields=["association", "alias"],
        update_fields=["stall"],
    )
    own = {row.name for row in rows if row.name == row.stall} - called.keys()
    StallAlias.objects.filter(association=association, alias__in=own).delete()


@transaction.atomic
def rename_stall(stall: Stall, *, name: str, by: User) -> Stall:
    """The stall has another name; what it was called stays as an alias. Locks: association, stall. A repeat changes nothing.

    Raises: NotAllowed, StallGone, StallNameMissing, StallNameTaken.
    """
    _lock_stalls_of(stall.association_id)
    stall = _locked(stall.pk)
    require(can_buy_for(by, stall.association))
    name = hide_phones(" ".join(name.split()))
    if not can_be_booked(name):
        raise StallNameMissing
    if name == stall.name:
        return stall
    old, stall.name = stall.name, name
    try:
        with transaction.atomic():
            stall.save(update_fields=["name"])
    except IntegrityError:
        raise StallNameTaken(name=name) from None
    _call(stall, old)
    StallAlias.objects.filter(association=stall.association_id, alias=name).delete()
    record(stall, "renamed", by=by, on_behalf_of=on_behalf_of(by, stall.association), reason=f"{old} → {name}")
    return stall


@transaction.atomic
def merge_stalls(stall: Stall, *, into: Stall, by: User) -> Stall:
    """`stall` was `into` all along: its lines and names are `into`'s, and it is gone. Locks: association, both stalls by key.

    A repeat is refused: there is no such stall any more. Raises: NotAllowed, StallGone, StallMergesItself.
    """
    if stall.pk == into.pk:
        raise StallMergesItself
    _lock_stalls_of(stall.association_id)
    locked = {pk: _locked(pk) for pk in sorted((stall.pk, into.pk))}
    gone, kept = locked[stall.pk], locked[into.pk]
    require(can_buy_for(by, gone.association))
    if gone.association_id != kept.association_id:
        raise StallMergesItself
    PledgeLine.objects.filter(stall=gone).update(stall=kept)
    StallAlias.objects.filter(stall=gone).update(stall=kept)
    name = gone.name
    gone.delete()
    _call(kept, name)
    record(kept, "merged", by=by, on_behalf_of=on_behalf_of(by, kept.association), reason=name)
    return kept


@transaction.atomic
def forget_alias(alias: StallAlias, *, by: User) -> None:
    """The group's word leads nowhere any more: it is asked the next time. A repeat changes nothing. Raises: NotAllowed."""
    require(can_buy_for(by, alias.association))
    if StallAlias.objects.filter(pk=alias.pk).delete()[0]:
        record(
            alias.stall, "alias_forgotten", by=by, on_behalf_of=on_behalf_of(by, alias.association), reason=alias.alias
        )


def _call(stall: Stall, name: str) -> None:
    StallAlias.objects.update_or_create(association_id=stall.association_id, alias=name, defaults={"stall": stall})


def _lock_stalls_of(association_id: int) -> None:
    """Nobody saves a relay that names one of them meanwhile (`relays.apply_relay` locks the same row)."""
    Organisation.objects.select_for_update(no_key=True).get(pk=association_id)


def _locked(pk: int) -> Stall:
    """Raises: StallGone."""
    rows = Stall.objects.select_for_update(no_key=True, of=("self",)).select_related("association")
    stall = rows.filter(pk=pk).first()
    if stall is None:
        raise StallGone
    return stall
