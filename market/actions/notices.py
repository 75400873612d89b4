"""Telling an organisation something, once; and saying that it was read."""

from collections.abc import Iterable
from typing import Any

from django.utils import timezone

from market.models import Notice, Organisation, User
from market.permissions import memberships_of
from market.sentences import facts_to_json


def tell(recipient: Organisation | int, key: str, text: str, *, url: str = "", **facts: Any) -> None:
    """The organisation has a notice saying `text` with `facts` in its named places. Call inside the action's transaction.

    `text` is a Chinese message id marked with `gettext_noop`. A fact whose name ends in `_g` is grams, in `_on` a day (a date),
    in `_at` a moment; a price, a name in two languages or another sentence is one of the kinds of `market.sentences`; all other
    facts are said as they are. `key` names the event: a repeat tells nothing more. `url` leads to
    the page where something can be done.
    """
    tell_all([recipient], key, text, url=url, **facts)


def tell_all(recipients: Iterable[Organisation | int], key: str, text: str, *, url: str = "", **facts: Any) -> None:
    """`tell` for many recipients. One statement."""
    written = facts_to_json(facts)
    ids = {one.pk if isinstance(one, Organisation) else one for one in recipients}
    rows = [Notice(recipient_id=pk, key=key, text=text, facts=written, url=url) for pk in sorted(ids)]
    Notice.objects.bulk_create(rows, ignore_conflicts=True)


def mark_seen(*, by: User) -> int:
    """All notices to the person's organisations are seen. Returns how many were not before; a repeat changes nothing."""
    mine = {membership.organisation_id for membership in memberships_of(by)}
    return Notice.objects.unseen().filter(recipient__in=mine).update(seen_at=timezone.now(), seen_by=by)
