"""What a buyer says was received, and what a seller says against it. Append-only."""

from typing import Any, NoReturn

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from orders.logistics.enums import DisputeState, ReceiptReason

_NONE_BELOW = Q(accepted_g__gte=0, downgraded_g__gte=0, rejected_g__gte=0, missing_g__gte=0, surplus_g__gte=0)
_NONE_ABOVE = Q(accepted_g__lte=0, downgraded_g__lte=0, rejected_g__lte=0, missing_g__lte=0, surplus_g__lte=0)


class Receipt(models.Model):
    """One receipt of a load; several may follow each other. When the load is done

    loaded = accepted + downgraded + rejected + missing − surplus,

    each a sum over its receipts. A correction is a further receipt that `reverses` the first with negative grams.
    `downgraded` was taken at a lower grade and price; `surplus` is what came beyond what was loaded. Written by
    `actions.receipts` only.
    """

    load = models.ForeignKey("logistics.Load", on_delete=models.PROTECT, related_name="receipts")
    accepted_g = models.BigIntegerField(_("收下（克）"), default=0)
    downgraded_g = models.BigIntegerField(_("降级收下（克）"), default=0)
    rejected_g = models.BigIntegerField(_("拒收（克）"), default=0)
    missing_g = models.BigIntegerField(_("短少（克）"), default=0)
    surplus_g = models.BigIntegerField(_("多出（克）"), default=0)
    downgraded_price = models.DecimalField(_("降级后的单价"), max_digits=8, decimal_places=2, null=True, blank=True)
    code = models.CharField(_("原因类别"), max_length=8, choices=ReceiptReason.choices, blank=True)
    reason = models.CharField(_("原因"), max_length=200, blank=True)
    reverses = models.OneToOneField("self", null=True, blank=True, on_delete=models.PROTECT, related_name="reversed_by")
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
                condition=Q(reverses=None) & _NONE_BELOW | Q(reverses__isnull=False) & _NONE_ABOVE,
                name="receipt_not_negative",
            ),
            models.CheckConstraint(
                condition=~Q(accepted_g=0, downgraded_g=0, rejected_g=0, missing_g=0, surplus_g=0),
                name="receipt_says_something",
                violation_error_message=_("请填写收下、拒收或短少的数量"),
            ),
            models.CheckConstraint(
                condition=Q(downgraded_g=0, rejected_g=0) | ~Q(reason=""),
                name="receipt_reason_for_less",
                violation_error_message=_("有降级或拒收时要写原因"),
            ),
            models.CheckConstraint(condition=Q(reverses=None) | ~Q(reason=""), name="receipt_reversal_says_why"),
            models.CheckConstraint(condition=Q(code="") | Q(code__in=ReceiptReason.values), name="receipt_code_known"),
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


class Dispute(models.Model):
    """A seller does not agree with a receipt, before `until`. Upheld by a receipt that reverses the disputed one."""

    receipt = models.ForeignKey(Receipt, on_delete=models.PROTECT, related_name="disputes")
    state = models.CharField(_("状态"), max_length=10, choices=DisputeState.choices, default=DisputeState.OPEN)
    why = models.CharField(_("不同意的理由"), max_length=300)
    until = models.DateTimeField(_("异议期限"))
    answer = models.CharField(_("答复"), max_length=300, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("提出时间"), auto_now_add=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    answered_at = models.DateTimeField(_("答复时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("收货异议")
        verbose_name_plural = _("收货异议")
        ordering = ("-pk",)
        constraints = (
            models.UniqueConstraint(
                fields=["receipt"], condition=Q(state=DisputeState.OPEN), name="dispute_one_open_a_receipt"
            ),
            models.CheckConstraint(condition=~Q(why=""), name="dispute_says_why"),
            models.CheckConstraint(condition=Q(state__in=DisputeState.values), name="dispute_state_known"),
        )

    def __str__(self) -> str:
        return f"{self.receipt_id}: {self.why}"
