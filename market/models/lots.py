"""The stock of one listing for one day."""

import datetime as dt
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from market.days import moment
from market.enums import Grade, ProduceKind

HARVEST = dt.time(5)  # when the day's goods are picked


def next_harvest(day: dt.date) -> dt.datetime:
    """When the goods of the following day come in."""
    return moment(day + dt.timedelta(days=1), HARVEST)


class LotQuerySet(models.QuerySet["Lot"]):
    def open(self, at: dt.datetime | None = None) -> Self:
        """On offer: published, not withdrawn, not spoilt at `at` (now)."""
        return self.filter(is_open=True, best_before__gt=at or timezone.now())

    def on_board(self, at: dt.datetime | None = None) -> Self:
        """On offer for today or a later day: what the public board lists at `at` (now)."""
        at = at or timezone.now()
        return self.open(at).filter(day__gte=timezone.localdate(at))

    def for_day(self, day: dt.date) -> Self:
        return self.filter(day=day)

    def with_stock(self) -> Self:
        return self.filter(reserved_g__lt=F("offered_g"))


class Lot(models.Model):
    """What one listing offers on one day, and how much of it is promised.

    Made and adjusted by `market.actions.lots` when a revision is published; `reserved_g` is moved only by `reserve`,
    `release` and `withdraw_reserved` there, `withdrawn_g` by `withdraw_reserved` and `withdraw_stock`. The produce, kind, place, grade and price stand here again, so that the board reads one indexed table:
    they are copied at publication and never edited.
    """

    listing = models.ForeignKey("market.Listing", on_delete=models.PROTECT, related_name="lots")
    day = models.DateField(_("日期"))
    offered_g = models.BigIntegerField(_("供应（克）"))
    reserved_g = models.BigIntegerField(_("已认购（克）"), default=0)
    # Taken off this day's offer by the seller (spoilt, given away); a new publication keeps it off.
    withdrawn_g = models.BigIntegerField(_("已收回（克）"), default=0)
    best_before = models.DateTimeField(_("最晚时间"))
    is_open = models.BooleanField(_("在售"), default=True)

    seller = models.ForeignKey("market.Organisation", on_delete=models.PROTECT, related_name="lots")
    produce = models.ForeignKey("market.Produce", on_delete=models.PROTECT, related_name="lots", db_index=False)
    kind = models.CharField(_("品类"), max_length=10, choices=ProduceKind.choices)
    place_code = models.CharField(_("产地代码"), max_length=12)
    grade = models.CharField(_("等级"), max_length=10, choices=Grade.choices)
    # Yuan per kilogram for sorting and filtering only; what is paid is computed from the price as entered. NULL: 面议.
    price_per_kg = models.DecimalField(max_digits=12, decimal_places=4, null=True)

    objects = LotQuerySet.as_manager()

    class Meta:
        verbose_name = _("当日货源")
        verbose_name_plural = _("当日货源")
        constraints = (
            models.UniqueConstraint(fields=["listing", "day"], name="lot_once_a_day"),
            models.CheckConstraint(
                condition=Q(reserved_g__gte=0) & Q(reserved_g__lte=F("offered_g")),
                name="lot_never_oversold",
                violation_error_message=_("认购量不能超过供应量"),
            ),
            models.CheckConstraint(condition=Q(withdrawn_g__gte=0), name="lot_withdrawn_not_negative"),
            models.CheckConstraint(condition=Q(grade__in=Grade.values), name="lot_grade_known"),
            models.CheckConstraint(condition=Q(kind__in=ProduceKind.values), name="lot_kind_known"),
        )
        # The first answers every combination of filters from the index alone: a lot that does not fit, or is of a past day, is
        # passed over without being read. `reserved_g` stands in none: a pledge must not move index entries.
        indexes = (
            models.Index(
                fields=[
                    *("best_before", "day", "id"),
                    *("kind", "produce", "grade", "place_code", "price_per_kg", "offered_g"),
                ],
                condition=Q(is_open=True),
                name="lot_board_soonest",
            ),
            models.Index(fields=["produce", "best_before", "day"], condition=Q(is_open=True), name="lot_board_produce"),
            models.Index(fields=["place_code", "best_before"], condition=Q(is_open=True), name="lot_board_place"),
            models.Index(fields=["day", "best_before"], condition=Q(is_open=True), name="lot_board_day"),
            models.Index(fields=["price_per_kg", "id"], condition=Q(is_open=True), name="lot_board_price"),
            models.Index(fields=["offered_g", "id"], condition=Q(is_open=True), name="lot_board_offer"),
        )

    def __str__(self) -> str:
        return f"{self.listing} · {self.day}"

    @property
    def remaining_g(self) -> int:
        return self.offered_g - self.reserved_g

    @property
    def is_on_offer(self) -> bool:
        """`LotQuerySet.open` of a row that has been read."""
        return self.is_open and not self.is_spoilt

    @property
    def is_spoilt(self) -> bool:
        return self.best_before <= timezone.now()
