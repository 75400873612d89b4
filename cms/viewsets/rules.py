"""通行规则: what a trip needs in an emergency. Set and ended through `orders.logistics.actions.rules` only."""

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

from cms.policies import NarrowPolicy
from cms.viewsets.breadcrumbs import OurViewSet
from market.days import require_usable
from market.exceptions import Refused
from market.forms.refusals import show_refusal
from market.models import Event
from market.wording import calendar_day
from orders.logistics.actions.rules import RulesFacts, end_rules, set_rules
from orders.logistics.forms.rules import FIELDS_OF_REFUSALS, EndRulesForm
from orders.logistics.models import Rules
from orders.logistics.permissions_fitness import sets_rules

FACTS = (
    *("name", "source", "since", "until", "pass_needed", "travel_card_needed", "green_code_needed"),
    *("test_hours", "test_from", "temperature_limit", "keep_days"),
)
VERBS = {"set": gettext_lazy("登记规则"), "ended": gettext_lazy("改结束日期")}


def state_of(rules: Rules) -> str:
    today = timezone.localdate()
    if rules.until is not None and rules.until < today:
        return _("已结束")
    return _("生效中") if rules.since <= today else _("还没开始")


def days_of(rules: Rules) -> str:
    first = calendar_day(rules.since)
    if rules.until is None:
        return _("%(first)s 起，另行通知为止") % {"first": first}
    return _("%(first)s 到 %(last)s") % {"first": first, "last": calendar_day(rules.until)}


def asked_of(rules: Rules) -> list[tuple[str, str]]:
    """What the rules ask for, each with how."""
    rows = [(_("通行证"), _("需要") if rules.pass_needed else _("不需要"))]
    rows.append((_("行程卡"), _("需要") if rules.travel_card_needed else _("不需要")))
    rows.append((_("绿码"), _("需要") if rules.green_code_needed else _("不需要")))
    if rules.test_hours is None:
        rows.append((_("核酸"), _("不需要")))
    else:
        facts = {"hours": rules.test_hours, "how": rules.get_test_from_display()}
        rows.append((_("核酸"), _("%(hours)s 小时内阴性，%(how)s") % facts))
    limit = rules.temperature_limit
    rows.append((_("体温上限"), _("不需要") if limit is None else f"{limit} ℃"))
    rows.append((_("健康信息"), _("保留 %(number)s 天") % {"number": rules.keep_days}))
    return rows


class RulesAdminForm(WagtailAdminModelForm):
    """Only the shape: what is right is the action's."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("since", "until"):
            self.fields[name].validators.append(require_usable)


class RulesIndexView(IndexView):
    """Those that begin latest first."""

    list_export: list[str] = []

    @cached_property
    def columns(self) -> list[Any]:
        return [
            self._get_title_column_class(TitleColumn)(
                "name", label=_("名称"), accessor="name", get_url=self.get_inspect_url
            ),
            Column("days", label=_("哪些天"), accessor=days_of),
            Column("state", label=_("状态"), accessor=state_of),
            Column("source", label=_("依据"), accessor="source"),
        ]

    def get_base_queryset(self) -> QuerySet[Rules]:
        return Rules.objects.order_by("-since", "-pk")

    @cached_property
    def no_results_message(self) -> str:
        return _("还没有通行规则。没有规则时，出车不查通行证和健康查验。")


class RulesCreateView(CreateView):
    page_title = gettext_lazy("登记通行规则")
    error_message = gettext_lazy("规则没有保存，请看下面的提示")

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            return super().form_valid(form)
        except Refused as refusal:
            field = FIELDS_OF_REFUSALS.get(type(refusal))
            form.add_error(field, str(refusal)) if field else show_refusal(form, refusal)
            self.produced_error_message = self.get_error_message()
            return self.form_invalid(form)

    def save_instance(self) -> Rules:
        rules = set_rules(RulesFacts(**{name: self.form.cleaned_data[name] for name in FACTS}), by=self.request.user)
        log(instance=rules, action="wagtail.create", content_changed=True)
        return rules

    def get_success_url(self) -> str:
        return reverse("wagtailsnippets_logistics_rules:inspect", args=[self.object.pk])

    def get_success_message(self, instance: Rules) -> str:
        return _("通行规则“%(name)s”已保存") % {"name": instance.name}

    def get_success_buttons(self) -> list[Any]:
        return []


class RulesInspectView(InspectView):
    """What they ask for, their history, and the button that ends them."""

    page_title = gettext_lazy("通行规则")
    template_name = "cms/rules_inspect.html"

    def post(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        form = EndRulesForm(request.POST)
        if not form.is_valid():
            messages.error(request, " ".join(str(said) for errors in form.errors.values() for said in errors))
            return redirect(request.path)
        try:
            end_rules(self.object, until=form.cleaned_data["until"], by=request.user)
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("结束日期已保存"))
        return redirect(request.path)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rules: Rules = self.object
        today = timezone.localdate()
        return {
            **super().get_context_data(**kwargs),
            "rules": rules,
            "days": days_of(rules),
            "state": state_of(rules),
            "asked": asked_of(rules),
            "can_end": rules.until is None or rules.until >= today,
            "end": EndRulesForm(initial={"until": max(today, rules.since)}, auto_id=False),
            "history": [
                {"at": event.at, "by": event.by, "sentence": VERBS.get(event.verb, event.verb), "reason": event.reason}
                for event in Event.objects.about(rules).select_related("by").order_by("-pk")
            ],
        }


class RulesPolicy(NarrowPolicy):
    """Asked of `permissions_fitness`, as the action asks."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        return action in self.verbs and sets_rules(user)


class RulesViewSet(OurViewSet):
    model = Rules
    icon = "doc-full"
    menu_label = gettext_lazy("通行规则")
    menu_order = 140
    add_to_admin_menu = True
    inspect_view_enabled = True
    copy_view_enabled = False
    list_per_page = 50
    index_view_class = RulesIndexView
    add_view_class = RulesCreateView
    inspect_view_class = RulesInspectView
    edit_handler = ObjectList(
        [
            FieldPanel("name"),
            FieldPanel("source"),
            FieldRowPanel([FieldPanel("since"), FieldPanel("until")]),
            FieldRowPanel(
                [FieldPanel("pass_needed"), FieldPanel("travel_card_needed"), FieldPanel("green_code_needed")]
            ),
            FieldRowPanel([FieldPanel("test_hours"), FieldPanel("test_from", widget=forms.Select)]),
            FieldRowPanel([FieldPanel("temperature_limit"), FieldPanel("keep_days")]),
        ],
        base_form_class=RulesAdminForm,
    )

    @property
    def permission_policy(self) -> Any:
        return RulesPolicy(self.model, {"view", "add"})
