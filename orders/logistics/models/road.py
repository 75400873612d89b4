"""What happens on the road: seals, hand-overs, breakdowns, reports from a phone, overrides, papers that came back."""

from typing import Any, NoReturn

from django.conf import settings
from django.core.files.storage import storages
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from orders.logistics.enums import BreakdownState, EvidenceKind, PaperKind


def private_storage() -> Any:
    return storages["private"]


class TripOverride(models.Model):
    """A supervisor lets a trip run against these reasons, in writing, until a moment. Printed on the papers. Append-only."""

    trip = models.ForeignKey("logistics.Trip", on_delete=models.PROTECT, related_name="overrides")
    reasons = models.JSONField(default=list, help_text=_("被放行的原因代码"))
    why = models.CharField(_("放行理由"), max_length=200)
    until = models.DateTimeField(_("放行到"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("特批放行")
        verbose_name_plural = _("特批放行")
        ordering = ("pk",)
        constraints = (models.CheckConstraint(condition=~Q(why=""), name="trip_override_says_why"),)

    def __str__(self) -> str:
        return f"{self.trip} {self.why}"


class Seal(models.Model):
    """A numbered seal on a truck's doors, from one moment to another."""

    trip = models.ForeignKey("logistics.Trip", on_delete=models.PROTECT, related_name="seals")
    number = models.CharField(_("封条号"), max_length=20)
    put_at = models.DateTimeField(_("上封时间"))
    put_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    broken_at = models.DateTimeField(_("拆封时间"), null=True, blank=True)
    broken_reason = models.CharField(_("拆封原因"), max_length=100, blank=True)

    class Meta:
        verbose_name = _("封条")
        verbose_name_plural = _("封条")
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(fields=["number"], name="seal_number_once"),
            models.CheckConstraint(
                condition=Q(broken_at=None, broken_reason="") | Q(broken_at__isnull=False) & ~Q(broken_reason=""),
                name="seal_broken_says_why",
            ),
        )

    def __str__(self) -> str:
        return self.number


class Handover(models.Model):
    """Goods changed hands at a stop: from a yard to a driver, from a driver to a dock, or from driver to driver. Append-only.

    `with_code` is True where the one side typed the code that the other side's phone or paper showed; without it `reason` says why.
    For a change of truck `from_load` and `to_load` are two links of the load's chain, and loaded = handed over + `missing_g`.
    """

    stop = models.ForeignKey("logistics.Stop", on_delete=models.PROTECT, related_name="handovers")
    other_stop = models.ForeignKey("logistics.Stop", null=True, on_delete=models.PROTECT, related_name="+")
    from_load = models.ForeignKey("logistics.Load", null=True, on_delete=models.PROTECT, related_name="given")
    to_load = models.ForeignKey("logistics.Load", null=True, on_delete=models.PROTECT, related_name="taken")
    grams = models.BigIntegerField(_("交接数量（克）"), null=True)
    missing_g = models.BigIntegerField(_("短少（克）"), default=0)
    with_code = models.BooleanField(_("对过交接码"), default=False)
    reason = models.CharField(_("原因"), max_length=200, blank=True)
    old_seals = models.CharField(_("原封条"), max_length=200, blank=True)
    new_seals = models.CharField(_("新封条"), max_length=200, blank=True)
    key = models.UUIDField(editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("交接时间"))

    class Meta:
        verbose_name = _("交接")
        verbose_name_plural = _("交接")
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(fields=["stop", "key"], name="handover_written_once"),
            models.CheckConstraint(condition=Q(with_code=True) | ~Q(reason=""), name="handover_without_code_says_why"),
            models.CheckConstraint(condition=Q(missing_g__gte=0), name="handover_missing_not_negative"),
            models.CheckConstraint(condition=Q(grams=None) | Q(grams__gte=0), name="handover_grams_not_negative"),
        )

    def __str__(self) -> str:
        return f"{self.stop_id} {self.at:%Y-%m-%d %H:%M}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise TypeError("hand-overs are never edited")
        super().save(*args, **kwargs)

    def delete(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        raise TypeError("hand-overs are never deleted")


class Breakdown(models.Model):
    """A truck stands with its goods aboard. Ended by repair, by rescue trucks that took the goods, or by hand."""

    trip = models.ForeignKey("logistics.Trip", on_delete=models.PROTECT, related_name="breakdowns")
    state = models.CharField(_("状态"), max_length=8, choices=BreakdownState.choices, default=BreakdownState.OPEN)
    what = models.CharField(_("情况"), max_length=200)
    place = models.ForeignKey("market.Place", verbose_name=_("附近"), on_delete=models.PROTECT, related_name="+")
    address = models.CharField(_("位置"), max_length=120, blank=True)
    lat = models.FloatField(null=True, blank=True)
    lon = models.FloatField(null=True, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("发生时间"))
    ended_at = models.DateTimeField(_("结束时间"), null=True, blank=True)
    key = models.UUIDField(editable=False)

    class Meta:
        verbose_name = _("车辆故障")
        verbose_name_plural = _("车辆故障")
        ordering = ("-pk",)
        constraints = (
            models.UniqueConstraint(
                fields=["trip"], condition=Q(state=BreakdownState.OPEN), name="breakdown_one_open_a_trip"
            ),
            models.UniqueConstraint(fields=["trip", "key"], name="breakdown_written_once"),
            models.CheckConstraint(condition=Q(state__in=BreakdownState.values), name="breakdown_state_known"),
        )

    def __str__(self) -> str:
        return f"{self.trip} {self.what}"


class RoadReport(models.Model):
    """One action that a driver's phone sent, at once or later, and what became of it. A key is carried out once."""

    key = models.UUIDField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    trip = models.ForeignKey("logistics.Trip", null=True, on_delete=models.PROTECT, related_name="road_reports")
    verb = models.CharField(max_length=20)
    facts = models.JSONField(default=dict)
    made_at = models.DateTimeField(_("手机上的时间"))
    received_at = models.DateTimeField(_("收到时间"), auto_now_add=True)
    refusal = models.CharField(_("没有办成的原因"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("路上报告")
        verbose_name_plural = _("路上报告")
        ordering = ("pk",)
        constraints = (models.UniqueConstraint(fields=["user", "key"], name="road_report_once"),)

    def __str__(self) -> str:
        return f"{self.verb} {self.made_at:%Y-%m-%d %H:%M}"


class Paper(models.Model):
    """A signed sheet that is expected back, and whether it came."""

    trip = models.ForeignKey("logistics.Trip", on_delete=models.PROTECT, related_name="papers")
    kind = models.CharField(_("单据"), max_length=8, choices=PaperKind.choices)
    copy = models.PositiveSmallIntegerField(_("第几联"))
    printed_at = models.DateTimeField(_("打印时间"), null=True, blank=True)
    returned_at = models.DateTimeField(_("收回时间"), null=True, blank=True)
    returned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("单据")
        verbose_name_plural = _("单据")
        ordering = ("kind", "copy")
        constraints = (
            models.UniqueConstraint(fields=["trip", "kind", "copy"], name="paper_copy_once"),
            models.CheckConstraint(condition=Q(kind__in=PaperKind.values), name="paper_kind_known"),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.copy}"


class Evidence(models.Model):
    """A photograph of goods or of a signed sheet, cleaned before it is stored, under no public address. Append-only."""

    kind = models.CharField(_("类别"), max_length=8, choices=EvidenceKind.choices)
    trip = models.ForeignKey("logistics.Trip", on_delete=models.PROTECT, related_name="evidence")
    load = models.ForeignKey("logistics.Load", null=True, on_delete=models.PROTECT, related_name="evidence")
    stop = models.ForeignKey("logistics.Stop", null=True, on_delete=models.PROTECT, related_name="evidence")
    receipt = models.ForeignKey("logistics.Receipt", null=True, on_delete=models.PROTECT, related_name="evidence")
    dispute = models.ForeignKey("logistics.Dispute", null=True, on_delete=models.PROTECT, related_name="evidence")
    paper = models.ForeignKey(Paper, null=True, on_delete=models.PROTECT, related_name="evidence")
    picture = models.ImageField(upload_to="evidence/%Y/%m", storage=private_storage)
    key = models.UUIDField(editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("照片凭证")
        verbose_name_plural = _("照片凭证")
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(fields=["trip", "key"], name="evidence_written_once"),
            models.CheckConstraint(condition=Q(kind__in=EvidenceKind.values), name="evidence_kind_known"),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"
