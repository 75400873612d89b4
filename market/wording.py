"""How days, clocks, money, people and remaining time are said on a screen.

Pure functions: every one takes what it needs (also the current moment, for tests) and returns text in the active
language. Weights are not here but in `market.quantities`. `market.templatetags.market_ui` makes filters of these.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.translation import get_language, gettext_noop, ngettext, pgettext
from django.utils.translation import gettext as _

SOON = timedelta(hours=24)
FRESH, SPOILS_SOON, PAST = "fresh", "soon", "past"

# Codes of units as they may stand in a price; any other word (筐, 箱 …) is shown as it was typed.
UNIT_WORDS = {"jin": "斤", "kg": "公斤", "t": "吨", "dan": "担", "liang": "两", "wanjin": "万斤"}


def in_english() -> bool:
    """Whether the reader reads English; everybody else reads Chinese."""
    return (get_language() or "").startswith("en")


def local(moment: datetime) -> datetime:
    """`moment` on the clock of the reader; a naive one is taken to be on it already."""
    return moment if timezone.is_naive(moment) else timezone.localtime(moment)


def local_day(value: date | datetime) -> date:
    return local(value).date() if isinstance(value, datetime) else value


# Said through `_` one at a time: a Chinese message is looked for in every catalogue before it stands for itself.
WEEKDAYS = (
    gettext_noop("周一"),
    gettext_noop("周二"),
    gettext_noop("周三"),
    gettext_noop("周四"),
    gettext_noop("周五"),
    gettext_noop("周六"),
    gettext_noop("周日"),
)
NEAR_DAYS = {-1: gettext_noop("昨天"), 0: gettext_noop("今天"), 1: gettext_noop("明天"), 2: gettext_noop("后天")}
UNITS = frozenset(
    (
        gettext_noop("斤"),
        gettext_noop("公斤"),
        gettext_noop("吨"),
        gettext_noop("担"),
        gettext_noop("两"),
        gettext_noop("万斤"),
        gettext_noop("筐"),
        gettext_noop("箱"),
        gettext_noop("袋"),
        gettext_noop("件"),
        gettext_noop("捆"),
        gettext_noop("泡沫箱"),
        gettext_noop("笼"),
        gettext_noop("坛"),
        gettext_noop("片"),
    )
)


def weekday_word(day: date) -> str:
    return _(WEEKDAYS[day.weekday()])


def calendar_day(value: date | datetime, *, today: date | None = None) -> str:
    """8月8日 周日, with the year when it is not the running one."""
    day = local_day(value)
    today = today or timezone.localdate()
    shape = pgettext("date format", "n月j日") if day.year == today.year else pgettext("date format", "Y年n月j日")
    return _("%(date)s %(weekday)s") % {"date": format_date(day, shape), "weekday": weekday_word(day)}


def relative_day(value: date | datetime | None, *, today: date | None = None) -> str:
    """昨天, 今天, 明天 or 后天; any other day as `calendar_day`. Nothing for nothing."""
    if not value:
        return ""
    today = today or timezone.localdate()
    distance = (local_day(value) - today).days
    return _(NEAR_DAYS[distance]) if distance in NEAR_DAYS else calendar_day(value, today=today)


def clock_time(value: datetime | None, *, today: date | None = None) -> str:
    """今天 14:30; nothing for nothing."""
    if not value:
        return ""
    return f"{relative_day(value, today=today)} {local(value):%H:%M}"


def yuan(amount: Decimal | str | int | None, unit: str = "") -> str:
    """2.40 元/斤, or 12,573.56 元 without a unit; 面议 when there is no price. Rounded half up to the fen."""
    try:
        exact = Decimal("NaN" if amount in (None, "") else amount)  # type: ignore[arg-type]
    except (InvalidOperation, TypeError, ValueError):
        return str(amount)
    if not exact.is_finite():
        return _("面议")
    exact = exact.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
    if not unit:
        return _("%(amount)s 元") % {"amount": f"{exact:,}"}
    return _("%(amount)s 元/%(unit)s") % {"amount": f"{exact:,}", "unit": unit_word(unit)}


def unit_word(unit: str) -> str:
    word = UNIT_WORDS.get(unit, unit)
    return _(word) if word in UNITS else word


def listed(things: Iterable[object]) -> str:
    """丝瓜、黄桃."""
    return _("、").join(str(thing) for thing in things)


def run_on(sentences: Iterable[object]) -> str:
    """Several sentences as one: 没有司机；没有通行证."""
    return _("；").join(str(sentence) for sentence in sentences)


def with_note(text: object, note: object) -> str:
    """丝瓜（线瓜）; the text alone where there is nothing to add."""
    return _("%(text)s（%(note)s）") % {"text": text, "note": note} if note else str(text)


def mask_phone(phone: object) -> str:
    """138****0000. A number too short to hide anything in is hidden as a whole."""
    digits = "".join(sign for sign in str(phone or "") if sign.isdigit())
    if len(digits) == 13 and digits.startswith("86"):
        digits = digits[2:]
    if not digits:
        return ""
    return f"{digits[:3]}****{digits[-4:]}" if len(digits) >= 9 else "****"


def mask_name(name: object) -> str:
    """王*: the first character only, whatever the length of the name."""
    text = str(name or "").strip()
    return f"{text[0]}*" if text else ""


def freshness(until: datetime | date | None, *, now: datetime | None = None) -> str:
    """`fresh`, `soon` (less than a day left) or `past`: the class of the spoilage clock."""
    if not until:
        return FRESH
    left = time_left(until, now=now)
    if left <= timedelta(0):
        return PAST
    return SPOILS_SOON if left < SOON else FRESH


def time_left(until: datetime | date, *, now: datetime | None = None) -> timedelta:
    """From now until the moment, or until the end of the day when only a day is known."""
    now = now or timezone.now()
    if not isinstance(until, datetime):
        until = datetime.combine(until + timedelta(days=1), datetime.min.time())
    if timezone.is_naive(until):
        until = timezone.make_aware(until)
    return until.astimezone(UTC) - now.astimezone(UTC)


def hours_left(until: datetime | date | None, *, now: datetime | None = None) -> str:
    """剩 40 分钟, 剩 9 小时, 剩 3 天, or 已过保鲜期. Always rounded down: never promise an hour that is not there."""
    if not until:
        return ""
    left = time_left(until, now=now)
    if left <= timedelta(0):
        return _("已过保鲜期")
    hours, minutes = left // timedelta(hours=1), left // timedelta(minutes=1)
    if hours < 1:
        return ngettext("剩 %(count)d 分钟", "剩 %(count)d 分钟", max(minutes, 1)) % {"count": max(minutes, 1)}
    if hours < 48:
        return ngettext("剩 %(count)d 小时", "剩 %(count)d 小时", hours) % {"count": hours}
    return ngettext("剩 %(count)d 天", "剩 %(count)d 天", hours // 24) % {"count": hours // 24}
