"""Choosing what to match, filtering what a match says, and publishing a policy: shape only."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from market.days import require_usable
from orders.actions.policies import MAX_TEXT
from orders.enums import ProposalOutcome
from orders.forms.fields import day_field
from orders.models import MatchPolicy
from orders.policies import PARAMETERS

NAME = 40


class MatchForm(forms.Form):
    """Which day, under which of the policies in force."""

    day = day_field(_("日期"))
    policy = forms.TypedChoiceField(
        label=_("规则"), error_messages={"required": _("请选一条规则"), "invalid_choice": _("请从列表里选一条规则")}
    )

    def __init__(self, *args: Any, policies: Sequence[MatchPolicy], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["policy"]
        word = _("%(kind)s（第 %(version)s 版）")
        field.choices = [  # type: ignore[attr-defined]
            (str(one.pk), word % {"kind": one.get_kind_display(), "version": one.version}) for one in policies
        ]
        field.coerce = {str(one.pk): one for one in policies}.__getitem__  # type: ignore[attr-defined]


class RunFilter(forms.Form):
    """Which lines of a run: what does not fit is left out."""

    party = forms.CharField(label=_("单位"), required=False, max_length=NAME)
    produce = forms.TypedChoiceField(label=_("农产品"), required=False, coerce=int, empty_value=None)
    outcome = forms.ChoiceField(
        label=_("结果"), required=False, choices=[("", _("全部")), *ProposalOutcome.choices], initial=""
    )

    def __init__(self, *args: Any, produce: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["produce"].choices = [("", _("全部")), *produce]  # type: ignore[attr-defined]

    def chosen(self) -> dict[str, Any]:
        """What is well said of it."""
        self.is_valid()
        return self.cleaned_data


class PolicyForm(forms.Form):
    """The text and the parameters of the next version."""

    text = forms.CharField(
        label=_("规则全文"),
        max_length=MAX_TEXT,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("写给大家看：先照顾谁、后照顾谁，用到的数字都要写明"),
        error_messages={"required": _("请写规则全文，大家要看得到")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, known in PARAMETERS.items():
            self.fields[name] = forms.IntegerField(
                label=known.label,
                min_value=known.least,
                max_value=known.most,
                help_text=known.help,
                error_messages={"required": _("请写一个整数"), "invalid": _("请写一个整数")},
            )

    def parameters(self) -> dict[str, int]:
        return {name: self.cleaned_data[name] for name in PARAMETERS}

    def rows(self) -> list[tuple[Any, Any]]:
        """Each parameter's field with its unit."""
        return [(self[name], known.unit) for name, known in PARAMETERS.items()]


def chosen_day(text: str | None) -> dt.date | None:
    """A day of the address; None where there is none that can be used."""
    try:
        day = dt.date.fromisoformat(text or "")
        require_usable(day)
    except (ValueError, forms.ValidationError):
        return None
    return day
