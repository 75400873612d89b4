"""Keys that sign pass codes and bundles, and the bundles that devices have been given."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from orders.logistics.enums import KeyPurpose, KeyState


class SignerKey(models.Model):
    """An ES256 key pair. `kid` is 16 hex digits, `x` and `y` the public point (64 hex digits each).

    The private half is kept encrypted (`codes.keys`) and is empty once the key is retired or withdrawn.
    """

    kid = models.CharField(_("密钥编号"), max_length=16, unique=True)
    purpose = models.CharField(_("用途"), max_length=6, choices=KeyPurpose.choices)
    state = models.CharField(_("状态"), max_length=10, choices=KeyState.choices, default=KeyState.WAITING)
    x = models.CharField(max_length=64)
    y = models.CharField(max_length=64)
    sealed_private = models.TextField(blank=True)
    valid_from = models.DateTimeField(_("启用时间"))
    valid_to = models.DateTimeField(_("停用时间"))
    reason = models.CharField(_("撤销原因"), max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("签名密钥")
        verbose_name_plural = _("签名密钥")
        ordering = ("-pk",)
        constraints = (
            models.UniqueConstraint(
                fields=["purpose"], condition=Q(state=KeyState.ACTIVE), name="signer_key_one_active_a_purpose"
            ),
            models.CheckConstraint(condition=Q(valid_from__lt=F("valid_to")), name="signer_key_times_in_order"),
            models.CheckConstraint(condition=Q(purpose__in=KeyPurpose.values), name="signer_key_purpose_known"),
            models.CheckConstraint(condition=Q(state__in=KeyState.values), name="signer_key_state_known"),
        )

    def __str__(self) -> str:
        return self.kid


class TrustBundle(models.Model):
    """One edition of what devices verify with. `serial` counts up; the bytes are a COSE_Sign1 of the bundle key."""

    serial = models.PositiveIntegerField(unique=True)
    issued_at = models.DateTimeField()
    signed = models.BinaryField()
    digest = models.CharField(max_length=64, help_text=_("内容（不含编号和时间）的摘要"))

    class Meta:
        verbose_name = _("核验包")
        verbose_name_plural = _("核验包")
        ordering = ("-serial",)

    def __str__(self) -> str:
        return str(self.serial)
