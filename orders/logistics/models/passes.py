"""Green-channel passes of an emergency (绿色通道通行证). Nothing to do with the toll exemption."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from orders.logistics.enums import PassIssuer, PassState


class Pass(models.Model):
    """One truck's pass with its issuer, number and validity. The state is changed by `actions.passes` only."""

    truck = models.ForeignKey(
        "logistics.Truck", verbose_name=_("车辆"), on_delete=models.PROTECT, related_name="passes"
    )
    issuer = models.CharField(_("签发单位"), max_length=10, choices=PassIssuer.choices)
    number = models.CharField(_("通行证号"), max_length=20, help_text=_("6 位区划代码 + 6 位流水号"))
    valid_from = models.DateTimeField(_("生效时间"))
    valid_to = models.DateTimeField(_("失效时间"))
    state = models.CharField(_("状态"), max_length=10, choices=PassState.choices, default=PassState.ISSUED)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("通行证")
        verbose_name_plural = _("通行证")
        ordering = ("-valid_to", "-pk")
        constraints = (
            models.UniqueConstraint(
                fields=["issuer", "number"],
                name="pass_number_once_an_issuer",
                violation_error_message=_("这个签发单位已有同号通行证"),
            ),
            models.CheckConstraint(
                condition=Q(valid_from__lt=F("valid_to")),
                name="pass_validity_in_order",
                violation_error_message=_("失效时间要晚于生效时间"),
            ),
            models.CheckConstraint(condition=Q(issuer__in=PassIssuer.values), name="pass_issuer_known"),
            models.CheckConstraint(condition=Q(state__in=PassState.values), name="pass_state_known"),
        )

    def __str__(self) -> str:
        return f"{self.get_issuer_display()} {self.number}"
