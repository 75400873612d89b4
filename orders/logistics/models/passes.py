"""Green-channel passes of an emergency (绿色通道通行证). Nothing to do with the toll exemption.

A `Pass` is what an issuer grants: one truck, one route, some days. A `PassCode` is a short signed strip under it for one trip,
which a phone verifies without a network.
"""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from orders.logistics.enums import GRANTED_PASSES, CodeEnd, CodeKind, CodeState, PassIssuer, PassState


class IssuerOffice(models.Model):
    """Which issuer an organisation is: its issuers (role) vet and issue under this name."""

    organisation = models.OneToOneField(
        "market.Organisation", verbose_name=_("单位"), on_delete=models.PROTECT, related_name="issuer_office"
    )
    issuer = models.CharField(_("签发单位"), max_length=10, choices=PassIssuer.choices)

    class Meta:
        verbose_name = _("签发单位")
        verbose_name_plural = _("签发单位")
        constraints = (
            models.CheckConstraint(condition=Q(issuer__in=PassIssuer.values), name="issuer_office_issuer_known"),
        )

    def __str__(self) -> str:
        return f"{self.organisation} · {self.get_issuer_display()}"


class PassQuerySet(models.QuerySet["Pass"]):
    def granted(self) -> Self:
        """Issued at some time and not ended: valid or suspended."""
        return self.filter(state__in=GRANTED_PASSES)


class Pass(models.Model):
    """One truck's pass on one route between county-level places. The state is changed by `actions.passes` only.

    `number` is given when it is issued: six digits of the area and six of the issuer's count. Without places (a pass recorded
    from paper) it holds for the whole city.
    """

    truck = models.ForeignKey(
        "logistics.Truck", verbose_name=_("车辆"), on_delete=models.PROTECT, related_name="passes"
    )
    issuer = models.CharField(_("签发单位"), max_length=10, choices=PassIssuer.choices)
    number = models.CharField(_("通行证号"), max_length=20, blank=True, help_text=_("6 位区划代码 + 6 位流水号"))
    from_place = models.ForeignKey(
        "market.Place",
        verbose_name=_("起点（县区）"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    to_place = models.ForeignKey(
        "market.Place",
        verbose_name=_("终点（县区）"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    purpose = models.CharField(_("运什么"), max_length=100, blank=True)
    valid_from = models.DateTimeField(_("生效时间"))
    valid_to = models.DateTimeField(_("失效时间"))
    state = models.CharField(_("状态"), max_length=10, choices=PassState.choices, default=PassState.ISSUED)
    applied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("申请人"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    reason = models.CharField(_("原因"), max_length=200, blank=True, help_text=_("未批准、暂停或吊销的原因"))
    replaces = models.OneToOneField(
        "self", verbose_name=_("换自"), null=True, blank=True, on_delete=models.PROTECT, related_name="replaced_by"
    )
    key = models.UUIDField(null=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = PassQuerySet.as_manager()

    class Meta:
        verbose_name = _("通行证")
        verbose_name_plural = _("通行证")
        ordering = ("-valid_to", "-pk")
        constraints = (
            models.UniqueConstraint(
                fields=["issuer", "number"],
                condition=~Q(number=""),
                name="pass_number_once_an_issuer",
                violation_error_message=_("这个签发单位已有同号通行证"),
            ),
            models.UniqueConstraint(fields=["truck", "key"], name="pass_applied_once"),
            models.CheckConstraint(
                condition=Q(valid_from__lt=F("valid_to")),
                name="pass_validity_in_order",
                violation_error_message=_("失效时间要晚于生效时间"),
            ),
            models.CheckConstraint(
                condition=~Q(number="") | ~Q(state__in=sorted(GRANTED_PASSES)), name="pass_granted_has_number"
            ),
            models.CheckConstraint(condition=Q(issuer__in=PassIssuer.values), name="pass_issuer_known"),
            models.CheckConstraint(condition=Q(state__in=PassState.values), name="pass_state_known"),
        )

    def __str__(self) -> str:
        return f"{self.get_issuer_display()} {self.number}".strip()


class PassCodeQuerySet(models.QuerySet["PassCode"]):
    def live(self) -> Self:
        return self.filter(state=CodeState.LIVE)


class PassCode(models.Model):
    """A signed strip for one trip: what the QR code holds. Written and withdrawn by `actions.codes` only.

    `token` is the random id inside (32 hex digits), `check_code` four characters derived from the signature. A specimen has no
    pass and no trip.
    """

    token = models.CharField(max_length=32, unique=True)
    green_pass = models.ForeignKey(Pass, null=True, blank=True, on_delete=models.PROTECT, related_name="codes")
    trip = models.ForeignKey("logistics.Trip", null=True, blank=True, on_delete=models.PROTECT, related_name="codes")
    signer = models.ForeignKey("logistics.SignerKey", on_delete=models.PROTECT, related_name="codes")
    kind = models.CharField(_("类别"), max_length=12, choices=CodeKind.choices, default=CodeKind.GREEN)
    is_specimen = models.BooleanField(_("样张"), default=False)
    not_before = models.DateTimeField(_("生效时间"))
    expires_at = models.DateTimeField(_("失效时间"))
    manifest_hash = models.CharField(max_length=64, blank=True)
    crew_hash = models.CharField(max_length=64, blank=True)
    text = models.TextField(help_text=_("二维码里的全文"))
    check_code = models.CharField(_("校验码"), max_length=4)
    state = models.CharField(_("状态"), max_length=10, choices=CodeState.choices, default=CodeState.LIVE)
    end = models.CharField(_("作废原因"), max_length=16, choices=CodeEnd.choices, blank=True)
    ended_at = models.DateTimeField(_("作废时间"), null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = PassCodeQuerySet.as_manager()

    class Meta:
        verbose_name = _("通行码")
        verbose_name_plural = _("通行码")
        ordering = ("-pk",)
        constraints = (
            models.UniqueConstraint(
                fields=["trip"], condition=Q(state=CodeState.LIVE), name="pass_code_one_live_a_trip"
            ),
            models.CheckConstraint(condition=Q(not_before__lt=F("expires_at")), name="pass_code_times_in_order"),
            models.CheckConstraint(condition=Q(kind__in=CodeKind.values), name="pass_code_kind_known"),
            models.CheckConstraint(condition=Q(state__in=CodeState.values), name="pass_code_state_known"),
            models.CheckConstraint(
                condition=Q(state=CodeState.LIVE, end="", ended_at=None)
                | Q(state=CodeState.WITHDRAWN, end__in=CodeEnd.values, ended_at__isnull=False),
                name="pass_code_end_has_reason",
            ),
            models.CheckConstraint(
                condition=Q(is_specimen=True) | Q(green_pass__isnull=False, trip__isnull=False),
                name="pass_code_for_a_trip",
            ),
        )
        indexes = (models.Index(fields=["expires_at", "state"], name="pass_code_by_expiry"),)

    def __str__(self) -> str:
        return f"{self.green_pass} {self.check_code}"
