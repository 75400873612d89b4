"""What is added to or taken off a statement between a seller and a buyer. Append-only."""

from typing import Any, NoReturn

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class StatementAdjustment(models.Model):
    """Yuan that the buyer owes the seller more (above zero) or less (below), with the reason.

    Each stands on the day it is written, so that a period which is over stays as it was; a wrong one is put right by another.
    Written by `actions.statements` only.
    """

    seller = models.ForeignKey(
        "market.Organisation", verbose_name=_("卖方"), on_delete=models.PROTECT, related_name="+", db_index=False
    )
    buyer = models.ForeignKey(
        "market.Organisation", verbose_name=_("买方"), on_delete=models.PROTECT, related_name="+", db_index=False
    )
    day = models.DateField(_("日期"))
    pledge = models.ForeignKey(
        "orders.Pledge", verbose_name=_("认购"), null=True, on_delete=models.PROTECT, related_name="adjustments"
    )
    amount = models.DecimalField(_("金额（元）"), max_digits=12, decimal_places=2)
    reason = models.CharField(_("原因"), max_length=200)
    key = models.UUIDField(editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    # The organisation at whose cost it is, or for which the commerce desk wrote it down.
    on_behalf_of = models.ForeignKey("market.Organisation", null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("记下的时间"), auto_now_add=True)

    class Meta:
        verbose_name = _("调整")
        verbose_name_plural = _("调整")
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(fields=["seller", "buyer", "key"], name="adjustment_written_once"),
            models.CheckConstraint(
                condition=~Q(amount=0), name="adjustment_not_zero", violation_error_message=_("调整金额不能是零")
            ),
            models.CheckConstraint(
                condition=~Q(reason=""), name="adjustment_has_reason", violation_error_message=_("请写明调整的原因")
            ),
            models.CheckConstraint(condition=~Q(seller=F("buyer")), name="adjustment_between_two"),
        )
        indexes = (
            models.Index(fields=["seller", "day"], name="adjustment_by_seller_day"),
            models.Index(fields=["buyer", "day"], name="adjustment_by_buyer_day"),
        )

    def __str__(self) -> str:
        return f"{self.seller_id} → {self.buyer_id}: {self.amount}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise TypeError("adjustments are never edited")
        super().save(*args, **kwargs)

    def delete(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        raise TypeError("adjustments are never deleted")
