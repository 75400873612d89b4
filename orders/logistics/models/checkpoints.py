"""Checkpoints, their devices, every visit of a truck to one, and the alarms that follow."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from orders.logistics.enums import AlarmKind, Verdict, VisitState


class Checkpoint(models.Model):
    """A place where passes are checked. Its officers are the members (role officer) of its organisation."""

    organisation = models.ForeignKey(
        "market.Organisation", verbose_name=_("单位"), on_delete=models.PROTECT, related_name="checkpoints"
    )
    name = models.CharField(_("查验点"), max_length=60, unique=True)
    place = models.ForeignKey("market.Place", verbose_name=_("所在地"), on_delete=models.PROTECT, related_name="+")
    lat = models.FloatField(_("纬度"), null=True, blank=True)
    lon = models.FloatField(_("经度"), null=True, blank=True)
    is_active = models.BooleanField(_("使用中"), default=True)

    class Meta:
        verbose_name = _("查验点")
        verbose_name_plural = _("查验点")
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class CheckpointDevice(models.Model):
    """A phone that scans for a checkpoint. Its records form a chain: `last_seq` and `last_hash` are the newest that arrived."""

    uuid = models.UUIDField(unique=True)
    checkpoint = models.ForeignKey(
        Checkpoint, verbose_name=_("查验点"), on_delete=models.PROTECT, related_name="devices"
    )
    registered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    last_seq = models.PositiveIntegerField(default=0)
    last_hash = models.CharField(max_length=64, blank=True)
    last_seen_at = models.DateTimeField(_("最近同步"), null=True, blank=True)
    bundle_serial = models.PositiveIntegerField(_("核验包编号"), null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("查验设备")
        verbose_name_plural = _("查验设备")
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"{self.checkpoint} {str(self.uuid)[:8]}"


class CheckpointVisit(models.Model):
    """One scan at a checkpoint, as the device recorded it, and what the officer decided. Never edited but for the decision.

    `seq`, `previous_hash` and `hash` chain the records of a device. `token` is what the code said, whether we know it or not.
    What the server said when the record arrived stands beside the device's verdict and is in no hash.
    """

    checkpoint = models.ForeignKey(
        Checkpoint, verbose_name=_("查验点"), on_delete=models.PROTECT, related_name="visits"
    )
    device = models.ForeignKey(CheckpointDevice, null=True, on_delete=models.PROTECT, related_name="visits")
    seq = models.PositiveIntegerField(null=True)
    previous_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64, blank=True)
    code = models.ForeignKey(
        "logistics.PassCode", null=True, blank=True, on_delete=models.PROTECT, related_name="visits"
    )
    trip = models.ForeignKey(
        "logistics.Trip", null=True, blank=True, on_delete=models.PROTECT, related_name="checkpoint_visits"
    )
    token = models.CharField(max_length=32, blank=True)
    plate = models.CharField(_("车牌号"), max_length=10, blank=True)
    verdict = models.CharField(_("结论"), max_length=8, choices=Verdict.choices)
    reasons = models.JSONField(default=list, help_text=_("结论的原因代码"))
    server_verdict = models.CharField(
        _("服务器的结论"),
        max_length=8,
        choices=Verdict.choices,
        blank=True,
        help_text=_("收到记录时再问一遍；不认得的码为空"),
    )
    server_reasons = models.JSONField(default=list, help_text=_("服务器结论的原因代码"))
    bundle_serial = models.PositiveIntegerField(null=True)
    state = models.CharField(_("处理"), max_length=12, choices=VisitState.choices, default=VisitState.SEEN)
    decision_reason = models.CharField(_("处理原因"), max_length=200, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("查验员"), on_delete=models.PROTECT, related_name="+"
    )
    seen_at = models.DateTimeField(_("查验时间"), help_text=_("设备的时间"))
    received_at = models.DateTimeField(_("收到时间"), auto_now_add=True)

    class Meta:
        verbose_name = _("查验记录")
        verbose_name_plural = _("查验记录")
        ordering = ("-seen_at", "-pk")
        constraints = (
            models.UniqueConstraint(fields=["device", "seq"], name="visit_seq_once_a_device"),
            models.CheckConstraint(condition=Q(verdict__in=Verdict.values), name="visit_verdict_known"),
            models.CheckConstraint(
                condition=Q(server_verdict__in=["", *Verdict.values]), name="visit_server_verdict_known"
            ),
            models.CheckConstraint(condition=Q(state__in=VisitState.values), name="visit_state_known"),
        )
        indexes = (
            models.Index(fields=["token", "seen_at"], name="visit_by_token"),
            models.Index(fields=["checkpoint", "seen_at"], name="visit_by_checkpoint"),
        )

    def __str__(self) -> str:
        return f"{self.plate} {self.seen_at:%Y-%m-%d %H:%M}"


class CheckpointAlarm(models.Model):
    """Something at a checkpoint that a person must look into."""

    kind = models.CharField(_("类别"), max_length=14, choices=AlarmKind.choices)
    visit = models.ForeignKey(CheckpointVisit, on_delete=models.PROTECT, related_name="alarms")
    other_visit = models.ForeignKey(CheckpointVisit, null=True, on_delete=models.PROTECT, related_name="+")
    handled_at = models.DateTimeField(_("处理时间"), null=True, blank=True)
    handled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    note = models.CharField(_("处理结果"), max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("查验警报")
        verbose_name_plural = _("查验警报")
        ordering = ("-pk",)
        constraints = (
            models.UniqueConstraint(fields=["kind", "visit"], name="alarm_once_a_visit"),
            models.CheckConstraint(condition=Q(kind__in=AlarmKind.values), name="alarm_kind_known"),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.visit}"
