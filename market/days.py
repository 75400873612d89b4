"""Days of the market: which there are (a mistyped year is refused before anybody counts with it), and their moments."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

FIRST_YEAR, LAST_YEAR = 2000, 2999


def moment(day: dt.date, time: dt.time = dt.time()) -> dt.datetime:
    """When the market's clocks show that time on that day; without one, when the day begins."""
    return timezone.make_aware(dt.datetime.combine(day, time))


def is_usable(day: dt.date) -> bool:
    """True also of a moment, on whose clock it stands."""
    return FIRST_YEAR <= day.year <= LAST_YEAR


def require_usable(day: dt.date) -> None:
    """Validator of form fields for days and moments. Raises: ValidationError."""
    if not is_usable(day):
        raise ValidationError(_("年份 %(year)d 不对，请检查日期"), params={"year": day.year})
