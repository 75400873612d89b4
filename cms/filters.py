"""The filters of the desks' lists."""

import datetime as dt
from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet

from cms.queries.waiting import at_stage, listing_ids, tasks_waiting_for
from market.enums import ListingStage, OrganisationKind, VerificationState
from market.models import Listing, Organisation, Place, PriceCeiling, Produce

ME = "me"
AGES = [(2, _("超过 2 小时")), (12, _("超过 12 小时")), (24, _("超过 1 天")), (48, _("超过 2 天"))]


class ListingFilterSet(WagtailFilterSet):
    """Works on `cms.queries.waiting.listings_for_review`."""

    waiting = django_filters.ChoiceFilter(
        label=_("审核"),
        choices=[(ME, _("等我审核"))],
        empty_label=_("全部"),
        widget=forms.RadioSelect,
        method="filter_waiting",
    )
    stage = django_filters.ChoiceFilter(
        label=_("状态"),
        choices=ListingStage.choices,
        empty_label=_("全部"),
        widget=forms.RadioSelect,
        method="filter_stage",
    )
    age = django_filters.ChoiceFilter(
        label=_("已等待"), choices=AGES, empty_label=_("不限"), widget=forms.RadioSelect, method="filter_age"
    )
    produce = django_filters.ModelChoiceFilter(
        label=_("农产品"), queryset=Produce.objects.filter(is_active=True), empty_label=_("全部")
    )
    county = django_filters.ModelChoiceFilter(
        label=_("区县"), queryset=Place.objects.counties(), empty_label=_("全部"), method="filter_county"
    )
    seller = django_filters.CharFilter(label=_("卖方"), field_name="seller__name", lookup_expr="icontains")

    class Meta:
        model = Listing
        fields: list[str] = []

    def filter_waiting(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        return queryset.filter(pk__in=listing_ids(tasks_waiting_for(self.request.user))) if value == ME else queryset

    def filter_stage(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        return queryset.filter(at_stage(value, timezone.localdate()))

    def filter_age(self, queryset: QuerySet, _name: str, value: Any) -> QuerySet:
        return queryset.filter(waiting_since__lte=timezone.now() - dt.timedelta(hours=int(value)))

    def filter_county(self, queryset: QuerySet, _name: str, value: Place) -> QuerySet:
        code = value.county_code
        return queryset.filter(place_id__gte=code, place_id__lt=code + "~")


class OrganisationFilterSet(WagtailFilterSet):
    verification = django_filters.ChoiceFilter(
        label=_("核实情况"), choices=VerificationState.choices, empty_label=_("全部"), widget=forms.RadioSelect
    )
    kind = django_filters.ChoiceFilter(label=_("类型"), choices=OrganisationKind.choices, empty_label=_("全部"))
    county = django_filters.ModelChoiceFilter(
        label=_("区县"), queryset=Place.objects.counties(), empty_label=_("全部"), method="filter_county"
    )

    class Meta:
        model = Organisation
        fields: list[str] = []

    def filter_county(self, queryset: QuerySet, _name: str, value: Place) -> QuerySet:
        code = value.county_code
        return queryset.filter(place_id__gte=code, place_id__lt=code + "~")


class CeilingFilterSet(WagtailFilterSet):
    force = django_filters.ChoiceFilter(
        label=_("状态"),
        choices=[("on", _("生效中或还没开始")), ("off", _("已取消或已过期"))],
        empty_label=_("全部"),
        widget=forms.RadioSelect,
        method="filter_force",
    )
    produce = django_filters.ModelChoiceFilter(
        label=_("农产品"), queryset=Produce.objects.filter(is_active=True), empty_label=_("全部")
    )

    class Meta:
        model = PriceCeiling
        fields: list[str] = []

    def filter_force(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        over = Q(last_day__lt=timezone.localdate()) | Q(ended_at__isnull=False)
        return queryset.filter(over) if value == "off" else queryset.exclude(over)


class ProduceFilterSet(WagtailFilterSet):
    class Meta:
        model = Produce
        fields = ["kind", "directory_status", "is_active"]
