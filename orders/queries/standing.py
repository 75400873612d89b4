"""What the pages of standing pledges show: the list, and one with its days."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.db.models import Case, IntegerField, QuerySet, Value, When
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from market.models import Event
from market.quantities import describe
from market.wording import calendar_day
from orders.enums import StandingOutcome, StandingState
from orders.models import StandingDay, StandingPledge
from orders.queries.history import Happening

PER_PAGE = 30
LOOK_BACK = dt.timedelta(days=7)


@dataclass(frozen=True)
class StandingRow:
    """One of the list: the next day the clock will place, and what it did last; either may be none."""

    standing: StandingPledge
    next_day: dt.date | None
    last: StandingDay | None


@dataclass(frozen=True)
class DayOfStanding:
    """One day of the calendar: `row` once it is settled or skipped. `can_turn`: it may still be skipped or wanted again."""

    day: dt.date
    row: StandingDay | None
    can_turn: bool

    @property
    def outcome(self) -> str:
        """placed, short, skipped, failed; coming, or missed where nothing was done and nothing will be."""
        if self.row:
            return self.row.outcome
        return "coming" if self.can_turn else "missed"


def standing_page(standing: QuerySet[StandingPledge], number: str | int | None) -> tuple[Page, list[StandingRow]]:
    """A page of them, the running ones first, the newest on top. Three statements."""
    running_first = Case(
        When(state=StandingState.RUNNING, then=Value(0)),
        When(state=StandingState.PAUSED, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    listed = standing.select_related("buyer", "dock", "listing__produce", "listing__place", "listing__seller")
    page = Paginator(listed.order_by(running_first, "-pk"), PER_PAGE).get_page(number)
    days: dict[int, list[StandingDay]] = defaultdict(list)
    recent = StandingDay.objects.filter(
        standing__in=[one.pk for one in page.object_list], day__gte=timezone.localdate() - LOOK_BACK
    )
    for row in recent.order_by("day"):
        days[row.standing_id].append(row)
    return page, [_row(one, days[one.pk]) for one in page.object_list]


def _row(standing: StandingPledge, rows: list[StandingDay]) -> StandingRow:
    done = {row.day for row in rows}
    coming = (day for day in standing.all_days if day not in done and not standing.has_begun(day))
    placed = [row for row in rows if row.outcome != StandingOutcome.SKIPPED]
    next_day = next(coming, None) if standing.state == StandingState.RUNNING else None
    return StandingRow(standing, next_day, placed[-1] if placed else None)


def calendar_of(standing: StandingPledge) -> list[DayOfStanding]:
    """Every day of it. One statement."""
    rows = {row.day: row for row in standing.days.select_related("pledge")}
    ended = standing.state == StandingState.ENDED
    return [
        DayOfStanding(
            day,
            rows.get(day),
            not ended and _is_open(rows.get(day)) and not standing.has_begun(day),
        )
        for day in standing.all_days
    ]


def _is_open(row: StandingDay | None) -> bool:
    return row is None or row.outcome == StandingOutcome.SKIPPED


# --- history ---


def history_of_standing(standing: StandingPledge) -> list[Happening]:
    """What its people did with it, oldest first; what the clock did stands in the calendar. One statement."""
    events = Event.objects.about(standing).exclude(verb__in=[f"day_{outcome}" for outcome in _CLOCKS])
    return list(_told(events.select_related("by", "on_behalf_of")))


_CLOCKS = (StandingOutcome.PLACED, StandingOutcome.SHORT, StandingOutcome.FAILED)


def _told(events: Iterable[Event]) -> Iterable[Happening]:
    for event in events:
        say, icon, kind = _VERBS.get(event.verb, (lambda _event: _("有一次更新"), "info", ""))
        yield Happening(say(event), event.at, event.by, event.on_behalf_of, "", icon, kind)


def _day_word(event: Event) -> str:
    day = parse_date(event.to_state)
    return calendar_day(day) if day else ""


_VERBS: dict[str, tuple[Callable[[Event], str], str, str]] = {
    "started": (lambda e: _("开始每天认购 %(weight)s") % {"weight": describe(e.grams or 0)}, "calendar-check", ""),
    "changed": (lambda e: _("改为每天 %(weight)s") % {"weight": describe(e.grams or 0)}, "pencil", ""),
    "last_day_changed": (lambda e: _("改到 %(day)s 为止") % {"day": _day_word(e)}, "calendar-days", ""),
    "delivery_changed": (lambda _e: _("改了收货点、送达时段或备注"), "map-pin", ""),
    "price_accepted": (lambda e: _("同意新价 %(price)s") % {"price": e.reason}, "circle-check", ""),
    "paused": (lambda _e: _("暂停了"), "circle-pause", "warm"),
    "resumed": (lambda _e: _("恢复了"), "circle-play", ""),
    "ended": (lambda _e: pgettext("standing pledge", "结束了"), "circle-x", "stop"),
    "day_skipped": (lambda e: _("%(day)s 不要货") % {"day": _day_word(e)}, "calendar-x", "warm"),
    "day_wanted": (lambda e: _("%(day)s 又要货了") % {"day": _day_word(e)}, "calendar-check", ""),
}
