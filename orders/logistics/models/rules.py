"""The dated rules of an emergency. Without one in force a trip needs no pass and no test: an ordinary glut."""

import datetime as dt
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class RulesQuerySet(models.QuerySet["Rules"]):
    def in_force(self, day: dt.date) -> Self:
        """The rules of `day`, the latest to begin first."""
        return self.filter(Q(until=None) | Q(until__gte=day), since__lte=day).order_by("-since", "-pk")


class Rules(models.Model):
    """What a trip needs from `since` to `until` (inclusive; empty: until further notice)."""

    name = models.CharField(_("名称"), max_length=80)
    source = models.CharField(_("依据"), max_length=200)
    since = models.DateField(_("开始日期"))
    until = models.DateField(_("结束日期"), null=True, blank=True)
    pass_needed = models.BooleanField(_("需要通行证"), default=True)
    green_code_needed = models.BooleanField(_("需要绿码"), default=True)
    test_hours = models.PositiveSmallIntegerField(
        _("核酸有效小时数"), null=True, blank=True, help_text=_("从采样时间起算，留空为不需要")
    )
    temperature_limit = models.DecimalField(_("体温上限（℃）"), max_digits=3, decimal_places=1, null=True, blank=True)

    objects = RulesQuerySet.as_manager()

    class Meta:
        verbose_name = _("通行规则")
        verbose_name_plural = _("通行规则")
        ordering = ("-since", "-pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(until=None) | Q(since__lte=F("until")),
                name="rules_days_in_order",
                violation_error_message=_("结束日期不能早于开始日期"),
            ),
        )

    def __str__(self) -> str:
        return self.name
