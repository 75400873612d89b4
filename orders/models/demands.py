"""An open pledge (求购): what a buyer wants, from whoever has it."""

import datetime as dt
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from market.enums import Grade, PriceUnit
from market.pricing import unit_word
from orders.enums import DemandState
from orders.models.deliveries import DeliveryWish, delivery_constraints


class DemandQuerySet(models.QuerySet["Demand"]):
    def open(self) -> Self:
        return self.filter(state=DemandState.OPEN)

    def wanting_on(self, day: dt.date) -> Self:
        return self.filter(first_day__lte=day, last_day__gte=day)


class Demand(DeliveryWish):
    """So much of a produce on each day of a span, from any seller whose lot satisfies the conditions.

    Quantities are per day. Answered by matching or by a seller's offer, each answer being an ordinary pledge with this demand on
    it; together the pledges of one day never exceed `most_g`. State is changed by `orders.actions.demands` only.
    """

    buyer = models.ForeignKey(
        "market.Organisation", verbose_name=_("买方"), on_delete=models.PROTECT, related_name="demands"
    )
    produce = models.ForeignKey(
        "market.Produce", verbose_name=_("农产品"), on_delete=models.PROTECT, related_name="demands"
    )
    variety = models.CharField(_("品种"), max_length=40, blank=True)
    grade_at_least = models.CharField(_("等级不低于"), max_length=10, choices=Grade.choices, blank=True)
    price_at_most = models.DecimalField(_("单价不高于"), max_digits=9, decimal_places=2, null=True)
    price_unit = models.CharField(_("计价单位"), max_length=6, choices=PriceUnit.choices, default=PriceUnit.JIN)
    km_at_most = models.PositiveSmallIntegerField(_("路程不超过（公里）"), null=True)
    first_day = models.DateField(_("开始日期"))
    last_day = models.DateField(_("结束日期"))
    # All of the firm part on a day or nothing of it.
    is_whole = models.BooleanField(_("不够就不要"), default=False)
    state = models.CharField(_("状态"), max_length=10, choices=DemandState.choices, default=DemandState.OPEN)

    objects = DemandQuerySet.as_manager()

    class Meta:
        verbose_name = _("求购")
        verbose_name_plural = _("求购")
        ordering = ("-pk",)
        constraints = (
            *delivery_constraints("demand"),
            models.CheckConstraint(
                condition=Q(first_day__lte=F("last_day")),
                name="demand_days_in_order",
                violation_error_message=_("结束日期不能早于开始日期"),
            ),
            models.CheckConstraint(
                condition=Q(price_at_most=None) | Q(price_at_most__gt=0), name="demand_price_positive"
            ),
            # A pack weighs what each listing says: a price per pack could not be compared.
            models.CheckConstraint(
                condition=Q(price_unit__in=[PriceUnit.JIN, PriceUnit.KG, PriceUnit.TONNE]),
                name="demand_price_by_weight",
            ),
            models.CheckConstraint(condition=Q(grade_at_least__in=["", *Grade.values]), name="demand_grade_known"),
            models.CheckConstraint(condition=Q(state__in=DemandState.values), name="demand_state_known"),
        )
        indexes = (
            models.Index(
                fields=["produce", "last_day"], condition=Q(state=DemandState.OPEN), name="demand_open_by_produce"
            ),
            models.Index(fields=["last_day"], condition=Q(state=DemandState.OPEN), name="demand_open_by_day"),
        )

    def __str__(self) -> str:
        return f"{self.buyer} {self.firm_typed} {self.produce}"

    @property
    def is_open(self) -> bool:
        return self.state == DemandState.OPEN

    @property
    def price_word(self) -> str:
        """The unit of the price at most."""
        return unit_word(self.price_unit)
