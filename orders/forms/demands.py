"""Asking for produce openly (求购), and filtering what others ask for."""

import datetime as dt
import uuid
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django_filters import FilterSet
from django_filters.filters import Filter

from market.enums import Grade, PriceUnit
from market.filters import CountyField, ProduceField
from market.models import Produce
from market.queries.reference import KnownPlace, KnownProduce, reference
from orders.actions.demands import MAX_KM, DemandTerms
from orders.forms.fields import day_field, key_field
from orders.forms.pledges import DeliveryForm, RangeForm, as_it_is, docks_of_wish, likely_window
from orders.models import Demand, Dock

BY_WEIGHT = [(unit.value, unit.label) for unit in (PriceUnit.JIN, PriceUnit.KG, PriceUnit.TONNE)]
TOO_LONG = {"max_length": _("写得太长，请写短一点")}


def price_field(label: Any, *, required: bool) -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        required=required,
        min_value=Decimal("0.01"),
        max_digits=9,
        decimal_places=2,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "maxlength": 10}),
        error_messages={
            "required": _("请写单价，例如 1.20"),
            "invalid": _("单价要写成数字，例如 1.20"),
            "min_value": _("单价要大于零，例如 1.20"),
            "max_digits": _("单价太大，请检查"),
            "max_whole_digits": _("单价太大，请检查"),
            "max_decimal_places": _("单价最多写到分，例如 1.55"),
        },
    )


def unit_field() -> forms.ChoiceField:
    return forms.ChoiceField(
        label=_("计价单位"), choices=BY_WEIGHT, error_messages={"invalid_choice": _("请选斤、公斤或吨")}
    )


_CONDITIONS = ("last_day", "variety", "grade_at_least", "price_at_most", "price_unit", "km_at_most", "is_whole")


class DemandTermsForm(RangeForm, DeliveryForm):
    """What of a demand may be said otherwise later."""

    last_day = day_field(_("到哪天"))
    variety = forms.CharField(label=_("品种"), max_length=40, required=False, error_messages=TOO_LONG)
    grade_at_least = forms.ChoiceField(
        label=_("等级不低于"),
        required=False,
        choices=[("", _("不要求")), *((g.value, g.label) for g in Grade if g != Grade.MIXED)],
        error_messages={"invalid_choice": _("请从列表里选等级")},
    )
    price_at_most = price_field(_("单价不高于"), required=False)
    price_unit = unit_field()
    km_at_most = forms.IntegerField(
        label=_("路程不超过"),
        required=False,
        min_value=1,
        max_value=MAX_KM,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "maxlength": 4}),
        error_messages={
            "invalid": _("路程要写成数字，例如 60"),
            "min_value": _("路程至少 1 公里"),
            "max_value": _("路程最多写 2000 公里"),
        },
    )
    is_whole = forms.BooleanField(label=_("不够就不要（一天的保底量要一次供足）"), required=False)

    def __init__(self, *args: Any, docks: Sequence[Dock], **kwargs: Any) -> None:
        super().__init__(*args, docks=docks, **kwargs)
        self.fields["quantity"].label = _("每天要多少")

    def terms(self) -> DemandTerms:
        said = self.cleaned_data
        facts = {**self.facts(), **self.range_facts(), **{name: said[name] for name in _CONDITIONS}}
        return DemandTerms(**{**facts, "fresh_hours": facts["fresh_hours"] or 0})


class DemandForm(DemandTermsForm):
    """A new demand. Costs one statement for the produce when it is valid."""

    produce = forms.TypedChoiceField(
        label=_("要什么"),
        error_messages={"required": _("请选要买的农产品"), "invalid_choice": _("请从列表里选农产品")},
    )
    first_day = day_field(_("从哪天"))
    key = key_field()

    def __init__(self, *args: Any, docks: Sequence[Dock], produce: str = "", **kwargs: Any) -> None:
        super().__init__(*args, docks=docks, **kwargs)
        known = reference().by_slug
        field = self.fields["produce"]
        field.choices = [("", _("请选")), *((slug, one.name) for slug, one in known.items())]  # type: ignore[attr-defined]
        field.coerce = lambda slug: Produce.objects.get(pk=known[slug].id)  # type: ignore[attr-defined]
        if not self.is_bound:
            tomorrow = timezone.localdate() + dt.timedelta(days=1)
            self.initial = {
                "key": uuid.uuid4(),
                "first_day": tomorrow,
                "last_day": tomorrow,
                "produce": produce,
                **likely_window(tomorrow, docks),
            }


class DemandChangeForm(DemandTermsForm):
    """Shows what the demand says now."""

    def __init__(self, *args: Any, demand: Demand, docks: Sequence[Dock], **kwargs: Any) -> None:
        initial = {**as_it_is(demand), **{name: getattr(demand, name) for name in _CONDITIONS}}
        super().__init__(*args, docks=docks_of_wish(demand, docks), initial=initial, **kwargs)
        self.fields["fresh_hours"].offer(demand.fresh_hours)  # type: ignore[attr-defined]


def _filter(field: type[forms.Field], method: str) -> Filter:
    made = Filter(method=method, label="")
    made.field_class = field
    return made


class WantedFilter(FilterSet):
    """What a reader of the list of demands may ask for; wrong values get a sentence and are left out."""

    produce = _filter(ProduceField, "by_produce")
    county = _filter(CountyField, "by_county")

    class Meta:
        model = Demand
        fields: list[str] = []

    @cached_property
    def asked(self) -> dict[str, Any]:
        self.form.errors  # noqa: B018 - validates
        return {name: value for name, value in self.form.cleaned_data.items() if value}

    @property
    def sentences(self) -> list[str]:
        return [str(errors[0]) for errors in self.errors.values()]

    def filter_queryset(self, demands: QuerySet[Demand]) -> QuerySet[Demand]:
        for name, value in self.asked.items():
            demands = self.filters[name].filter(demands, value)
        return demands

    def by_produce(self, demands: QuerySet[Demand], _name: str, value: KnownProduce) -> QuerySet[Demand]:
        return demands.filter(produce=value.id)

    def by_county(self, demands: QuerySet[Demand], _name: str, value: KnownPlace) -> QuerySet[Demand]:
        """By where it is to be brought."""
        return demands.filter(dock__place__code__startswith=value.prefix)
