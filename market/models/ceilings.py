"""The highest price of a produce in an emergency."""

import datetime as dt
from decimal import Decimal
from fractions import Fraction
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from market.enums import PriceUnit
from market.pricing import unit_word
from market.quantities import price_per_kg


class PriceCeilingQuerySet(models.QuerySet["PriceCeiling"]):
    def in_force(self, day: dt.date) -> Self:
        """Those that bind goods of the day."""
        lasting = Q(last_day=None) | Q(last_day__gte=day)
        return self.filter(lasting, first_day__lte=day, ended_at=None)


class PriceCeiling(models.Model):
    """Nobody lists or pledges the produce above this price while it is in force; the reason is said to whoever tries.

    Where several are in force the lowest binds. Set and ended by `market.actions.ceilings` only.
    """

    produce = models.ForeignKey(
        "market.Produce", verbose_name=_("农产品"), on_delete=models.PROTECT, related_name="ceilings"
    )
    price = models.DecimalField(_("最高单价"), max_digits=9, decimal_places=2)
    price_unit = models.CharField(_("计价单位"), max_length=6, choices=PriceUnit.choices, default=PriceUnit.JIN)
    # Yuan per kilogram to four places: prices in any unit compare with it.
    price_per_kg = models.DecimalField(max_digits=12, decimal_places=4)
    first_day = models.DateField(_("从哪天起"))
    last_day = models.DateField(_("到哪天止"), null=True, blank=True, help_text=_("留空为另行通知"))
    reason = models.CharField(_("原因"), max_length=200, help_text=_("会说给发布和认购的人听"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", editable=False)
    created_at = models.DateTimeField(_("设定时间"), auto_now_add=True)
    ended_at = models.DateTimeField(_("取消时间"), null=True, editable=False)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", editable=False
    )

    objects = PriceCeilingQuerySet.as_manager()

    class Meta:
        verbose_name = _("限价")
        verbose_name_plural = _("限价")
        ordering = ("-pk",)
        constraints = (
            models.CheckConstraint(
                condition=Q(price__gt=0), name="ceiling_price_positive", violation_error_message=_("单价必须大于零")
            ),
            models.CheckConstraint(
                condition=Q(price_unit__in=[PriceUnit.JIN, PriceUnit.KG, PriceUnit.TONNE]),
                name="ceiling_by_weight",
                violation_error_message=_("限价要按斤、公斤或吨"),
            ),
            models.CheckConstraint(
                condition=Q(last_day=None) | Q(last_day__gte=F("first_day")),
                name="ceiling_days_in_order",
                violation_error_message=_("结束日期不能早于开始日期"),
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="ceiling_has_reason"),
        )

    def __str__(self) -> str:
        return f"{self.produce} ≤ {self.price}"

    @property
    def price_word(self) -> str:
        return unit_word(self.price_unit)

    def covers_any(self, first_day: dt.date, last_day: dt.date) -> bool:
        """Whether it says something about one of these days, ended or not."""
        return self.first_day <= last_day and (self.last_day is None or self.last_day >= first_day)

    def forbids(self, per_kg: Decimal | Fraction | None) -> bool:
        """Whether the price, in yuan per kilogram, is above it. An open price (None) is not."""
        return per_kg is not None and Fraction(per_kg) > Fraction(self.exact_per_kg())

    def exact_per_kg(self) -> Decimal:
        """What `price_per_kg` is made of."""
        exact = price_per_kg(self.price, self.price_word)
        return Decimal(exact.numerator) / Decimal(exact.denominator)
