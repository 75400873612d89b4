"""Keeping part of a lot for a while."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from market.models import Lot
from orders.forms.fields import QuantityField
from orders.forms.pledges import NewDeliveryForm
from orders.models import Dock


class HoldForm(NewDeliveryForm):
    """How much to keep, where to and when it would be brought."""

    quantity = QuantityField(label=_("先占多少"))
    reference = None  # type: ignore[assignment]
    field_order = ("quantity", "dock", "window_from", "window_to", "key")

    def __init__(self, *args: Any, lot: Lot, docks: Sequence[Dock], **kwargs: Any) -> None:
        super().__init__(*args, lot=lot, docks=docks, **kwargs)
        self.fields["quantity"].pack = lot.listing.pack  # type: ignore[attr-defined]

    def facts(self) -> dict[str, Any]:
        names = ("quantity", "dock", "window_from", "window_to", "key")
        return {**{name: self.cleaned_data[name] for name in names}, "buyer": self.cleaned_data["dock"].organisation}
