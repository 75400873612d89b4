"""Orders about places and roads: areas at risk, bans of large trucks, transfer points, distances corrected by hand."""

import datetime as dt
from decimal import Decimal
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from orders.logistics.enums import AreaState, RiskLevel

SMALL_G, MEDIUM_G = 2_000_000, 5_000_000


class RiskAreaQuerySet(models.QuerySet["RiskArea"]):
    def in_force(self, starts_at: dt.datetime, ends_at: dt.datetime) -> Self:
        """Published areas that hold at some moment from `starts_at` to `ends_at`."""
        over = Q(ends_at=None) | Q(ends_at__gt=starts_at)
        return self.filter(over, state=AreaState.PUBLISHED, starts_at__lt=ends_at)


class RiskArea(models.Model):
    """A place with its risk level from one moment to another, by an order that is named.

    `place` and all that lies in it belong to the area; `detail` narrows it in words (an estate, a building). With `radius_m` the
    area is the circle around `lat`, `lon` instead. Where `is_closed` trucks neither enter nor leave.
    """

    place = models.ForeignKey("market.Place", verbose_name=_("地点"), on_delete=models.PROTECT, related_name="+")
    detail = models.CharField(_("具体范围"), max_length=100, blank=True, help_text=_("小区、楼栋等"))
    level = models.CharField(_("风险等级"), max_length=6, choices=RiskLevel.choices)
    is_closed = models.BooleanField(_("封闭，车辆不得进出"), default=False)
    lat = models.FloatField(_("纬度"), null=True, blank=True)
    lon = models.FloatField(_("经度"), null=True, blank=True)
    radius_m = models.PositiveIntegerField(_("半径（米）"), null=True, blank=True)
    starts_at = models.DateTimeField(_("开始时间"))
    ends_at = models.DateTimeField(_("结束时间"), null=True, blank=True, help_text=_("留空为另行通知"))
    source = models.CharField(_("依据"), max_length=200)
    state = models.CharField(_("状态"), max_length=10, choices=AreaState.choices, default=AreaState.DRAFT)
    published_at = models.DateTimeField(null=True, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = RiskAreaQuerySet.as_manager()

    class Meta:
        verbose_name = _("风险区")
        verbose_name_plural = _("风险区")
        ordering = ("-starts_at", "-pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(starts_at__lt=F("ends_at")),
                name="risk_area_times_in_order",
                violation_error_message=_("结束时间要晚于开始时间"),
            ),
            models.CheckConstraint(
                condition=Q(radius_m=None) | Q(radius_m__gt=0, lat__isnull=False, lon__isnull=False),
                name="risk_area_circle_has_centre",
                violation_error_message=_("填了半径就要填中心点的经纬度"),
            ),
            models.CheckConstraint(condition=Q(level__in=RiskLevel.values), name="risk_area_level_known"),
            models.CheckConstraint(condition=Q(state__in=AreaState.values), name="risk_area_state_known"),
        )

    def __str__(self) -> str:
        return f"{self.place}{self.detail}"


class TransferPoint(models.Model):
    """Where goods change truck at the boundary of a closed area, crews without contact."""

    name = models.CharField(_("接驳点"), max_length=60, unique=True)
    keeper = models.ForeignKey(
        "market.Organisation", verbose_name=_("管理单位"), on_delete=models.PROTECT, related_name="+"
    )
    place = models.ForeignKey("market.Place", verbose_name=_("所在地"), on_delete=models.PROTECT, related_name="+")
    address = models.CharField(_("详细地址"), max_length=120, blank=True)
    lat = models.FloatField(_("纬度"))
    lon = models.FloatField(_("经度"))
    opens_at = models.TimeField(_("开放时间"), default=dt.time(4))
    closes_at = models.TimeField(_("关闭时间"), default=dt.time(22))
    contact_name = models.CharField(_("联系人"), max_length=40)
    contact_phone = models.CharField(_("联系电话"), max_length=20)
    is_active = models.BooleanField(_("使用中"), default=True)

    class Meta:
        verbose_name = _("接驳点")
        verbose_name_plural = _("接驳点")
        ordering = ("name",)
        constraints = (
            models.CheckConstraint(
                condition=Q(opens_at__lt=F("closes_at")),
                name="transfer_point_hours_in_order",
                violation_error_message=_("关闭时间要晚于开放时间"),
            ),
        )

    def __str__(self) -> str:
        return self.name


class TruckBan(models.Model):
    """Trucks rated above `over_g` may not stop in the place between two times of the day (large-truck bans)."""

    place = models.ForeignKey("market.Place", verbose_name=_("地点"), on_delete=models.PROTECT, related_name="+")
    over_g = models.BigIntegerField(_("核定载质量超过（克）"))
    from_time = models.TimeField(_("每天从"))
    to_time = models.TimeField(_("每天到"))
    since = models.DateField(_("开始日期"))
    until = models.DateField(_("结束日期"), null=True, blank=True)
    source = models.CharField(_("依据"), max_length=200)

    class Meta:
        verbose_name = _("货车限行")
        verbose_name_plural = _("货车限行")
        ordering = ("-since", "-pk")
        constraints = (
            models.CheckConstraint(condition=Q(over_g__gte=0), name="truck_ban_mass_not_negative"),
            models.CheckConstraint(
                condition=Q(from_time__lt=F("to_time")),
                name="truck_ban_times_in_order",
                violation_error_message=_("结束时间要晚于开始时间"),
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(since__lte=F("until")),
                name="truck_ban_days_in_order",
                violation_error_message=_("结束日期不能早于开始日期"),
            ),
        )

    def __str__(self) -> str:
        return f"{self.place} {self.from_time:%H:%M}–{self.to_time:%H:%M}"


class Yard(models.Model):
    """When a seller's collecting point loads, and how long its gate takes. Without one it loads from the harvest on."""

    organisation = models.OneToOneField(
        "market.Organisation", verbose_name=_("单位"), on_delete=models.PROTECT, related_name="yard"
    )
    opens_at = models.TimeField(_("开始装货"), default=dt.time(5))
    closes_at = models.TimeField(_("停止装货"), default=dt.time(20))
    gate_minutes = models.PositiveSmallIntegerField(_("进门时间（分钟）"), default=5)
    minutes_a_tonne = models.PositiveSmallIntegerField(_("每吨装货时间（分钟）"), default=10)

    class Meta:
        verbose_name = _("装货点")
        verbose_name_plural = _("装货点")
        constraints = (
            models.CheckConstraint(
                condition=Q(opens_at__lt=F("closes_at")),
                name="yard_hours_in_order",
                violation_error_message=_("停止装货的时间要晚于开始装货的时间"),
            ),
        )

    def __str__(self) -> str:
        return str(self.organisation)


class RoadDistance(models.Model):
    """A distance that a person corrected: metres and seconds from one place to another (township level), one way."""

    from_place = models.ForeignKey("market.Place", verbose_name=_("从"), on_delete=models.PROTECT, related_name="+")
    to_place = models.ForeignKey("market.Place", verbose_name=_("到"), on_delete=models.PROTECT, related_name="+")
    metres = models.PositiveIntegerField(_("路程（米）"))
    seconds = models.PositiveIntegerField(_("时间（秒）"))
    note = models.CharField(_("说明"), max_length=100, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("更正的路程")
        verbose_name_plural = _("更正的路程")
        ordering = ("from_place", "to_place")
        constraints = (
            models.UniqueConstraint(fields=["from_place", "to_place"], name="road_distance_once_a_way"),
            models.CheckConstraint(condition=Q(metres__gt=0) & Q(seconds__gt=0), name="road_distance_positive"),
        )

    def __str__(self) -> str:
        return f"{self.from_place} → {self.to_place}"


class TollRules(models.Model):
    """The toll exemption of fresh produce (绿色通道免费), dated. Not the epidemic pass.

    Percentages of the rated mass or the box volume; rates in yuan per motorway kilometre by size of truck.
    """

    since = models.DateField(_("开始日期"))
    until = models.DateField(_("结束日期"), null=True, blank=True)
    source = models.CharField(_("依据"), max_length=200)
    full_percent = models.PositiveSmallIntegerField(_("满载率要求（%）"), default=80)
    admixture_percent = models.PositiveSmallIntegerField(_("目录外鲜活农产品最多（%）"), default=20)
    yuan_small = models.DecimalField(_("2 吨以下（元/公里）"), max_digits=5, decimal_places=2)
    yuan_medium = models.DecimalField(_("2 到 5 吨（元/公里）"), max_digits=5, decimal_places=2)
    yuan_large = models.DecimalField(_("5 吨以上（元/公里）"), max_digits=5, decimal_places=2)
    motorway_percent = models.PositiveSmallIntegerField(_("高速里程占比（%）"), default=60)
    motorway_from_m = models.PositiveIntegerField(_("多长的路才走高速（米）"), default=12_000)

    class Meta:
        verbose_name = _("通行费规则")
        verbose_name_plural = _("通行费规则")
        ordering = ("-since", "-pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(until=None) | Q(since__lte=F("until")),
                name="toll_rules_days_in_order",
                violation_error_message=_("结束日期不能早于开始日期"),
            ),
            models.CheckConstraint(
                condition=Q(full_percent__lte=100) & Q(admixture_percent__lte=100) & Q(motorway_percent__lte=100),
                name="toll_rules_percentages",
                violation_error_message=_("百分比最多 100"),
            ),
        )

    def __str__(self) -> str:
        return self.source

    def rate_for(self, rated_g: int) -> Decimal:
        """Yuan a kilometre for a truck of this rated mass. Classes of goods vehicles (JT/T 489-2003) hold their upper end."""
        if rated_g <= SMALL_G:
            return self.yuan_small
        return self.yuan_medium if rated_g <= MEDIUM_G else self.yuan_large
