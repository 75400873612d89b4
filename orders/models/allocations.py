"""Grams of one lot given to one pledge."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class AllocationQuerySet(models.QuerySet["Allocation"]):
    def live(self) -> Self:
        return self.filter(is_live=True)


class Allocation(models.Model):
    """The reservation itself: the live allocations of a lot add up to its `reserved_g`, always.

    Made with the pledge by `orders.actions.placing`, changed together with the lot by `orders.actions.pledges`; nowhere else.
    """

    lot = models.ForeignKey("market.Lot", on_delete=models.PROTECT, related_name="allocations")
    pledge = models.ForeignKey("orders.Pledge", on_delete=models.PROTECT, related_name="allocations")
    grams = models.BigIntegerField(_("数量（克）"))
    is_live = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = AllocationQuerySet.as_manager()

    class Meta:
        verbose_name = _("分配")
        verbose_name_plural = _("分配")
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(
                fields=["lot", "pledge"], condition=Q(is_live=True), name="allocation_once_a_lot_and_pledge"
            ),
            models.CheckConstraint(condition=Q(grams__gt=0), name="allocation_positive"),
        )

    def __str__(self) -> str:
        return f"{self.lot_id} → {self.pledge_id}: {self.grams} g"
