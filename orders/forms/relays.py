"""Pasting relay text and correcting its rows; stalls."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from market.models import Lot, Organisation
from market.quantities import Pack, format_exact
from orders.forms.fields import QuantityField
from orders.models import Stall
from orders.readings import MAX_NAME, Row
from orders.relay import Action

UNITS = ("斤", "公斤", "")
HOW = (
    ("total", _("一共要这么多")),
    ("add", _("再加这么多")),
    ("cut", _("减掉这么多")),
    ("cancel", _("不要了")),
    ("skip", _("这一行不算")),
)
_HOW_OF = {Action.ADD.value: "add", Action.CANCEL.value: "cancel", Action.IGNORE.value: "skip"}
_REQUIRED = {"required": _("请选一个"), "invalid_choice": _("请从列表里选一个")}


class PasteForm(forms.Form):
    """The group's text, and what a number without a unit counts in."""

    text = forms.CharField(
        label=_("把群里的接龙贴在这里"),
        strip=True,
        widget=forms.Textarea(attrs={"rows": 12, "autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": _("还没有贴文字，请把群里的接龙复制过来贴上")},
    )
    unit = forms.ChoiceField(label=_("没写单位的数是"), initial="斤", required=False, error_messages=_REQUIRED)
    association = forms.TypedChoiceField(label=_("协会"), error_messages=_REQUIRED)

    def __init__(self, *args: Any, lot: Lot, associations: Sequence[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        by_key = {str(one.pk): one for one in associations}
        words = [("斤", _("斤")), ("公斤", _("公斤"))]
        if lot.listing.pack:
            words.append((lot.listing.pack.word, lot.listing.pack.word))
        self.fields["unit"].choices = [*words, ("", _("不一定，逐行问我"))]  # type: ignore[attr-defined]
        field = self.fields["association"]
        field.choices = [(key, one.name) for key, one in by_key.items()]  # type: ignore[attr-defined]
        field.coerce = by_key.__getitem__  # type: ignore[attr-defined]
        if len(by_key) == 1:
            field.required, field.empty_value = False, associations[0]  # type: ignore[attr-defined]
            field.widget = forms.HiddenInput()


class RowForm(forms.Form):
    """What a row means after all. `quantity` left as it is keeps the range it was read with."""

    stall = forms.CharField(
        label=_("摊位 / 姓名"), max_length=MAX_NAME, required=False, error_messages={"max_length": _("最多 40 个字")}
    )
    how = forms.ChoiceField(label=_("怎么算"), choices=HOW, error_messages=_REQUIRED)
    quantity = QuantityField(label=_("数量"), required=False)

    def __init__(self, *args: Any, pack: Pack | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["quantity"].pack = pack  # type: ignore[attr-defined]

    @classmethod
    def of(cls, row: Row, pack: Pack | None) -> "RowForm":
        """The form as the row is now."""
        how = _HOW_OF.get(row.action, "total")
        how = "cut" if how == "add" and (row.firm_g or 0) < 0 else how
        how = "total" if row.is_noise else how
        typed = row.typed or (format_exact(abs(row.firm_g), "斤") if row.firm_g else "")
        return cls(initial={"stall": row.stall, "how": how, "quantity": typed}, pack=pack)


class StallForm(forms.Form):
    """A stall's name."""

    name = forms.CharField(
        label=_("摊位 / 姓名"),
        max_length=MAX_NAME,
        error_messages={"required": _("请写 1 到 40 个字的摊位或姓名"), "max_length": _("最多 40 个字")},
    )


class MergeForm(forms.Form):
    """Another stall that this one was all along."""

    into = forms.TypedChoiceField(label=_("其实和哪个摊位是一家"), error_messages=_REQUIRED)

    def __init__(self, *args: Any, others: Sequence[Stall], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        by_key = {str(stall.pk): stall for stall in others}
        field = self.fields["into"]
        field.choices = [("", _("请选")), *((key, stall.name) for key, stall in by_key.items())]  # type: ignore[attr-defined]
        field.coerce = by_key.__getitem__  # type: ignore[attr-defined]
