"""Who trades: organisations, and what each person does in them."""

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from market.enums import BUYERS, SELLERS, OrganisationKind, Role, VerificationState

if TYPE_CHECKING:
    from market.models.users import User


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    def of(self, user: "User", *roles: str) -> Self:
        """Those in which the person holds one of `roles` (any role when none is named)."""
        wanted = Q(memberships__user=user)
        if roles:
            wanted &= Q(memberships__role__in=roles)
        return self.filter(wanted).distinct()

    def verified(self) -> Self:
        return self.filter(verification=VerificationState.VERIFIED)

    def sellers(self) -> Self:
        return self.filter(kind__in=SELLERS)

    def buyers(self) -> Self:
        return self.filter(kind__in=BUYERS)


class Organisation(models.Model):
    """A party to the trade. Its verification is changed by `market.actions.organisations` only."""

    name = models.CharField(_("名称"), max_length=80)
    kind = models.CharField(_("类型"), max_length=12, choices=OrganisationKind.choices)
    place = models.ForeignKey(
        "market.Place", verbose_name=_("所在地"), on_delete=models.PROTECT, related_name="organisations"
    )
    address = models.CharField(_("详细地址"), max_length=120, blank=True)
    contact_name = models.CharField(_("联系人"), max_length=40)
    contact_phone = models.CharField(_("联系电话"), max_length=20)
    verification = models.CharField(
        _("核实情况"), max_length=10, choices=VerificationState.choices, default=VerificationState.WAITING
    )
    verification_reason = models.CharField(_("说明"), max_length=200, blank=True)
    is_demo = models.BooleanField(_("演示数据"), default=False, help_text=_("人物和单位为虚构"))
    created_at = models.DateTimeField(_("登记时间"), auto_now_add=True)
    members = models.ManyToManyField(
        settings.AUTH_USER_MODEL, through="market.Membership", related_name="organisations"
    )

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        verbose_name = _("单位")
        verbose_name_plural = _("单位")
        ordering = ("name", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=["name", "place"],
                name="organisation_name_once_a_place",
                violation_error_message=_("这个地方已经登记过同名单位"),
            ),
            models.CheckConstraint(condition=Q(kind__in=OrganisationKind.values), name="organisation_kind_known"),
            models.CheckConstraint(
                condition=Q(verification__in=VerificationState.values), name="organisation_verification_known"
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def is_verified(self) -> bool:
        return self.verification == VerificationState.VERIFIED

    @property
    def is_suspended(self) -> bool:
        return self.verification == VerificationState.SUSPENDED

    @property
    def is_seller(self) -> bool:
        return self.kind in SELLERS

    @property
    def is_buyer(self) -> bool:
        return self.kind in BUYERS


class Membership(models.Model):
    """One person's role in one organisation."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("人员"), on_delete=models.CASCADE, related_name="memberships"
    )
    organisation = models.ForeignKey(
        Organisation, verbose_name=_("单位"), on_delete=models.CASCADE, related_name="memberships"
    )
    role = models.CharField(_("角色"), max_length=10, choices=Role.choices)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("成员")
        verbose_name_plural = _("成员")
        constraints = (
            models.UniqueConstraint(
                fields=["user", "organisation", "role"],
                name="membership_role_once",
                violation_error_message=_("这个人已经有这个角色"),
            ),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="membership_role_known"),
        )

    def __str__(self) -> str:
        return f"{self.user} · {self.organisation} · {self.get_role_display()}"
