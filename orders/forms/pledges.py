"""Placing, changing, cancelling and filtering pledges."""

import datetime as dt
import uuid
from collections.abc import Callable, Sequence
from typing import Any

import django_filters
from django import forms
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from market.models import Lot
from market.quantities import Pack, Quantity, QuantityError, describe, format_exact
from market.ranges import range_words, read_range
from market.wording import relative_day, with_note
from orders.enums import PledgeState
from orders.forms.fields import ClockField, FreshField, RangeField, key_field
from orders.models import Demand, Dock, Offer, Pledge, StandingPledge


class DeliveryForm(forms.Form):
    """Where to and when. The docks are those the person may choose, with their organisations."""

    dock = forms.TypedChoiceField(
        label=_("收货点"), error_messages={"required": _("请选收货点"), "invalid_choice": _("请从列表里选收货点")}
    )
    window_from = ClockField(label=_("最早送到"))
    window_to = ClockField(label=_("最晚送到"))
    reference = forms.CharField(
        label=_("单号 / 备注"),
        max_length=60,
        required=False,
        error_messages={"max_length": _("最多 60 个字，请写短一点")},
    )

    def __init__(self, *args: Any, docks: Sequence[Dock], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        by_key = {str(dock.pk): dock for dock in docks}
        several = len({dock.organisation_id for dock in docks}) > 1
        field = self.fields["dock"]
        field.choices = [(key, _label(dock, several)) for key, dock in by_key.items()]  # type: ignore[attr-defined]
        field.coerce = by_key.__getitem__  # type: ignore[attr-defined]

    def facts(self) -> dict[str, Any]:
        """What the actions take, by name."""
        return {name: self.cleaned_data[name] for name in ("dock", "window_from", "window_to", "reference")}


def _label(dock: Dock, with_organisation: bool) -> str:
    hours = f"{dock.opens_at:%H:%M}–{dock.closes_at:%H:%M}"
    name = f"{dock.organisation.name} · {dock.name}" if with_organisation else dock.name
    return with_note(name, hours)


class NewDeliveryForm(DeliveryForm):
    """The delivery of a new pledge, with the key that makes a second sending harmless."""

    key = key_field()

    def __init__(self, *args: Any, lot: Lot, docks: Sequence[Dock], **kwargs: Any) -> None:
        super().__init__(*args, docks=docks, **kwargs)
        if not self.is_bound:
            self.initial = {"key": uuid.uuid4(), **likely_window(lot.day, docks), **self.initial}

    def facts(self) -> dict[str, Any]:
        facts = super().facts()
        return {**facts, "buyer": facts["dock"].organisation, "key": self.cleaned_data["key"]}


class RangeForm(forms.Form):
    """How much, firm and at most, and how long it must keep. Mixed into the forms below."""

    quantity = RangeField(label=_("认购多少"))
    fresh_hours = FreshField()

    def range_facts(self) -> dict[str, Any]:
        firm, most = self.cleaned_data["quantity"]
        return {"quantity": firm, "most": most, "fresh_hours": self.cleaned_data["fresh_hours"]}

    @property
    def reading(self) -> str:
        """How the typed quantity was understood; nothing while it was not."""
        read = getattr(self, "cleaned_data", {}).get("quantity")
        return reading_of(*read) if read else ""


def reading_of(firm: Quantity, most: Quantity) -> str:
    """ "20 筐 = 800 斤 = 400 公斤"; "保底 6,000 斤 = 3 吨，最多 8,000 斤 = 4 吨"."""
    return firm.echo if most == firm else range_words(firm.grams, most.grams)


class PlaceForm(RangeForm, NewDeliveryForm):
    """How much, where to, when, and on which other days of the same listing. `other_days` is asked only where it is needed."""

    days = forms.TypedMultipleChoiceField(
        label=_("连要几天"),
        help_text=_("每天一笔，数量和收货都一样；几天一起认购，有一天不够就都不记"),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("有一天已经没有货或者下架了，请重新选日子")},
    )
    field_order = ("quantity", "fresh_hours", "days", "dock", "window_from", "window_to", "reference", "key")

    def __init__(self, *args: Any, lot: Lot, other_days: Callable[[], Sequence[Lot]], **kwargs: Any) -> None:
        super().__init__(*args, lot=lot, **kwargs)
        self.fields["quantity"].pack = lot.listing.pack  # type: ignore[attr-defined]
        self._other_days = other_days
        self.fields["days"].choices = lambda: [(day.pk, _day_label(day)) for day in self.other_days]  # type: ignore[attr-defined]

    @cached_property
    def other_days(self) -> Sequence[Lot]:
        return self._other_days()

    def facts(self) -> dict[str, Any]:
        return {**super().facts(), **self.range_facts(), "fresh_hours": self.cleaned_data["fresh_hours"] or 0}


def _day_label(lot: Lot) -> str:
    return _("%(day)s · 还剩 %(left)s") % {"day": relative_day(lot.day), "left": describe(lot.remaining_g)}


class ChangeForm(RangeForm, DeliveryForm):
    """What of a pledge may become otherwise; shows what it is now. Packs count as they were agreed."""

    field_order = ("quantity", "fresh_hours", "dock", "window_from", "window_to", "reference")

    def __init__(self, *args: Any, pledge: Pledge, docks: Sequence[Dock], **kwargs: Any) -> None:
        super().__init__(*args, docks=docks_of_wish(pledge, docks), initial=as_it_is(pledge, pledge.pack), **kwargs)
        self.fields["quantity"].pack = pledge.pack  # type: ignore[attr-defined]
        self.fields["fresh_hours"].offer(pledge.fresh_hours)  # type: ignore[attr-defined]

    def facts(self) -> dict[str, Any]:
        return {**super().facts(), **self.range_facts()}


Wish = Pledge | StandingPledge | Demand


def as_it_is(wish: Wish, pack: Pack | None = None) -> dict[str, Any]:
    """What a form of its changes shows at first; `pack` is what the packs it was typed in weigh."""
    return {
        "quantity": range_text(wish, pack),
        "fresh_hours": wish.fresh_hours,
        "dock": wish.dock_id,
        "window_from": wish.window_from,
        "window_to": wish.window_to,
        "reference": wish.reference,
    }


def range_text(wish: Wish | Offer, pack: Pack | None = None) -> str:
    """What was typed, where it still says firm and most; else both written out. Read again it gives the same."""
    try:
        firm, most = read_range(wish.firm_typed, pack=pack, default_unit="斤")
        if (firm.grams, most.grams) == (wish.firm_g, wish.most_g):
            return wish.firm_typed
    except QuantityError:
        pass  # a pack that weighs otherwise now, or words of another form
    exact = format_exact(wish.firm_g, "斤")
    return f"{exact}-{format_exact(wish.most_g, '斤')}" if wish.most_g > wish.firm_g else exact


def docks_of_wish(wish: Wish, docks: Sequence[Dock]) -> list[Dock]:
    """The docks of its buyer; its own stays among them so that the form can show it."""
    own = [dock for dock in docks if dock.organisation_id == wish.buyer_id]
    return own if wish.dock_id in {dock.pk for dock in own} else [wish.dock, *own]


def likely_window(day: dt.date, docks: Sequence[Dock]) -> dict[str, dt.time]:
    """From six to ten within the first dock's hours; today what is left of them after the coming hour."""
    if not docks:
        return {}
    opens, closes = docks[0].opens_at, docks[0].closes_at
    now = timezone.localtime()
    start = max(opens, dt.time(6))
    if day == now.date() and now.time() > start and now.hour < 23:
        start = dt.time(now.hour + 1)
    if start >= closes:
        start = opens
    end = min(closes, dt.time(min(start.hour + 4, 23), start.minute))
    return {"window_from": start, "window_to": end}


class CancelForm(forms.Form):
    reason = forms.CharField(
        label=_("为什么取消"),
        max_length=200,
        error_messages={"required": _("请写明取消的原因，卖方要看"), "max_length": _("最多 200 个字，请写短一点")},
    )


class PledgeFilter(django_filters.FilterSet):
    state = django_filters.ChoiceFilter(label=_("状态"), choices=PledgeState.choices, empty_label=_("全部状态"))
    day = django_filters.DateFilter(label=_("日期"), widget=forms.DateInput(attrs={"type": "date"}))

    span = django_filters.UUIDFilter(widget=forms.HiddenInput)

    class Meta:
        model = Pledge
        fields = ("state", "day", "span")
