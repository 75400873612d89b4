"""A buyer's promise to take produce."""

from decimal import Decimal
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from market.enums import PriceUnit
from market.pricing import unit_word
from market.quantities import Pack, amount
from orders.enums import PledgeState


class PledgeQuerySet(models.QuerySet["Pledge"]):
    def live(self) -> Self:
        return self.exclude(state=PledgeState.CANCELLED)


class Pledge(models.Model):
    """A firm quantity of one listing's lot for one day, to one dock within a window.

    State and quantity are changed by `orders.actions.pledges` only. Price, unit and pack are frozen at placement: a later
    edit of the listing changes no pledge.
    """

    buyer = models.ForeignKey(
        "market.Organisation", verbose_name=_("买方"), on_delete=models.PROTECT, related_name="pledges"
    )
    lot = models.ForeignKey("market.Lot", verbose_name=_("货源"), on_delete=models.PROTECT, related_name="pledges")
    day = models.DateField(_("送货日"))
    state = models.CharField(_("状态"), max_length=10, choices=PledgeState.choices, default=PledgeState.PLACED)
    firm_g = models.BigIntegerField(_("认购量（克）"))
    firm_typed = models.CharField(_("认购量（原文）"), max_length=40)
    dock = models.ForeignKey("orders.Dock", verbose_name=_("收货点"), on_delete=models.PROTECT, related_name="pledges")
    window_from = models.TimeField(_("最早送到"))
    window_to = models.TimeField(_("最晚送到"))
    reference = models.CharField(_("单号 / 备注"), max_length=60, blank=True)

    price = models.DecimalField(_("约定单价"), max_digits=9, decimal_places=2, null=True)
    price_unit = models.CharField(_("计价单位"), max_length=6, choices=PriceUnit.choices)
    pack_word = models.CharField(_("包装"), max_length=10, blank=True)
    pack_g = models.PositiveIntegerField(_("每件重（克）"), null=True)

    # Unique per buyer: a double tap, a retry or a re-sent form finds the first pledge.
    key = models.UUIDField(editable=False)
    placed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("认购人"), on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(_("认购时间"), auto_now_add=True)

    objects = PledgeQuerySet.as_manager()

    class Meta:
        verbose_name = _("认购")
        verbose_name_plural = _("认购")
        ordering = ("-day", "-pk")
        constraints = (
            models.UniqueConstraint(fields=["buyer", "key"], name="pledge_placed_once"),
            models.CheckConstraint(
                condition=Q(firm_g__gt=0),
                name="pledge_quantity_positive",
                violation_error_message=_("认购量必须大于零"),
            ),
            models.CheckConstraint(
                condition=Q(window_from__lt=F("window_to")),
                name="pledge_window_in_order",
                violation_error_message=_("最晚送到的时间要晚于最早送到的时间"),
            ),
            models.CheckConstraint(condition=Q(state__in=PledgeState.values), name="pledge_state_known"),
        )
        indexes = (
            models.Index(fields=["buyer", "day", "state"], name="pledge_by_buyer_day"),
            models.Index(fields=["day", "state"], name="pledge_by_day"),
        )

    def __str__(self) -> str:
        return f"{self.buyer} {self.firm_typed} {self.day}"

    @property
    def is_live(self) -> bool:
        return self.state != PledgeState.CANCELLED

    @property
    def pack(self) -> Pack | None:
        return Pack(self.pack_word, self.pack_g) if self.pack_word and self.pack_g else None

    @property
    def price_word(self) -> str:
        """The unit the agreed price is for: 斤, 公斤, 吨 or the pack's word."""
        return unit_word(self.price_unit, self.pack_word)

    @property
    def amount(self) -> Decimal | None:
        """Yuan at the agreed price; None where the price is open (面议)."""
        return None if self.price is None else amount(self.firm_g, self.price, self.price_word, self.pack)


class PledgeLine(models.Model):
    """One stall's part of an association's pledge. The lines of a pledge add up to its quantity."""

    pledge = models.ForeignKey(Pledge, on_delete=models.CASCADE, related_name="lines")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(_("摊位 / 姓名"), max_length=40)
    quantity_g = models.BigIntegerField(_("数量（克）"))
    quantity_typed = models.CharField(_("数量（原文）"), max_length=40)

    class Meta:
        verbose_name = _("摊位明细")
        verbose_name_plural = _("摊位明细")
        ordering = ("pledge", "position")
        constraints = (
            models.UniqueConstraint(fields=["pledge", "position"], name="pledge_line_position_once"),
            models.CheckConstraint(condition=Q(quantity_g__gt=0), name="pledge_line_positive"),
        )

    def __str__(self) -> str:
        return f"{self.name} {self.quantity_typed}"
