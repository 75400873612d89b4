"""A truck's trip, its stops in order, and the loads on it."""

from typing import Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from orders.logistics.enums import OPEN_TRIPS, RUNNING_TRIPS, LoadState, StopKind, TripState


class TripQuerySet(models.QuerySet["Trip"]):
    def open(self) -> Self:
        return self.filter(state__in=OPEN_TRIPS)


class Trip(models.Model):
    """One truck with one driver on one day. State is changed by `actions.trips` and `actions.road` only."""

    day = models.DateField(_("日期"))
    truck = models.ForeignKey("logistics.Truck", on_delete=models.PROTECT, related_name="trips")
    driver = models.ForeignKey("logistics.Driver", on_delete=models.PROTECT, related_name="trips")
    green_pass = models.ForeignKey("logistics.Pass", null=True, on_delete=models.PROTECT, related_name="trips")
    run = models.ForeignKey("logistics.PlanRun", null=True, on_delete=models.SET_NULL, related_name="trips")
    state = models.CharField(_("状态"), max_length=12, choices=TripState.choices, default=TripState.PLANNED)
    is_locked = models.BooleanField(_("已谈好，不再改排"), default=False)
    rescues = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="rescued_by")
    starts_at = models.DateTimeField(_("计划出发"))
    ends_at = models.DateTimeField(_("计划结束"))
    distance_m = models.PositiveIntegerField(_("里程（米）"))
    created_at = models.DateTimeField(auto_now_add=True)

    objects = TripQuerySet.as_manager()

    class Meta:
        verbose_name = _("车次")
        verbose_name_plural = _("车次")
        ordering = ("day", "starts_at", "pk")
        constraints = (
            models.CheckConstraint(condition=Q(starts_at__lt=F("ends_at")), name="trip_times_in_order"),
            models.UniqueConstraint(
                fields=["truck"],
                condition=Q(state__in=sorted(RUNNING_TRIPS)),
                name="trip_one_running_a_truck",
            ),
            models.CheckConstraint(condition=Q(state__in=TripState.values), name="trip_state_known"),
        )
        indexes = (models.Index(fields=["day", "state"], name="trip_by_day"),)

    def __str__(self) -> str:
        return f"{self.day} {self.truck}"


class Stop(models.Model):
    """One halt: all that is loaded or unloaded there at once. `lat`, `lon` are copied so that the papers stay true."""

    trip = models.ForeignKey(Trip, on_delete=models.CASCADE, related_name="stops")
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=8, choices=StopKind.choices)
    organisation = models.ForeignKey("market.Organisation", on_delete=models.PROTECT, related_name="+")
    place = models.ForeignKey("market.Place", on_delete=models.PROTECT, related_name="+")
    transfer_point = models.ForeignKey(
        "logistics.TransferPoint", null=True, on_delete=models.PROTECT, related_name="stops"
    )
    is_transfer = models.BooleanField(_("换车"), default=False)
    code = models.CharField(_("交接码"), max_length=6, blank=True)
    dock = models.ForeignKey("orders.Dock", null=True, on_delete=models.PROTECT, related_name="stops")
    address = models.CharField(max_length=200)
    contact_name = models.CharField(max_length=40)
    contact_phone = models.CharField(max_length=20)
    lat = models.FloatField()
    lon = models.FloatField()
    planned_at = models.DateTimeField(_("计划到达"))
    arrived_at = models.DateTimeField(_("实际到达"), null=True)
    departed_at = models.DateTimeField(_("实际离开"), null=True)

    class Meta:
        verbose_name = _("停靠点")
        verbose_name_plural = _("停靠点")
        ordering = ("trip", "position")
        constraints = (
            models.UniqueConstraint(fields=["trip", "position"], name="stop_position_once"),
            models.CheckConstraint(condition=Q(kind__in=StopKind.values), name="stop_kind_known"),
        )

    def __str__(self) -> str:
        return f"{self.position} {self.address}"


class LoadQuerySet(models.QuerySet["Load"]):
    def live(self) -> Self:
        return self.exclude(state=LoadState.UNPLANNED)

    def first_links(self) -> Self:
        """Of goods that change truck only the load that left the yard, so that no gram is counted twice."""
        return self.filter(continues=None)

    def last_links(self) -> Self:
        """Of goods that change truck only the load that is received. Of a broken link no part is on another truck."""
        onward = Load.objects.live().filter(continues=OuterRef("pk"))
        return self.filter(~Exists(onward)).exclude(state=LoadState.HANDED_OVER)


class Load(models.Model):
    """A part of an allocation on a trip. Planned and loaded grams are different facts; received grams are receipts.

    Goods that change truck are a chain of loads: each `continues` the one before. The first link is planned against the
    allocation, the last one is received; what is handed over and what is missing in between is in `Handover`.
    """

    trip = models.ForeignKey(Trip, on_delete=models.PROTECT, related_name="loads")
    allocation = models.ForeignKey("orders.Allocation", on_delete=models.PROTECT, related_name="loads")
    pickup = models.ForeignKey(Stop, on_delete=models.PROTECT, related_name="pickups")
    delivery = models.ForeignKey(Stop, on_delete=models.PROTECT, related_name="deliveries")
    continues = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="onward")
    state = models.CharField(max_length=12, choices=LoadState.choices, default=LoadState.PLANNED)
    planned_g = models.BigIntegerField(_("计划（克）"))
    loaded_g = models.BigIntegerField(_("实装（克）"), null=True)

    objects = LoadQuerySet.as_manager()

    class Meta:
        verbose_name = _("装载")
        verbose_name_plural = _("装载")
        ordering = ("trip", "pk")
        constraints = (
            models.CheckConstraint(condition=Q(planned_g__gt=0), name="load_planned_positive"),
            models.CheckConstraint(
                condition=Q(loaded_g=None) | Q(loaded_g__gte=0) & Q(loaded_g__lte=F("planned_g")),
                name="load_loaded_within_planned",
                violation_error_message=_("实装量不能超过计划量"),
            ),
            # A truck may come twice for parts of one allocation; between the same two halts it is one load.
            models.UniqueConstraint(
                fields=["allocation", "pickup", "delivery"],
                condition=~Q(state=LoadState.UNPLANNED),
                name="load_once_between_two_stops",
            ),
            models.CheckConstraint(condition=Q(state__in=LoadState.values), name="load_state_known"),
        )

    def __str__(self) -> str:
        return f"{self.trip_id}: {self.planned_g} g"

    @property
    def is_live(self) -> bool:
        return self.state != LoadState.UNPLANNED

    @property
    def riding_g(self) -> int:
        """What the truck carries of it: what was loaded, before that what is planned. What stayed behind rides no more."""
        return self.planned_g if self.loaded_g is None else self.loaded_g

    @property
    def left_behind_g(self) -> int:
        """What was planned and stayed in the yard."""
        return self.planned_g - self.riding_g
