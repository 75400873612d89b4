"""What every way of asking for produce shares: how much, where to, when, how fresh."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

MAX_FRESH_HOURS = 240


class DeliveryWish(models.Model):
    """So many grams, firm and at most, to one dock within a window.

    Only the firm part is promised. What lies between `firm_g` and `most_g` is the stretch: welcome when it fills a truck or
    saves what would spoil.
    """

    firm_g = models.BigIntegerField(_("认购量（克）"))
    firm_typed = models.CharField(_("认购量（原文）"), max_length=40)
    most_g = models.BigIntegerField(_("最多可收（克）"))
    dock = models.ForeignKey(
        "orders.Dock", verbose_name=_("收货点"), on_delete=models.PROTECT, related_name="%(class)ss"
    )
    window_from = models.TimeField(_("最早送到"))
    window_to = models.TimeField(_("最晚送到"))
    # Hours the produce must still be good for at the end of the window; 0 asks for nothing beyond being good.
    fresh_hours = models.PositiveSmallIntegerField(_("送到后还要能放（小时）"), default=0)
    reference = models.CharField(_("单号 / 备注"), max_length=60, blank=True)

    # Unique per buyer: a double tap, a retry or a re-sent form finds the first one.
    key = models.UUIDField(editable=False)
    placed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("认购人"), on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(_("认购时间"), auto_now_add=True)

    class Meta:
        abstract = True

    @property
    def has_stretch(self) -> bool:
        return self.most_g > self.firm_g


def delivery_constraints(prefix: str) -> tuple[models.BaseConstraint, ...]:
    """The rules of a `DeliveryWish`, named for the model they stand on."""
    return (
        models.UniqueConstraint(fields=["buyer", "key"], name=f"{prefix}_placed_once"),
        models.CheckConstraint(
            condition=Q(firm_g__gt=0),
            name=f"{prefix}_quantity_positive",
            violation_error_message=_("认购量必须大于零"),
        ),
        models.CheckConstraint(
            condition=Q(most_g__gte=F("firm_g")),
            name=f"{prefix}_most_from_firm",
            violation_error_message=_("最多可收的量不能少于认购量"),
        ),
        models.CheckConstraint(
            condition=Q(window_from__lt=F("window_to")),
            name=f"{prefix}_window_in_order",
            violation_error_message=_("最晚送到的时间要晚于最早送到的时间"),
        ),
    )
