"""The same pledge every day until a date."""

import datetime as dt
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from market.days import moment
from market.models import Listing
from market.pricing import listing_price_per_kg
from market.quantities import Pack
from market.sentences import sentence_of
from orders.enums import StandingOutcome, StandingState
from orders.models.deliveries import DeliveryWish, delivery_constraints


class StandingQuerySet(models.QuerySet["StandingPledge"]):
    def live(self) -> Self:
        """Running or paused."""
        return self.exclude(state=StandingState.ENDED)


class StandingPledge(DeliveryWish):
    """So much of one listing's lot each day of a span, pledged by the clock on the eve of each day.

    State is changed by `orders.actions.standing` and `standing_days` only; what became of each day is its `StandingDay`.
    """

    buyer = models.ForeignKey(
        "market.Organisation", verbose_name=_("买方"), on_delete=models.PROTECT, related_name="standing_pledges"
    )
    listing = models.ForeignKey(
        "market.Listing", verbose_name=_("货源"), on_delete=models.PROTECT, related_name="standing_pledges"
    )
    first_day = models.DateField(_("开始日期"))
    last_day = models.DateField(_("结束日期"))
    state = models.CharField(_("状态"), max_length=10, choices=StandingState.choices, default=StandingState.RUNNING)
    # Yuan per kilogram the buyer said yes to, for comparing only: the clock buys nothing dearer unasked. NULL: 面议.
    price_per_kg = models.DecimalField(max_digits=12, decimal_places=4, null=True)

    objects = StandingQuerySet.as_manager()

    class Meta:
        verbose_name = _("每日认购")
        verbose_name_plural = _("每日认购")
        ordering = ("-pk",)
        constraints = (
            *delivery_constraints("standing"),
            models.CheckConstraint(
                condition=Q(first_day__lte=F("last_day")),
                name="standing_days_in_order",
                violation_error_message=_("结束日期不能早于开始日期"),
            ),
            models.CheckConstraint(condition=Q(state__in=StandingState.values), name="standing_state_known"),
        )
        indexes = (
            models.Index(fields=["last_day"], condition=Q(state=StandingState.RUNNING), name="standing_running"),
        )

    def __str__(self) -> str:
        return f"{self.buyer} {self.firm_typed} {self.first_day}–{self.last_day}"

    @property
    def is_live(self) -> bool:
        return self.state != StandingState.ENDED

    @property
    def all_days(self) -> list[dt.date]:
        return [self.first_day + dt.timedelta(days=n) for n in range((self.last_day - self.first_day).days + 1)]

    def has_begun(self, day: dt.date, now: dt.datetime | None = None) -> bool:
        """The window of the day has begun: it is too late to place anything for it."""
        return moment(day, self.window_from) <= (now or timezone.now())

    def is_dearer(self, listing: Listing) -> bool:
        """The listing asks more now than the buyer said yes to; 面议 and a price are not compared, the buyer is asked again."""
        agreed, now = self.price_per_kg, listing_price_per_kg(listing)
        return now != agreed and (now is None or agreed is None or now > agreed)

    @property
    def pack(self) -> Pack | None:
        """As the listing counts now: nothing is frozen before a day is pledged."""
        return self.listing.pack


class StandingDay(models.Model):
    """What the clock did for one day, or that the buyer skips it. One row a day: the clock pledges each day once.

    A skip that is taken back is deleted; any other row stays as it is.
    """

    standing = models.ForeignKey(StandingPledge, on_delete=models.PROTECT, related_name="days")
    day = models.DateField(_("送货日"))
    outcome = models.CharField(_("结果"), max_length=10, choices=StandingOutcome.choices)
    pledge = models.OneToOneField(
        "orders.Pledge", verbose_name=_("认购"), null=True, on_delete=models.PROTECT, related_name="standing_day"
    )
    missing_g = models.BigIntegerField(_("缺（克）"), default=0)
    # Why nothing or not all was pledged, as `market.sentences` keeps it: the message and its facts.
    reason = models.CharField(_("原因"), max_length=300, blank=True)
    reason_facts = models.JSONField(default=dict)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("每日认购的一天")
        verbose_name_plural = _("每日认购的日子")
        ordering = ("day",)
        constraints = (
            models.UniqueConstraint(fields=["standing", "day"], name="standing_day_once"),
            models.CheckConstraint(condition=Q(missing_g__gte=0), name="standing_day_missing_not_negative"),
            models.CheckConstraint(condition=Q(outcome__in=StandingOutcome.values), name="standing_day_outcome_known"),
        )

    def __str__(self) -> str:
        return f"{self.standing_id} {self.day} {self.outcome}"

    @property
    def reason_words(self) -> str:
        return sentence_of(self.reason, self.reason_facts)
