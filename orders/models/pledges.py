"""A buyer's promise to take produce."""

from decimal import Decimal
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from market.enums import Grade, PriceUnit
from market.pricing import unit_word
from market.quantities import Pack, amount
from orders.enums import CHANGEABLE_PLEDGES, ENDED_PLEDGES, PROMISED_PLEDGES, PledgeState
from orders.models.deliveries import DeliveryWish, delivery_constraints

MAX_SPAN_DAYS = 14  # one form may ask for so many days of a listing


class PledgeQuerySet(models.QuerySet["Pledge"]):
    def live(self) -> Self:
        """Their grams are reserved: held, promised, on the way or received."""
        return self.exclude(state__in=ENDED_PLEDGES)

    def promised(self) -> Self:
        """What a seller may count on: live, and more than a hold."""
        return self.filter(state__in=PROMISED_PLEDGES)

    def with_stretch_left(self) -> Self:
        """Those that may be granted more of their stretch: `Pledge.stretch_left_g` of what has not left yet."""
        return self.filter(state__in=CHANGEABLE_PLEDGES, short_g=0, most_g__gt=F("firm_g") + F("granted_g"))


def taken() -> models.expressions.CombinedExpression:
    """`Pledge.taken_g` in SQL."""
    return F("firm_g") + F("granted_g") - F("short_g")


class Pledge(DeliveryWish):
    """A firm quantity of one listing's lot for one day, to one dock within a window, with a stretch above it.

    State and quantities are changed by `orders.actions` only. What was agreed (price, unit, pack, grade, variety, place) is
    frozen at placement: a later edit of the listing changes no pledge. Its live allocation is `taken_g`: the firm part,
    plus what was granted of the stretch, less what the seller could not bring.
    """

    buyer = models.ForeignKey(
        "market.Organisation", verbose_name=_("买方"), on_delete=models.PROTECT, related_name="pledges"
    )
    lot = models.ForeignKey("market.Lot", verbose_name=_("货源"), on_delete=models.PROTECT, related_name="pledges")
    day = models.DateField(_("送货日"))
    state = models.CharField(_("状态"), max_length=10, choices=PledgeState.choices, default=PledgeState.PLACED)
    granted_g = models.BigIntegerField(_("落实的弹性量（克）"), default=0)
    short_g = models.BigIntegerField(_("卖方少给（克）"), default=0)
    # Until when a hold lasts; empty for everything that is no hold.
    held_until = models.DateTimeField(_("预留到"), null=True)

    price = models.DecimalField(_("约定单价"), max_digits=9, decimal_places=2, null=True)
    price_unit = models.CharField(_("计价单位"), max_length=6, choices=PriceUnit.choices)
    pack_word = models.CharField(_("包装"), max_length=10, blank=True)
    pack_g = models.PositiveIntegerField(_("每件重（克）"), null=True)
    seller = models.ForeignKey(
        "market.Organisation",
        verbose_name=_("卖方"),
        on_delete=models.PROTECT,
        related_name="pledges_to_bring",
        db_index=False,
    )
    produce = models.ForeignKey(
        "market.Produce", verbose_name=_("农产品"), on_delete=models.PROTECT, related_name="+", db_index=False
    )
    variety = models.CharField(_("品种"), max_length=40, blank=True)
    grade = models.CharField(_("等级"), max_length=10, choices=Grade.choices)
    place = models.ForeignKey(
        "market.Place", verbose_name=_("产地"), on_delete=models.PROTECT, related_name="+", db_index=False
    )

    # Where it came from, where it did not come from the lot's page.
    demand = models.ForeignKey(
        "orders.Demand", verbose_name=_("求购"), null=True, on_delete=models.PROTECT, related_name="pledges"
    )
    standing = models.ForeignKey(
        "orders.StandingPledge", verbose_name=_("每日认购"), null=True, on_delete=models.PROTECT, related_name="pledges"
    )
    parent = models.ForeignKey(
        "self", verbose_name=_("替代的认购"), null=True, on_delete=models.PROTECT, related_name="substitutes"
    )
    # The pledges of one form that asked for several days.
    span = models.UUIDField(null=True, editable=False)

    objects = PledgeQuerySet.as_manager()

    class Meta:
        verbose_name = _("认购")
        verbose_name_plural = _("认购")
        ordering = ("-day", "-pk")
        constraints = (
            *delivery_constraints("pledge"),
            models.CheckConstraint(
                condition=Q(granted_g__gte=0) & Q(granted_g__lte=F("most_g") - F("firm_g")),
                name="pledge_granted_within_stretch",
            ),
            models.CheckConstraint(
                condition=Q(short_g__gte=0) & Q(short_g__lt=F("firm_g") + F("granted_g")),
                name="pledge_short_within_taken",
            ),
            models.CheckConstraint(condition=Q(state__in=PledgeState.values), name="pledge_state_known"),
            models.CheckConstraint(
                condition=Q(state=PledgeState.HELD, held_until__isnull=False)
                | ~Q(state=PledgeState.HELD) & Q(held_until__isnull=True),
                name="pledge_held_until_for_holds",
            ),
            models.UniqueConstraint(
                fields=["buyer", "lot"], condition=Q(state=PledgeState.HELD), name="pledge_one_hold_a_lot"
            ),
        )
        indexes = (
            models.Index(fields=["buyer", "day", "state"], name="pledge_by_buyer_day"),
            models.Index(fields=["seller", "day", "state"], name="pledge_by_seller_day"),
            models.Index(fields=["day", "state"], name="pledge_by_day"),
            models.Index(fields=["held_until"], condition=Q(state=PledgeState.HELD), name="pledge_holds"),
        )

    def __str__(self) -> str:
        return f"{self.buyer} {self.firm_typed} {self.day}"

    @property
    def taken_g(self) -> int:
        """Grams really allocated. `taken()` says the same in SQL."""
        return self.firm_g + self.granted_g - self.short_g

    @property
    def stretch_left_g(self) -> int:
        """What of the stretch could still be granted; none once the seller is short of the firm part."""
        return 0 if self.short_g else self.most_g - self.firm_g - self.granted_g

    @property
    def is_live(self) -> bool:
        return self.state not in ENDED_PLEDGES

    @property
    def pack(self) -> Pack | None:
        return Pack(self.pack_word, self.pack_g) if self.pack_word and self.pack_g else None

    @property
    def price_word(self) -> str:
        """The unit the agreed price is for: 斤, 公斤, 吨 or the pack's word."""
        return unit_word(self.price_unit, self.pack_word)

    @property
    def amount(self) -> Decimal | None:
        """Yuan for what is taken at the agreed price; None where the price is open (面议)."""
        return None if self.price is None else amount(self.taken_g, self.price, self.price_word, self.pack)


class PledgeLine(models.Model):
    """One stall's part of an association's pledge. The lines of a pledge add up to its quantity."""

    pledge = models.ForeignKey(Pledge, on_delete=models.CASCADE, related_name="lines")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(_("摊位 / 姓名"), max_length=40)
    quantity_g = models.BigIntegerField(_("数量（克）"))
    quantity_typed = models.CharField(_("数量（原文）"), max_length=40)
    stall = models.ForeignKey(
        "orders.Stall", verbose_name=_("摊位"), null=True, on_delete=models.PROTECT, related_name="lines"
    )

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
