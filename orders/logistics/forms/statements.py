"""The period of a statement, and an adjustment: shape only."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from market.days import require_usable
from market.quantities import describe
from market.wording import calendar_day
from orders.logistics.forms.fields import KeyField, ReasonField
from orders.logistics.queries.statements import LESS, MAX_PERIOD_DAYS, MORE, Period
from orders.models import Pledge


def _day(label: Any) -> forms.DateField:
    said = _("日期要写成 2021-08-08 这样")
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    messages = {"required": said, "invalid": said}
    return forms.DateField(label=label, widget=widget, error_messages=messages, validators=[require_usable])


class PeriodForm(forms.Form):
    """From and to; nothing asked means this month so far."""

    since = _day(_("从"))
    until = _day(_("到"))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        since, until = data.get("since"), data.get("until")
        if since and until:
            if until < since:
                self.add_error("until", _("结束日期不能早于开始日期，请改日期"))
            elif (until - since).days >= MAX_PERIOD_DAYS:
                self.add_error("until", _("一次最多看 %(most)d 天，请把日期改短") % {"most": MAX_PERIOD_DAYS})
        return data


def period_asked(query: Any, today: dt.date) -> tuple[PeriodForm, Period]:
    """The form to show and the period to show: this month so far where none or a wrong one was asked for."""
    usual = {"since": today.replace(day=1), "until": today}
    form = PeriodForm(query if "since" in query or "until" in query else usual)
    return form, Period(**(form.cleaned_data if form.is_valid() else usual))


class AdjustmentForm(forms.Form):
    """`ways` are those open to the person: less, more or both."""

    way = forms.ChoiceField(label=_("怎么调整"), error_messages={"required": _("请选多还是少")})
    amount = forms.DecimalField(
        label=_("多少钱"),
        min_value=Decimal("0.01"),
        max_digits=9,
        decimal_places=2,
        error_messages={
            "required": _("请写金额，例如 12.50"),
            "invalid": _("金额要写成 12.50 这样"),
            "min_value": _("金额要大于零"),
            "max_decimal_places": _("最多写到分"),
            "max_digits": _("金额太大，请检查"),
            "max_whole_digits": _("金额太大，请检查"),
        },
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "maxlength": 12}),
    )
    pledge = forms.TypedChoiceField(
        label=_("为了哪笔认购"),
        required=False,
        empty_value=None,
        error_messages={"invalid_choice": _("请从列表里选")},
    )
    reason = ReasonField(help_text=_("对方会看到，例如：压坏 3 斤，少收"))
    key = KeyField()

    def __init__(self, *args: Any, ways: Sequence[str], pledges: Sequence[Pledge], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = {LESS: gettext("卖方少收"), MORE: gettext("买方多付")}
        self.fields["way"].choices = [(way, words[way]) for way in ways]  # type: ignore[attr-defined]
        if len(ways) == 1:
            self.fields["way"].widget = forms.HiddenInput()
            self.fields["way"].initial = ways[0]
        if MORE in ways and LESS not in ways:
            self.fields["reason"].help_text = _("对方会看到，例如：上次少算了 3 斤，补上")
        by_key = {str(pledge.pk): pledge for pledge in pledges}
        field = self.fields["pledge"]
        field.choices = [("", _("不针对某一笔")), *((key, _label(one)) for key, one in by_key.items())]  # type: ignore[attr-defined]
        field.coerce = by_key.__getitem__  # type: ignore[attr-defined]

    def facts(self) -> dict[str, Any]:
        """What the action takes, by name."""
        data = self.cleaned_data
        amount = -data["amount"] if data["way"] == LESS else data["amount"]
        return {"amount": amount, **{name: data[name] for name in ("pledge", "reason", "key")}}


def _label(pledge: Pledge) -> str:
    facts = {"day": calendar_day(pledge.day), "produce": pledge.produce.name, "weight": describe(pledge.taken_g)}
    return gettext("%(day)s %(produce)s %(weight)s") % facts
