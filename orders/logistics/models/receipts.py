"""What a buyer says was received. Append-only."""

from typing import Any, NoReturn

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Receipt(models.Model):
    """One receipt of a load; several may follow each other. Their sums never exceed what was loaded:

    loaded = accepted + rejected + missing, when the load is done. Written by `actions.receipts` only.
    """

    load = models.ForeignKey("logistics.Load", on_delete=models.PROTECT, related_name="receipts")
    accepted_g = models.BigIntegerField(_("收下（克）"), default=0)
    rejected_g = models.BigIntegerField(_("拒收（克）"), default=0)
    missing_g = models.BigIntegerField(_("短少（克）"), default=0)
    reason = models.CharField(_("原因"), max_length=200, blank=True)
    key = models.UUIDField(editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("收货时间"), auto_now_add=True)

    class Meta:
        verbose_name = _("收货记录")
        verbose_name_plural = _("收货记录")
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(fields=["load", "key"], name="receipt_written_once"),
            models.CheckConstraint(
                condition=Q(accepted_g__gte=0) & Q(rejected_g__gte=0) & Q(missing_g__gte=0),
                name="receipt_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(accepted_g__gt=0) | Q(rejected_g__gt=0) | Q(missing_g__gt=0),
                name="receipt_says_something",
                violation_error_message=_("请填写收下、拒收或短少的数量"),
            ),
            models.CheckConstraint(
                condition=Q(rejected_g=0, missing_g=0) | ~Q(reason=""),
                name="receipt_reason_for_less",
                violation_error_message=_("有拒收或短少时要写原因"),
            ),
        )
        # Statements read a period of days.
        indexes = (models.Index(fields=["at"], name="receipt_by_moment"),)

    def __str__(self) -> str:
        return f"{self.load_id}: {self.accepted_g} g"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise TypeError("receipts are never edited")
        super().save(*args, **kwargs)

    def delete(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        raise TypeError("receipts are never deleted")
