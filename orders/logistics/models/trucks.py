"""Trucks."""

import datetime as dt

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from orders.logistics.enums import PlateColour


class Truck(models.Model):
    """A carrier's truck. `rated_g` is the rated load mass in grams, `volume_l` the box volume in litres."""

    carrier = models.ForeignKey(
        "market.Organisation", verbose_name=_("运输企业"), on_delete=models.PROTECT, related_name="trucks"
    )
    plate = models.CharField(_("车牌号"), max_length=10, unique=True)
    plate_colour = models.CharField(_("车牌颜色"), max_length=6, choices=PlateColour.choices)
    rated_g = models.BigIntegerField(_("核定载质量（克）"))
    volume_l = models.PositiveIntegerField(_("车厢容积（升）"), null=True, blank=True)
    is_cold = models.BooleanField(_("冷藏车"), default=False)
    cold_g = models.BigIntegerField(
        _("冷藏隔舱载质量（克）"), null=True, blank=True, help_text=_("分舱车填冷藏舱能装多少；留空为整车冷藏")
    )
    inspection_until = models.DateField(_("年检有效期至"), null=True, blank=True)
    insurance_until = models.DateField(_("保险有效期至"), null=True, blank=True)
    base = models.ForeignKey("market.Place", verbose_name=_("驻地"), on_delete=models.PROTECT, related_name="+")
    shift_from = models.TimeField(_("出车时间"), default=dt.time(4))
    shift_to = models.TimeField(_("收车时间"), default=dt.time(20))
    driver = models.OneToOneField(
        "logistics.Driver",
        verbose_name=_("当班司机"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="truck",
    )
    is_active = models.BooleanField(_("可派"), default=True)

    class Meta:
        verbose_name = _("车辆")
        verbose_name_plural = _("车辆")
        ordering = ("plate",)
        constraints = (
            models.CheckConstraint(condition=Q(rated_g__gt=0), name="truck_rated_positive"),
            models.CheckConstraint(
                condition=Q(cold_g=None) | Q(is_cold=True, cold_g__gt=0, cold_g__lte=F("rated_g")),
                name="truck_cold_part_within_rated",
                violation_error_message=_("冷藏隔舱的载质量要大于零、不超过核定载质量，而且要勾选冷藏车"),
            ),
            models.CheckConstraint(
                condition=Q(shift_from__lt=F("shift_to")),
                name="truck_shift_in_order",
                violation_error_message=_("收车时间要晚于出车时间"),
            ),
            models.CheckConstraint(condition=Q(plate_colour__in=PlateColour.values), name="truck_plate_colour_known"),
        )

    def __str__(self) -> str:
        return self.plate
