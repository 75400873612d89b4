"""Offering a price, answering an offer, answering a demand, and offering other goods in place of a pledge."""

import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from market.enums import PriceUnit
from market.models import Lot
from market.quantities import format_exact, growers_words
from market.wording import relative_day
from orders.actions.offers import OfferTerms
from orders.forms.demands import price_field, unit_field
from orders.forms.fields import QuantityField, RangeField, key_field
from orders.forms.pledges import NewDeliveryForm, range_text
from orders.models import Dock, Offer, Pledge

HOURS = (2, 6, 12, 24)


class TermsForm(forms.Form):
    """How much, at which price, how long the other side may think about it."""

    quantity = QuantityField(label=_("数量"))
    price = price_field(_("单价"), required=True)
    price_unit = unit_field()
    hours = forms.TypedChoiceField(
        label=_("对方多久内答复有效"),
        coerce=int,
        help_text=_("到时间没有答复就作废；最晚不过货的最晚时间"),
        error_messages={"required": _("请选多久内有效"), "invalid_choice": _("请从列表里选")},
    )
    note = forms.CharField(
        label=_("附言"),
        max_length=100,
        required=False,
        error_messages={"max_length": _("最多 100 个字，请写短一点")},
    )
    key = key_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["hours"].choices = [(hours, _("%(hours)s 小时") % {"hours": hours}) for hours in HOURS]  # type: ignore[attr-defined]
        if not self.is_bound:
            usual = settings.OFFER_HOURS if settings.OFFER_HOURS in HOURS else HOURS[-2]
            self.initial = {"hours": usual, **self.initial, "key": uuid.uuid4()}

    def terms(self) -> OfferTerms:
        said = self.cleaned_data
        firm, most = said["quantity"] if isinstance(said["quantity"], tuple) else (said["quantity"], None)
        names = ("price", "price_unit", "hours", "note")
        return OfferTerms(quantity=firm, most=most, **{name: said[name] for name in names})


class OfferForm(NewDeliveryForm, TermsForm):
    """A buyer's first offer for a lot."""

    quantity = RangeField(label=_("要多少"))
    price = price_field(_("出价"), required=True)
    reference = None  # type: ignore[assignment]
    field_order = ("quantity", "price", "price_unit", "hours", "dock", "window_from", "window_to", "note", "key")

    def __init__(self, *args: Any, lot: Lot, docks: Sequence[Dock], **kwargs: Any) -> None:
        super().__init__(*args, lot=lot, docks=docks, **kwargs)
        self.fields["quantity"].pack = lot.listing.pack  # type: ignore[attr-defined]

    def facts(self) -> dict[str, Any]:
        said = self.cleaned_data
        names = ("dock", "window_from", "window_to", "key")
        return {"terms": self.terms(), "buyer": said["dock"].organisation, **{name: said[name] for name in names}}


class CounterForm(TermsForm):
    """Other terms for the same goods; shows those that were offered."""

    quantity = RangeField(label=_("数量"))

    def __init__(self, *args: Any, offer: Offer, **kwargs: Any) -> None:
        initial = {
            "quantity": range_text(offer, offer.lot.listing.pack),
            "price": offer.price,
            "price_unit": offer.price_unit,
        }
        super().__init__(*args, initial=initial, **kwargs)
        self.fields["quantity"].pack = offer.lot.listing.pack  # type: ignore[attr-defined]


class SellersForm(TermsForm):
    """A seller's offer of one of its own lots."""

    lot = forms.TypedChoiceField(
        label=_("用哪批货"),
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": _("请选一批货"), "invalid_choice": _("请从列表里选一批货")},
    )
    field_order: Sequence[str] = ("lot", "quantity", "price", "price_unit", "hours", "note", "key")

    def __init__(self, *args: Any, lots: Sequence[Lot], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["lot"].choices = [(lot.pk, _lot_label(lot)) for lot in lots]  # type: ignore[attr-defined]
        if lots and not self.is_bound:
            self.initial = {"lot": lots[0].pk, **_price_of(lots[0]), **self.initial}


class InsteadForm(SellersForm):
    """Other goods in place of part of a pledge, and what becomes of what is taken off it."""

    back_on_sale = forms.TypedChoiceField(
        label=_("换下来的货还有吗"),
        coerce=lambda value: value == "yes",
        choices=[("no", _("没有了，不再上架")), ("yes", _("还有，放回集市卖"))],
        widget=forms.RadioSelect,
        initial="no",
        error_messages={"required": _("请选换下来的货怎么办"), "invalid_choice": _("请从列表里选")},
    )
    field_order = ("lot", "quantity", "price", "price_unit", "back_on_sale", "hours", "note", "key")

    def __init__(self, *args: Any, pledge: Pledge, lots: Sequence[Lot], **kwargs: Any) -> None:
        initial = {"quantity": format_exact(pledge.taken_g, "斤")}
        super().__init__(*args, lots=lots, initial=initial, **kwargs)


def _price_of(lot: Lot) -> dict[str, Any]:
    """The price it is listed at, where that is by weight: most offers begin there."""
    listing = lot.listing
    if listing.price is None or listing.price_unit == PriceUnit.PACK:
        return {}
    return {"price": listing.price, "price_unit": listing.price_unit}


def _lot_label(lot: Lot) -> str:
    return _("%(day)s · %(lot)s · 还剩 %(left)s") % {
        "day": relative_day(lot.day),
        "lot": lot.listing,
        "left": growers_words(lot.remaining_g),
    }
