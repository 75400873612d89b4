"""The dated rules of an emergency. Without one in force a trip needs no pass and no test: an ordinary glut."""

import datetime as dt
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from orders.logistics.enums import TestCountsFrom


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
    travel_card_needed = models.BooleanField(_("需要查行程卡"), default=False)
    green_code_needed = models.BooleanField(_("需要绿码"), default=True)
    test_hours = models.PositiveSmallIntegerField(
        _("核酸有效小时数"), null=True, blank=True, help_text=_("留空为不需要")
    )
    test_from = models.CharField(
        _("核酸时间"), max_length=8, choices=TestCountsFrom.choices, default=TestCountsFrom.SAMPLED
    )
    temperature_limit = models.DecimalField(_("体温上限（℃）"), max_digits=3, decimal_places=1, null=True, blank=True)

    keep_days = models.PositiveSmallIntegerField(
        _("健康信息保留天数"), default=14, help_text=_("从查验那天起，到期自动删除，只留人数")
    )

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
            models.CheckConstraint(condition=Q(test_from__in=TestCountsFrom.values), name="rules_test_from_known"),
            models.CheckConstraint(
                condition=Q(keep_days__gte=1) & Q(keep_days__lte=60),
                name="rules_keep_days_plausible",
                violation_error_message=_("保留天数要在 1 到 60 天之间"),
            ),
        )

    def __str__(self) -> str:
        return self.name
