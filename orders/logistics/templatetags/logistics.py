"""Template words of trucks and trips; and how far a pledge or a listing has come, for pages that know no trucks."""

import datetime as dt
from typing import Any

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from market.models import Listing
from market.quantities import format_exact
from market.wording import with_note
from orders.logistics.enums import (
    AreaState,
    BreakdownState,
    CodeState,
    DisputeState,
    LoadState,
    PassState,
    RunState,
    TripState,
    Verdict,
    VisitState,
)
from orders.logistics.models import Receipt
from orders.logistics.queries.progress import (
    Progress,
    TrucksOfPledge,
    progress_of_listing,
    progress_of_rides,
    rides_of,
    trucks_of_rides,
)
from orders.logistics.reasons import words_of_reason
from orders.models import Pledge

register = template.Library()

BADGES = {
    TripState.PLANNED: "wait",
    TripState.CLEARED: "live",
    TripState.LOADING: "busy",
    TripState.EN_ROUTE: "busy",
    TripState.BROKEN_DOWN: "warm",
    TripState.COMPLETED: "done",
    TripState.CANCELLED: "stop",
    LoadState.LOADED: "busy",
    LoadState.HANDED_OVER: "done",
    LoadState.DELIVERED: "done",
    LoadState.UNPLANNED: "stop",
    PassState.ISSUED: "live",
    PassState.SUSPENDED: "warm",
    PassState.REFUSED: "stop",
    PassState.WITHDRAWN: "done",
    PassState.REVOKED: "stop",
    PassState.SUPERSEDED: "done",
    PassState.EXPIRED: "done",
    CodeState.LIVE: "live",
    Verdict.PASS: "done",
    Verdict.CHECK: "live",
    Verdict.HOLD: "warm",
    Verdict.REFUSE: "stop",
    VisitState.SEEN: "wait",
    VisitState.PASSED: "done",
    VisitState.HELD: "warm",
    VisitState.TURNED_BACK: "stop",
    AreaState.PUBLISHED: "warm",
    AreaState.LIFTED: "done",
    BreakdownState.OPEN: "warm",
    BreakdownState.REPAIRED: "done",
    BreakdownState.RESCUED: "done",
    DisputeState.UPHELD: "done",
    DisputeState.REFUSED: "stop",
    RunState.QUEUED: "wait",
    RunState.RUNNING: "busy",
    RunState.READY: "live",
    RunState.COMMITTED: "done",
    RunState.DISCARDED: "done",
    RunState.FAILED: "stop",
}


@register.filter
def state_badge(state: str) -> str:
    """The kind of badge of a trip's, load's, pass's or run's state."""
    return BADGES.get(state, "wait")  # type: ignore[call-overload]


@register.filter
def of(things: dict[Any, Any], key: Any) -> Any:
    """The entry of a dict."""
    return things.get(key)


@register.filter
def reason_words(receipt: Receipt) -> str:
    """The code in the reader's language, with what was typed beside it."""
    if not receipt.code:
        return receipt.reason
    code = str(receipt.get_code_display())
    is_typed = receipt.reason not in ("", words_of_reason(receipt.code, ""))
    return with_note(code, receipt.reason) if is_typed else code


@register.filter
def exact_jin(grams: int) -> str:
    """As a form reads it again: 998.6斤."""
    return format_exact(grams, "斤")


@register.filter
def without_sign(number: float) -> float:
    """Of a difference whose direction is said in words."""
    return abs(number)


@register.filter
def minutes(length: dt.timedelta) -> int:
    """A length of time in whole minutes, rounded up."""
    return -(-int(length.total_seconds()) // 60)


@register.filter
def km(metres: int) -> str:
    """43.1 公里."""
    return _("%(km)s 公里") % {"km": f"{metres / 1000:,.1f}"}


@register.simple_tag
def progress_of_pledge(pledge: Pledge) -> dict[str, Any]:
    """`rows` and `whole` of components/_progress.html, and whether anything has moved. One statement with `trucks_of_pledge`."""
    progress = progress_of_rides(pledge, _rides(pledge))
    return _bars(progress, [(pgettext("event", "认购"), progress.pledged_g, "soft")], progress.pledged_g)


@register.simple_tag
def trucks_of_pledge(pledge: Pledge) -> TrucksOfPledge:
    """The trucks the pledge rides on, and which of them have begun to load it. One statement with `progress_of_pledge`."""
    return trucks_of_rides(_rides(pledge))


def _rides(pledge: Pledge) -> list[Any]:
    """Read once for a page that shows both."""
    known: list[Any] | None = getattr(pledge, "_rides", None)
    if known is None:
        known = pledge._rides = rides_of(pledge)  # type: ignore[attr-defined]
    return known


@register.simple_tag
def progress_of_listing_days(listing: Listing) -> dict[str, Any]:
    """The same for all days of a listing together. Three statements."""
    progress = progress_of_listing(listing).total
    rows = [(_("供应"), progress.offered_g, "soft"), (pgettext("event", "认购"), progress.pledged_g, "")]
    return _bars(progress, rows, progress.offered_g)


def _bars(progress: Progress, first: list[tuple[str, int, str]], whole: int) -> dict[str, Any]:
    rows = [
        *first,
        (_("已派车"), progress.planned_g, ""),
        (_("已装车"), progress.loaded_g, ""),
        (_("已收下"), progress.taken_g, ""),
    ]
    if progress.rejected_g or progress.missing_g:
        rows.append((_("拒收或短少"), progress.rejected_g + progress.missing_g, "stop"))
    return {
        "rows": [{"label": label, "grams": grams, "kind": kind} for label, grams, kind in rows],
        "whole": whole,
        "has_moved": bool(progress.planned_g),
        "waiting_g": progress.waiting_g,
    }


@register.filter
def any_planned(sheets: Any) -> bool:
    """Whether a trip of the day waits to be cleared."""
    return any(sheet.trip.state == TripState.PLANNED for sheet in sheets)


@register.filter
def choices_of(names: str) -> list[str]:
    """`"side page"` as a list, for an include."""
    return names.split()
