"""限价: the highest price of a produce in an emergency. Set and ended through `market.actions.ceilings` only."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, FieldRowPanel, ObjectList
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.log_actions import log
from wagtail.snippets.views.snippets import CreateView, IndexView, InspectView

from cms.filters import CeilingFilterSet
from cms.policies import NarrowPolicy
from cms.viewsets.breadcrumbs import OurViewSet
from market.actions.ceilings import end_ceiling, set_ceiling
from market.days import require_usable
from market.enums import PriceUnit
from market.exceptions import Refused
from market.forms.refusals import show_refusal
from market.models import Event, PriceCeiling, Produce
from market.permissions import can_set_ceilings, history_of
from market.queries.ceilings import listings_above
from market.views.listing_words import days_words, price_words
from market.wording import calendar_day, clock_time, yuan

SHOWN = 100
MAX_REASON = 200
VERBS = {"set": gettext_lazy("设定限价"), "ended": gettext_lazy("取消限价")}


def state_of(ceiling: PriceCeiling) -> tuple[str, str]:
    """Kind and word."""
    today = timezone.localdate()
    if ceiling.ended_at:
        return "ended", _("已取消")
    if ceiling.last_day and ceiling.last_day < today:
        return "over", _("已过期")
    return ("live", _("生效中")) if ceiling.first_day <= today else ("wait", _("还没开始"))


def days_of(ceiling: PriceCeiling) -> str:
    first = calendar_day(ceiling.first_day)
    if ceiling.last_day is None:
        return _("%(first)s 起，另行通知为止") % {"first": first}
    return _("%(first)s 到 %(last)s") % {"first": first, "last": calendar_day(ceiling.last_day)}


class CeilingForm(WagtailAdminModelForm):
    """Only the shape: the rules are the action's and the row's."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["produce"].queryset = Produce.objects.filter(is_active=True)
        by_weight = [(value, label) for value, label in PriceUnit.choices if value != PriceUnit.PACK]
        self.fields["price_unit"].choices = by_weight
        for name in ("first_day", "last_day"):
            self.fields[name].validators.append(require_usable)


class EndForm(forms.Form):
    reason = forms.CharField(max_length=MAX_REASON, error_messages={"required": gettext_lazy("请写为什么取消限价")})


class CeilingIndexView(IndexView):
    """Newest first."""

    list_export: list[str] = []

    @cached_property
    def columns(self) -> list[Any]:
        return [
            self._get_title_column_class(TitleColumn)(
                "produce", label=_("农产品"), accessor="produce.name", get_url=self.get_inspect_url
            ),
            Column("price", label=_("最高单价"), accessor=lambda one: yuan(one.price, one.price_word)),
            Column("days", label=_("哪些天"), accessor=days_of),
            Column("state", label=_("状态"), accessor=lambda one: state_of(one)[1]),
            Column("reason", label=_("原因"), accessor="reason"),
            Column("by", label=_("设定"), accessor=lambda one: f"{one.by} {clock_time(one.created_at)}"),
        ]

    def get_base_queryset(self) -> QuerySet[PriceCeiling]:
        return PriceCeiling.objects.select_related("produce", "by").order_by("-pk")

    @cached_property
    def no_results_message(self) -> str:
        return _("没有限价。有人哄抬价格时，点“设定限价”，发布和认购都不能超过。")


class CeilingCreateView(CreateView):
    page_title = gettext_lazy("设定限价")
    error_message = gettext_lazy("限价没有设定，请看下面的提示")

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            return super().form_valid(form)
        except Refused as refusal:
            show_refusal(form, refusal)
            self.produced_error_message = self.get_error_message()
            return self.form_invalid(form)

    def save_instance(self) -> PriceCeiling:
        names = ("produce", "price", "price_unit", "first_day", "last_day", "reason")
        ceiling = set_ceiling(**{name: self.form.cleaned_data[name] for name in names}, by=self.request.user)
        log(instance=ceiling, action="wagtail.create", content_changed=True)
        return ceiling

    def get_success_url(self) -> str:
        return reverse("wagtailsnippets_market_priceceiling:inspect", args=[self.object.pk])

    def get_success_message(self, _instance: PriceCeiling) -> str:
        return _("限价已设定，有超过限价货源的卖方已经收到消息")

    def get_success_buttons(self) -> list[Any]:
        return []


class CeilingInspectView(InspectView):
    """What it says, which live listings ask more, its history, and the button that ends it."""

    page_title = gettext_lazy("限价")
    template_name = "cms/ceiling_inspect.html"

    def post(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        form = EndForm(request.POST)
        if not form.is_valid():
            messages.error(request, " ".join(str(said) for errors in form.errors.values() for said in errors))
            return redirect(request.path)
        try:
            end_ceiling(self.object, reason=form.cleaned_data["reason"], by=request.user)
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("限价已取消"))
        return redirect(request.path)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        ceiling: PriceCeiling = self.object
        above = listings_above(ceiling)
        kind, word = state_of(ceiling)
        return {
            **super().get_context_data(**kwargs),
            "ceiling": ceiling,
            "days": days_of(ceiling),
            "state": {"kind": kind, "word": word},
            "can_end": kind in {"live", "wait"} and can_set_ceilings(self.request.user),
            "above": [{"listing": one, "price": price_words(one), "days": days_words(one)} for one in above[:SHOWN]],
            "above_count": len(above),
            "history": [_line(event) for event in history_of(ceiling)],
        }


def _line(event: Event) -> dict[str, Any]:
    return {"at": event.at, "by": event.by, "reason": event.reason, "sentence": VERBS.get(event.verb, event.verb)}


class CeilingPolicy(NarrowPolicy):
    """The one who may set it may see it: asked of `market.permissions`, as the action asks."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        return action in self.verbs and can_set_ceilings(user)


class CeilingViewSet(OurViewSet):
    model = PriceCeiling
    icon = "warning"
    menu_label = gettext_lazy("限价")
    menu_order = 130
    add_to_admin_menu = True
    inspect_view_enabled = True
    copy_view_enabled = False
    list_per_page = 50
    filterset_class = CeilingFilterSet
    search_fields = ("produce__name_zh", "produce__search_text", "reason")
    search_backend_name = None
    index_view_class = CeilingIndexView
    add_view_class = CeilingCreateView
    inspect_view_class = CeilingInspectView
    edit_handler = ObjectList(
        [
            FieldPanel("produce", widget=forms.Select),
            FieldRowPanel([FieldPanel("price"), FieldPanel("price_unit")]),
            FieldRowPanel([FieldPanel("first_day"), FieldPanel("last_day")]),
            FieldPanel("reason"),
        ],
        base_form_class=CeilingForm,
    )

    @property
    def permission_policy(self) -> Any:
        return CeilingPolicy(self.model, {"view", "add"})
