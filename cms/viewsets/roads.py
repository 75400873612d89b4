"""道路设置: bans of large trucks, transfer points, yards, corrected distances, toll rules. Saved through `actions.roads` only."""

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, FieldRowPanel, ObjectList
from wagtail.admin.ui.tables import Column
from wagtail.log_actions import log
from wagtail.snippets.views.snippets import CreateView, DeleteView, EditView, IndexView, SnippetViewSetGroup

from cms.policies import NarrowPolicy
from cms.viewsets.breadcrumbs import OurViewSet
from cms.viewsets.units import in_units, scaled_fields
from market.enums import SELLERS, PlaceLevel
from market.models import Organisation, Place
from orders.logistics.actions.roads import drop, keep, may_keep_roads
from orders.logistics.models import RoadDistance, TollRules, TransferPoint, TruckBan, Yard


class RoadForm(WagtailAdminModelForm):
    """Places down to the township, sellers for yards: short lists instead of thousands of villages. Units as people say them."""

    class Meta:
        error_messages: ClassVar[dict[str, dict[str, Any]]] = {
            "name": {"unique": _("已经有同名的接驳点，请换个名字，或者回到列表改那一个")},
            "organisation": {"unique": _("这个单位已经有装货点，请回到列表改那一个")},
            NON_FIELD_ERRORS: {"unique_together": _("这两个地点之间已经更正过，请回到列表改那一条")},
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        towns = Place.objects.filter(level__in=[PlaceLevel.COUNTY, PlaceLevel.TOWNSHIP]).order_by("code")
        for name in ("place", "from_place", "to_place"):
            if name in self.fields:
                self.fields[name].queryset = towns
        self.fields |= {name: field for name, field in scaled_fields().items() if name in self.fields}
        if isinstance(self.instance, Yard):
            self.fields["organisation"].queryset = Organisation.objects.filter(kind__in=SELLERS).order_by("name")


class KeepMixin:
    """Both saving views."""

    def save_instance(self) -> Any:
        with transaction.atomic():
            fact = keep(self.form.save(commit=False), by=self.request.user)  # type: ignore[attr-defined]
            self.has_content_changes = self.form.has_changed()  # type: ignore[attr-defined]
            log(instance=fact, action=self.log_action, content_changed=self.has_content_changes)  # type: ignore[attr-defined]
        return fact


class RoadCreateView(KeepMixin, CreateView):
    log_action = "wagtail.create"


class RoadEditView(KeepMixin, EditView):
    log_action = "wagtail.edit"


class RoadDeleteView(DeleteView):
    def delete_action(self) -> None:
        with transaction.atomic():
            log(instance=self.object, action="wagtail.delete")
            drop(self.object, by=self.request.user)


class RoadIndexView(IndexView):
    list_export: ClassVar[list[str]] = []

    @property
    def columns(self) -> list[Any]:  # without Wagtail's tick boxes: there is nothing to do in bulk
        return super().columns[1:]


class RoadPolicy(NarrowPolicy):
    """Asked of the action's own rule."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        return action in self.verbs and may_keep_roads(user)


class RoadViewSet(OurViewSet):
    """What the five have in common."""

    copy_view_enabled = False
    list_per_page = 50
    search_backend_name = None
    index_view_class = RoadIndexView
    add_view_class = RoadCreateView
    edit_view_class = RoadEditView
    delete_view_class = RoadDeleteView
    verbs: ClassVar[set[str]] = {"view", "add", "change"}

    @property
    def permission_policy(self) -> Any:
        return RoadPolicy(self.model, self.verbs)


def _panel(name: str) -> FieldPanel:
    """Organisations by a plain list: Wagtail's chooser speaks English of them."""
    return FieldPanel(name, widget=forms.Select) if name in {"organisation", "keeper"} else FieldPanel(name)


def _panels(*rows: Any) -> ObjectList:
    """A row is a field or several beside each other."""
    panels = [_panel(row) if isinstance(row, str) else FieldRowPanel([_panel(name) for name in row]) for row in rows]
    return ObjectList(panels, base_form_class=RoadForm)


def _amount(name: str) -> Column:
    """A column in the unit in which the form asks for it."""
    field = scaled_fields()[name]
    return Column(
        name, label=field.label, accessor=lambda row: in_units(getattr(row, name), field.scale), sort_key=name
    )


class TransferPointViewSet(RoadViewSet):
    model = TransferPoint
    icon = "site"
    menu_label = _("接驳点")
    list_display = (
        "name",
        "place",
        "opens_at",
        "closes_at",
        "contact_name",
        Column("is_active", label=_("使用中"), accessor=lambda one: _("是") if one.is_active else _("否")),
    )
    search_fields = ("name", "address")
    edit_handler = _panels(
        "name", "keeper", "place", "address", ("lat", "lon"), ("opens_at", "closes_at"), ("contact_name", "contact_phone"),
        "is_active",
    )  # fmt: skip


class TruckBanViewSet(RoadViewSet):
    model = TruckBan
    icon = "circle-xmark"
    menu_label = _("货车限行")
    list_display = (
        "place",
        _amount("over_g"),
        "from_time",
        "to_time",
        "since",
        "until",
    )
    search_fields = ("place__name_zh", "source")
    verbs: ClassVar[set[str]] = {"view", "add", "change", "delete"}
    edit_handler = _panels("place", "over_g", ("from_time", "to_time"), ("since", "until"), "source")


class YardViewSet(RoadViewSet):
    model = Yard
    icon = "home"
    menu_label = _("装货点")
    list_display = ("organisation", "opens_at", "closes_at", "gate_minutes", "minutes_a_tonne")
    search_fields = ("organisation__name",)
    verbs: ClassVar[set[str]] = {"view", "add", "change", "delete"}
    edit_handler = _panels("organisation", ("opens_at", "closes_at"), ("gate_minutes", "minutes_a_tonne"))


class RoadDistanceViewSet(RoadViewSet):
    model = RoadDistance
    icon = "arrows-up-down"
    menu_label = _("更正的路程")
    list_display = (
        "from_place",
        "to_place",
        _amount("metres"),
        _amount("seconds"),
        "note",
        Column("by", label=_("更正人"), accessor="by"),
    )
    search_fields = ("from_place__name_zh", "to_place__name_zh", "note")
    verbs: ClassVar[set[str]] = {"view", "add", "change", "delete"}
    edit_handler = _panels(("from_place", "to_place"), ("metres", "seconds"), "note")


class TollRulesViewSet(RoadViewSet):
    model = TollRules
    icon = "doc-full"
    menu_label = _("通行费规则")
    list_display = ("source", "since", "until", "full_percent")
    search_fields = ("source",)
    edit_handler = _panels(
        "source", ("since", "until"), ("full_percent", "admixture_percent"), ("yuan_small", "yuan_medium", "yuan_large"),
        ("motorway_percent", "motorway_from_m"),
    )  # fmt: skip


class RoadGroup(SnippetViewSetGroup):
    """One entry of the menu for all of them."""

    items = (TransferPointViewSet, TruckBanViewSet, YardViewSet, RoadDistanceViewSet, TollRulesViewSet)
    menu_label = _("道路设置")
    menu_icon = "site"
    menu_order = 150
