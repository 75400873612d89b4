"""The seller cannot bring all of it: partial fulfilment."""

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_noop

from market.actions.events import record
from market.actions.notices import tell
from market.models import Event, User
from market.permissions import on_behalf_of, require
from market.quantities import Quantity, describe
from orders.actions.conditions import require_changeable
from orders.actions.pledges import locked_pledge, set_taken
from orders.exceptions import CutIsNoCut, ReasonMissing
from orders.models import Pledge
from orders.permissions import can_bring_for


@transaction.atomic
def cut_pledge(pledge: Pledge, *, to: Quantity, reason: str, back_on_sale: bool, by: User) -> Pledge:
    """The seller brings only `to` of the pledge: what was granted of the stretch goes first, then the firm part is short.

    What was promised stays on record (`firm_g`); the buyer is told. The seller says whether the rest goes back on sale or is not
    there any more. What is too much on planned trucks comes off. To bring nothing is to cancel. Locks: lot, pledge, then
    allocation, trips, loads. A repeat changes nothing. Raises: NotAllowed, NotChangeable, AlreadyLoading, ReasonMissing,
    CutIsNoCut.
    """
    pledge = locked_pledge(pledge.pk)
    require(can_bring_for(by, pledge.seller))
    require_changeable(pledge)
    if not reason.strip():
        raise ReasonMissing
    taken = pledge.taken_g
    if to.grams == taken and (pledge.short_g or _was_cut_to(pledge, taken)):
        return pledge
    if to.grams >= taken:
        raise CutIsNoCut(taken=describe(taken))
    cut_to(pledge, to.grams, back_on_sale=back_on_sale, by=by)
    event = record(
        pledge,
        "cut",
        by=by,
        on_behalf_of=on_behalf_of(by, pledge.seller),
        grams=pledge.taken_g,
        from_state="on_sale" if back_on_sale else "gone",
        reason=reason.strip(),
    )
    _tell_buyer(pledge, event.pk, short_g=taken - pledge.taken_g, reason=reason.strip()[:200])
    return pledge


def _tell_buyer(pledge: Pledge, event_id: int, *, short_g: int, reason: str) -> None:
    tell(
        pledge.buyer_id,
        f"cut-{pledge.pk}-{event_id}",
        gettext_noop("%(seller)s %(day_on)s 只能供 %(taken_g)s，少 %(short_g)s，原因：%(reason)s"),
        url=reverse("orders:pledge", args=[pledge.pk]),
        seller=pledge.seller.name,
        day_on=pledge.day,
        taken_g=pledge.taken_g,
        short_g=short_g,
        reason=reason,
    )


def _was_cut_to(pledge: Pledge, grams: int) -> bool:
    """Where only the granted stretch went, the row does not say it. One statement."""
    return Event.objects.about(pledge).filter(verb="cut", grams=grams).exists()


def cut_to(pledge: Pledge, grams: int, *, back_on_sale: bool, by: User | None) -> None:
    """The locked pledge takes `grams`, less than before. Raises: AlreadyLoading."""
    taken = pledge.taken_g
    pledge.granted_g = max(0, grams - (pledge.firm_g - pledge.short_g))
    pledge.short_g = pledge.firm_g + pledge.granted_g - grams
    pledge.save(update_fields=["granted_g", "short_g"])
    set_taken(pledge, was_g=taken, by=by, back_on_sale=back_on_sale)
