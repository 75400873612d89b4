"""One side's terms for a lot, waiting for the other side's word."""

from decimal import Decimal
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from market.enums import PriceUnit
from market.pricing import unit_word
from market.quantities import amount
from orders.enums import OfferSide, OfferState


def open_now() -> Q:
    """`Offer.is_open` in SQL."""
    return Q(state=OfferState.OPEN, expires_at__gt=timezone.now())


class OfferQuerySet(models.QuerySet["Offer"]):
    def open(self) -> Self:
        return self.filter(open_now())


class Offer(models.Model):
    """So much of a lot at a price, from one side to the other, until a moment. It reserves nothing: accepting it does.

    Three talks have this shape: a buyer and a seller about a price that is open (面议), each answer a new offer with the old one
    as `previous`; a seller's answer to a `demand`; and a seller's other lot in place of part of a pledge (`replaces`), which the
    buyer accepts or refuses. State is changed through
    `orders.actions.offer_rows` only.
    """

    lot = models.ForeignKey("market.Lot", verbose_name=_("货源"), on_delete=models.PROTECT, related_name="offers")
    buyer = models.ForeignKey(
        "market.Organisation", verbose_name=_("买方"), on_delete=models.PROTECT, related_name="offers"
    )
    seller = models.ForeignKey(
        "market.Organisation", verbose_name=_("卖方"), on_delete=models.PROTECT, related_name="offers_as_seller"
    )
    side = models.CharField(_("提出方"), max_length=6, choices=OfferSide.choices)
    state = models.CharField(_("状态"), max_length=10, choices=OfferState.choices, default=OfferState.OPEN)
    firm_g = models.BigIntegerField(_("数量（克）"))
    firm_typed = models.CharField(_("数量（原文）"), max_length=40)
    most_g = models.BigIntegerField(_("最多可收（克）"))
    price = models.DecimalField(_("单价"), max_digits=9, decimal_places=2)
    price_unit = models.CharField(_("计价单位"), max_length=6, choices=PriceUnit.choices)
    pack_word = models.CharField(_("包装"), max_length=10, blank=True)
    dock = models.ForeignKey("orders.Dock", verbose_name=_("收货点"), on_delete=models.PROTECT, related_name="offers")
    window_from = models.TimeField(_("最早送到"))
    window_to = models.TimeField(_("最晚送到"))
    note = models.CharField(_("附言"), max_length=100, blank=True)
    expires_at = models.DateTimeField(_("有效到"))
    previous = models.OneToOneField(
        "self", verbose_name=_("上一次报价"), null=True, on_delete=models.PROTECT, related_name="answer"
    )
    demand = models.ForeignKey(
        "orders.Demand", verbose_name=_("求购"), null=True, on_delete=models.PROTECT, related_name="offers"
    )
    replaces = models.ForeignKey(
        "orders.Pledge",
        verbose_name=_("替代的认购"),
        null=True,
        on_delete=models.PROTECT,
        related_name="offers_instead",
    )
    # Of a substitution: whether what it takes off the old pledge is for sale again; otherwise it is not there any more.
    back_on_sale = models.BooleanField(_("换下的货还能卖"), default=False)
    pledge = models.OneToOneField(
        "orders.Pledge", verbose_name=_("成交的认购"), null=True, on_delete=models.PROTECT, related_name="offer"
    )
    # Unique per side that made it: a double tap finds the first offer.
    key = models.UUIDField(editable=False)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(_("提出时间"), auto_now_add=True)

    objects = OfferQuerySet.as_manager()

    class Meta:
        verbose_name = _("报价")
        verbose_name_plural = _("报价")
        ordering = ("-pk",)
        constraints = (
            models.UniqueConstraint(fields=["lot", "buyer", "side", "key"], name="offer_made_once"),
            models.UniqueConstraint(
                fields=["lot", "buyer"],
                condition=Q(state=OfferState.OPEN, demand=None, replaces=None),
                name="offer_one_talk_a_lot_and_buyer",
            ),
            models.UniqueConstraint(
                fields=["lot", "demand"], condition=Q(state=OfferState.OPEN), name="offer_one_a_lot_and_demand"
            ),
            models.CheckConstraint(condition=Q(firm_g__gt=0), name="offer_quantity_positive"),
            models.CheckConstraint(condition=Q(most_g__gte=F("firm_g")), name="offer_most_from_firm"),
            models.CheckConstraint(condition=Q(price__gt=0), name="offer_price_positive"),
            models.CheckConstraint(condition=Q(window_from__lt=F("window_to")), name="offer_window_in_order"),
            models.CheckConstraint(condition=Q(state__in=OfferState.values), name="offer_state_known"),
            models.CheckConstraint(condition=Q(side__in=OfferSide.values), name="offer_side_known"),
            models.CheckConstraint(
                condition=Q(state=OfferState.ACCEPTED, pledge__isnull=False)
                | ~Q(state=OfferState.ACCEPTED) & Q(pledge__isnull=True),
                name="offer_pledge_when_accepted",
            ),
            models.CheckConstraint(
                condition=Q(demand__isnull=True) | Q(replaces__isnull=True), name="offer_answers_one_thing"
            ),
        )
        indexes = (
            models.Index(fields=["expires_at"], condition=Q(state=OfferState.OPEN), name="offer_open_by_expiry"),
            models.Index(fields=["buyer", "state", "-id"], name="offer_by_buyer"),
            models.Index(fields=["seller", "state", "-id"], name="offer_by_seller"),
        )

    def __str__(self) -> str:
        return f"{self.lot_id} → {self.buyer_id}: {self.firm_typed} {self.price}"

    @property
    def is_open(self) -> bool:
        """Open by the clock too: an offer past its time is not, whether or not the clock has written it down."""
        return self.state == OfferState.OPEN and self.expires_at > timezone.now()

    @property
    def price_word(self) -> str:
        return unit_word(self.price_unit, self.pack_word)

    @property
    def other_side(self) -> OfferSide:
        """Who answers it."""
        return OfferSide.SELLER if self.side == OfferSide.BUYER else OfferSide.BUYER

    def organisation_of(self, side: str) -> Any:
        return self.buyer if side == OfferSide.BUYER else self.seller

    @property
    def amount(self) -> Decimal:
        """Yuan for the firm part."""
        return amount(self.firm_g, self.price, self.price_word)
