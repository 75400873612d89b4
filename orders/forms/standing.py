"""Starting and changing a standing pledge: shape only."""

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from market.models import Lot
from orders.forms.fields import day_field, key_field
from orders.forms.pledges import (
    DeliveryForm,
    RangeForm,
    as_it_is,
    docks_of_wish,
    likely_window,
)
from orders.models import Dock, StandingPledge


class StandingForm(RangeForm, DeliveryForm):
    """How much every day, from when to when, where to."""

    first_day = day_field(_("从哪天开始"))
    last_day = day_field(_("到哪天为止"))
    key = key_field()

    def __init__(self, *args: Any, lot: Lot, docks: Sequence[Dock], **kwargs: Any) -> None:
        super().__init__(*args, docks=docks, **kwargs)
        self.fields["quantity"].label = _("每天要多少")
        self.fields["quantity"].pack = lot.listing.pack  # type: ignore[attr-defined]
        if not self.is_bound:
            tomorrow = timezone.localdate() + dt.timedelta(days=1)
            first = max(tomorrow, lot.listing.first_day)
            days = {"first_day": first, "last_day": max(first, lot.listing.last_day)}
            self.initial = {"key": uuid.uuid4(), **likely_window(first, docks), **days, **self.initial}

    def facts(self) -> dict[str, Any]:
        """What `start_standing` takes, by name."""
        facts = super().facts()
        days = {name: self.cleaned_data[name] for name in ("first_day", "last_day", "key")}
        fresh = self.cleaned_data["fresh_hours"] or 0
        return {**facts, **self.range_facts(), **days, "fresh_hours": fresh, "buyer": facts["dock"].organisation}


class StandingChangeForm(RangeForm, DeliveryForm):
    """What of it may become otherwise for the days not placed yet; shows what it is now."""

    last_day = day_field(_("到哪天为止"))

    def __init__(self, *args: Any, standing: StandingPledge, docks: Sequence[Dock], **kwargs: Any) -> None:
        initial = {**as_it_is(standing, standing.pack), "last_day": standing.last_day}
        super().__init__(*args, docks=docks_of_wish(standing, docks), initial=initial, **kwargs)
        self.fields["quantity"].label = _("每天要多少")
        self.fields["quantity"].pack = standing.pack  # type: ignore[attr-defined]
        self.fields["fresh_hours"].offer(standing.fresh_hours)  # type: ignore[attr-defined]

    def facts(self) -> dict[str, Any]:
        """What `change_standing` takes, by name."""
        return {**super().facts(), **self.range_facts(), "last_day": self.cleaned_data["last_day"]}


class DayForm(forms.Form):
    """The day of a button in the calendar."""

    day = day_field(_("日期"))
