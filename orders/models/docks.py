"""Where a buyer takes goods in."""

import datetime as dt

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Dock(models.Model):
    """A buyer's receiving point with its hours. `lat`, `lon` are WGS 84 degrees; empty means the place's own point."""

    organisation = models.ForeignKey(
        "market.Organisation", verbose_name=_("单位"), on_delete=models.PROTECT, related_name="docks"
    )
    name = models.CharField(_("收货点"), max_length=60)
    place = models.ForeignKey("market.Place", verbose_name=_("所在地"), on_delete=models.PROTECT, related_name="+")
    address = models.CharField(_("详细地址"), max_length=120, blank=True)
    lat = models.FloatField(null=True, blank=True)
    lon = models.FloatField(null=True, blank=True)
    opens_at = models.TimeField(_("开始收货"), default=dt.time(4))
    closes_at = models.TimeField(_("停止收货"), default=dt.time(20))
    gate_minutes = models.PositiveSmallIntegerField(_("进门时间（分钟）"), default=5)
    contact_name = models.CharField(_("收货人"), max_length=40)
    contact_phone = models.CharField(_("收货电话"), max_length=20)
    is_active = models.BooleanField(_("使用中"), default=True)

    class Meta:
        verbose_name = _("收货点")
        verbose_name_plural = _("收货点")
        ordering = ("organisation", "pk")
        constraints = (
            models.UniqueConstraint(fields=["organisation", "name"], name="dock_name_once"),
            models.CheckConstraint(
                condition=Q(opens_at__lt=F("closes_at")),
                name="dock_hours_in_order",
                violation_error_message=_("停止收货的时间要晚于开始收货的时间"),
            ),
        )

    def __str__(self) -> str:
        return self.name
