"""What a seller says is for sale. Content only: stock lives in `Lot`, a row no revision ever writes."""

import datetime as dt
from typing import Any, Self

from django.conf import settings
from django.core.validators import MaxLengthValidator, MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.models import (
    DraftStateMixin,
    LockableMixin,
    Orderable,
    PreviewableMixin,
    RevisionMixin,
    WorkflowMixin,
)

from market.enums import Grade, PriceUnit
from market.quantities import MAX_GRAMS, Pack

MAX_PHOTOS = 6
MAX_DAYS = 60
MAX_DAYS_AHEAD = 365


def public(path: str = "", at: dt.datetime | None = None) -> Q:
    """Live, and not past the revision's expiry at `at` (now): `expire_at` hides nothing at the minute by itself.

    `path` leads from another model to the listing ("listing__"). `Listing.is_public` says the same of a row that was read.
    """
    lasting = Q(**{f"{path}expire_at": None}) | Q(**{f"{path}expire_at__gt": at or timezone.now()})
    return Q(**{f"{path}live": True}) & lasting


class ListingQuerySet(models.QuerySet["Listing"]):
    def public(self) -> Self:
        return self.filter(public())


class Listing(WorkflowMixin, DraftStateMixin, LockableMixin, RevisionMixin, PreviewableMixin, ClusterableModel):
    """An offer of one kind of produce per day over some days.

    Written by `market.actions.listings`, published by the bureau through Wagtail's workflow; every way to publish ends
    in `publish` below, which makes the daily lots in the same transaction.
    """

    # The mixin's default is True, which would make every new row public at once.
    live = models.BooleanField(_("已上架"), default=False, editable=False)

    seller = models.ForeignKey(
        "market.Organisation", verbose_name=_("卖方"), on_delete=models.PROTECT, related_name="listings"
    )
    produce = models.ForeignKey(
        "market.Produce", verbose_name=_("农产品"), on_delete=models.PROTECT, related_name="listings"
    )
    variety = models.CharField(_("品种"), max_length=40, blank=True)
    grade = models.CharField(_("等级"), max_length=10, choices=Grade.choices, default=Grade.MIXED)
    quantity_per_day_g = models.BigIntegerField(
        _("每天供应（克）"), validators=[MinValueValidator(1), MaxValueValidator(MAX_GRAMS)]
    )
    quantity_typed = models.CharField(_("每天供应（原文）"), max_length=40)
    first_day = models.DateField(_("开始日期"))
    last_day = models.DateField(_("结束日期"))
    price = models.DecimalField(
        _("单价"), max_digits=9, decimal_places=2, null=True, blank=True, help_text=_("留空为面议")
    )
    price_unit = models.CharField(_("计价单位"), max_length=6, choices=PriceUnit.choices, default=PriceUnit.JIN)
    minimum_g = models.BigIntegerField(_("起订量（克）"), null=True, blank=True)
    minimum_typed = models.CharField(_("起订量（原文）"), max_length=40, blank=True)
    pack_word = models.CharField(_("包装"), max_length=10, blank=True)
    pack_g = models.PositiveIntegerField(_("每件重（克）"), null=True, blank=True)
    place = models.ForeignKey("market.Place", verbose_name=_("产地"), on_delete=models.PROTECT, related_name="listings")
    note = models.TextField(_("说明"), max_length=500, blank=True, validators=[MaxLengthValidator(500)])
    has_certificate = models.BooleanField(_("有合格证"), default=False)
    contact_name = models.CharField(_("联系人"), max_length=40)
    contact_phone = models.CharField(_("联系电话"), max_length=20)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("填报人"),
        on_delete=models.PROTECT,
        related_name="+",
        editable=False,
    )
    created_at = models.DateTimeField(_("填报时间"), auto_now_add=True)
    # The form's idempotency key: a second press of the button finds the first listing.
    submission_key = models.UUIDField(null=True, editable=False)

    objects = ListingQuerySet.as_manager()

    class Meta:
        verbose_name = _("货源")
        verbose_name_plural = _("货源")
        ordering = ("-pk",)
        constraints = (
            models.UniqueConstraint(fields=["seller", "submission_key"], name="listing_submitted_once"),
            models.CheckConstraint(
                condition=Q(quantity_per_day_g__gt=0),
                name="listing_quantity_positive",
                violation_error_message=_("每天供应量必须大于零"),
            ),
            models.CheckConstraint(
                condition=Q(first_day__lte=F("last_day")),
                name="listing_days_in_order",
                violation_error_message=_("结束日期不能早于开始日期"),
            ),
            models.CheckConstraint(
                condition=Q(price=None) | Q(price__gt=0),
                name="listing_price_positive",
                violation_error_message=_("单价必须大于零；不定价请选面议"),
            ),
            models.CheckConstraint(
                condition=Q(minimum_g=None) | Q(minimum_g__gt=0) & Q(minimum_g__lte=F("quantity_per_day_g")),
                name="listing_minimum_within_offer",
                violation_error_message=_("起订量不能超过每天供应量"),
            ),
            models.CheckConstraint(
                # NULL > 0 is unknown, and a CHECK lets the unknown pass: say "not null" too.
                condition=~Q(price_unit=PriceUnit.PACK) | Q(pack_g__isnull=False, pack_g__gt=0),
                name="listing_pack_price_has_pack",
                violation_error_message=_("按件计价要写明每件多重"),
            ),
            models.CheckConstraint(condition=Q(grade__in=Grade.values), name="listing_grade_known"),
            models.CheckConstraint(condition=Q(price_unit__in=PriceUnit.values), name="listing_price_unit_known"),
        )

    def __str__(self) -> str:
        parts = [self.produce.name, self.variety, self.get_grade_display(), self.place.name]
        return " · ".join(str(part) for part in parts if part)

    @property
    def pack(self) -> Pack | None:
        return Pack(self.pack_word, self.pack_g) if self.pack_word and self.pack_g else None

    def is_public(self, at: dt.datetime | None = None) -> bool:
        """What `public` asks of the database, of this row."""
        return self.live and (self.expire_at is None or self.expire_at > (at or timezone.now()))

    def publish(self, revision: Any, user: Any = None, **kwargs: Any) -> Any:
        """Publish `revision` and make the lots follow it; all or nothing. Every door to publication ends here."""
        from market.actions.lots import publish_with_lots  # noqa: PLC0415 - the action needs this model

        return publish_with_lots(self, super().publish, revision, user=user, **kwargs)

    def unpublish(self, *args: Any, **kwargs: Any) -> Any:
        """Take the listing off the board and close its lots; what is promised stays promised."""
        from market.actions.lots import unpublish_with_lots  # noqa: PLC0415 - the action needs this model

        return unpublish_with_lots(self, super().unpublish, *args, **kwargs)

    def get_preview_template(self, _request: Any, _mode_name: str) -> str:
        return "market/listing_preview.html"


class ListingPhoto(Orderable):
    """One of at most six photographs of a listing; part of the revision."""

    listing = ParentalKey(Listing, on_delete=models.CASCADE, related_name="photos")
    photo = models.ForeignKey("market.Photo", verbose_name=_("照片"), on_delete=models.PROTECT, related_name="+")

    class Meta(Orderable.Meta):
        verbose_name = _("照片")
        verbose_name_plural = _("照片")
