"""The sheet of a market association: one row for each stall."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from market.quantities import Pack, Quantity, QuantityError, describe
from orders.actions.conditions import MAX_LINES, Line
from orders.forms.fields import QuantityField
from orders.models import Pledge
from orders.readings import MAX_NAME

FIRST_ROWS, MORE_ROWS = 12, 10
PREFIX = "lines"


class LineForm(forms.Form):
    """A stall and its weight. A row left empty is no line; a half-filled one is wrong."""

    name = forms.CharField(
        label=_("摊位 / 姓名"),
        max_length=MAX_NAME,
        required=False,
        error_messages={"max_length": _("最多 40 个字")},
    )
    quantity = QuantityField(label=_("数量"), required=False)

    def __init__(self, *args: Any, pack: Pack | None = None, **kwargs: Any) -> None:
        kwargs["empty_permitted"] = False  # emptiness is judged here, with a sentence
        kwargs["use_required_attribute"] = False
        super().__init__(*args, **kwargs)
        self.fields["quantity"].pack = pack  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("quantity") and not data.get("name") and "name" not in self.errors:
            self.add_error("name", _("请写摊位或姓名"))
        if data.get("name") and not data.get("quantity") and "quantity" not in self.errors:
            self.add_error("quantity", _("请写数量，不要的行请清空"))
        return data

    @property
    def is_line(self) -> bool:
        return bool(self.cleaned_data.get("name") and self.cleaned_data.get("quantity"))


class BaseSheet(forms.BaseFormSet):
    """The rows together; valid when at least one row is a line."""

    def clean(self) -> None:
        if any(self.errors):
            return
        if not self.lines():
            raise ValidationError(_("还没有填任何摊位，请至少填一行"))
        try:
            self.total()
        except QuantityError as error:
            raise ValidationError(str(error)) from None

    def lines(self) -> list[Line]:
        rows = [form.cleaned_data for form in self.forms if form.is_line]
        return [(row["name"], row["quantity"]) for row in rows]

    def total(self) -> Quantity:
        """Their sum. Raises QuantityError over the largest weight."""
        return Quantity.of(sum(part.grams for _name, part in self.lines()))

    @property
    def sum_words(self) -> str:
        """What the readable rows add up to; nothing while there are none."""
        forms_read = [form for form in self.forms if form.is_bound and hasattr(form, "cleaned_data")]
        weights = [form.cleaned_data.get("quantity") for form in forms_read]
        grams = sum(weight.grams for weight in weights if weight)
        return describe(grams) if grams else ""


def _set(extra: int) -> type[BaseSheet]:
    return forms.formset_factory(LineForm, formset=BaseSheet, extra=extra, max_num=MAX_LINES, absolute_max=MAX_LINES)


def empty_sheet(pack: Pack | None) -> BaseSheet:
    return _set(FIRST_ROWS)(prefix=PREFIX, form_kwargs={"pack": pack})


def sheet_of(pledge: Pledge) -> BaseSheet:
    """The lines of a pledge and some empty rows. One statement."""
    rows = list(pledge.lines.values("name", "quantity_typed"))
    initial = [{"name": row["name"], "quantity": row["quantity_typed"]} for row in rows]
    return _set(3)(initial=initial, prefix=PREFIX, form_kwargs={"pack": pledge.pack})


def sent_sheet(data: Mapping[str, Any], pack: Pack | None) -> BaseSheet:
    return _set(0)(data, prefix=PREFIX, form_kwargs={"pack": pack})


def sheet_with_more_rows(data: Mapping[str, Any], pack: Pack | None) -> BaseSheet:
    """What was typed so far, unjudged, and ten rows more."""
    sent = sent_sheet(data, pack)
    kept = [{name: form[name].value() or "" for name in ("name", "quantity")} for form in sent.forms]
    return _set(MORE_ROWS)(initial=kept, prefix=PREFIX, form_kwargs={"pack": pack})
