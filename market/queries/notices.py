"""What the market told a person's organisations: the inbox, how many lines of it are new, and each as a sentence."""

import datetime as dt
from dataclasses import dataclass

from django.core.paginator import Page, Paginator

from market.models import Notice, User
from market.permissions import memberships_of
from market.sentences import sentence_of

PER_PAGE = 30


@dataclass(frozen=True)
class Told:
    """One line of the inbox. `url` is a page of ours, or empty; `recipient` is named where the person has several."""

    sentence: str
    at: dt.datetime
    is_new: bool
    url: str
    recipient: str


def notices_of(user: User, number: str | int | None) -> tuple[Page, list[Told]]:
    """A page of what the person's organisations were told, newest first. Two statements beside the memberships."""
    names = {one.organisation_id: one.organisation.name for one in memberships_of(user)}
    page = Paginator(Notice.objects.filter(recipient__in=names).order_by("-pk"), PER_PAGE).get_page(number)
    told = [
        Told(
            sentence=sentence_of(notice.text, notice.facts),
            at=notice.created_at,
            is_new=notice.seen_at is None,
            url=notice.url if _is_ours(notice.url) else "",
            recipient=names[notice.recipient_id] if len(names) > 1 else "",
        )
        for notice in page.object_list
    ]
    return page, told


def unseen_count(user: User) -> int:
    """How many notices nobody of the person's organisations has seen. No statement: the memberships bring the numbers along.

    Where those came with the docks, on the forms that stand in the way of a pledge, it is not known and 0.
    """
    counts = {one.organisation_id: getattr(one, "unseen_notices", 0) for one in memberships_of(user)}
    return sum(counts.values())


def _is_ours(url: str) -> bool:
    return url.startswith("/") and not url.startswith(("//", "/\\"))
