"""Drivers, and what a checker saw of them."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from orders.logistics.enums import HealthCode, SampleResult, TravelCard


class Driver(models.Model):
    """A carrier's driver. `user` is set once the person has logged in with this telephone number."""

    carrier = models.ForeignKey(
        "market.Organisation", verbose_name=_("运输企业"), on_delete=models.PROTECT, related_name="drivers"
    )
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="driver"
    )
    name = models.CharField(_("姓名"), max_length=40)
    phone = models.CharField(_("手机号"), max_length=20, unique=True)
    licence_until = models.DateField(_("驾驶证有效期至"), null=True, blank=True)
    is_active = models.BooleanField(_("可派"), default=True)

    class Meta:
        verbose_name = _("司机")
        verbose_name_plural = _("司机")
        ordering = ("name", "pk")

    def __str__(self) -> str:
        return self.name


class HealthCheck(models.Model):
    """Facts a checker saw, no screenshots. Never edited, erased by the clock after the days the rules say.

    Visible to that trip's dispatcher and the checkpoint only, and each look is an event of the driver.
    """

    driver = models.ForeignKey(Driver, on_delete=models.CASCADE, related_name="health_checks")
    code = models.CharField(_("健康码"), max_length=6, choices=HealthCode.choices)
    travel_card = models.CharField(_("行程卡"), max_length=8, choices=TravelCard.choices, blank=True)
    sampled_at = models.DateTimeField(_("采样时间"), null=True, blank=True)
    reported_at = models.DateTimeField(_("出报告时间"), null=True, blank=True)
    result = models.CharField(_("核酸结果"), max_length=8, choices=SampleResult.choices, blank=True)
    temperature = models.DecimalField(_("体温（℃）"), max_digits=3, decimal_places=1, null=True, blank=True)
    checked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    checked_at = models.DateTimeField(_("查验时间"))
    checkpoint = models.ForeignKey(
        "logistics.Checkpoint",
        verbose_name=_("查验点"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )

    class Meta:
        verbose_name = _("健康查验")
        verbose_name_plural = _("健康查验")
        ordering = ("-checked_at", "-pk")
        constraints = (
            models.CheckConstraint(condition=Q(code__in=HealthCode.values), name="health_check_code_known"),
            models.CheckConstraint(
                condition=Q(result="") | Q(result__in=SampleResult.values), name="health_check_result_known"
            ),
            models.CheckConstraint(
                condition=Q(temperature=None) | Q(temperature__gte=30) & Q(temperature__lte=45),
                name="health_check_temperature_plausible",
                violation_error_message=_("体温应在 30 到 45 ℃ 之间"),
            ),
        )

    def __str__(self) -> str:
        return f"{self.driver} {self.checked_at:%Y-%m-%d %H:%M}"


class HealthTally(models.Model):
    """What is left of erased checks: how many of a day, and how many of them stopped a driver. Nobody is named."""

    day = models.DateField(_("日期"), unique=True)
    checked = models.PositiveIntegerField(_("查验人次"), default=0)
    stopped = models.PositiveIntegerField(_("未通过人次"), default=0)

    class Meta:
        verbose_name = _("健康查验人次")
        verbose_name_plural = _("健康查验人次")
        ordering = ("-day",)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(stopped__lte=models.F("checked")), name="health_tally_within_checked"
            ),
        )

    def __str__(self) -> str:
        return f"{self.day} {self.checked}"
