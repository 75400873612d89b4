"""单位核实: who may trade. The state moves through `market.actions.organisations` only; no form shows it as a field."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.db.models import Case, QuerySet, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from wagtail.admin import messages
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.snippets.views.snippets import IndexView, InspectView

from cms.filters import OrganisationFilterSet
from cms.policies import NarrowPolicy
from cms.viewsets.breadcrumbs import OurViewSet
from market.actions.organisations import MAX_REASON, refuse_organisation, suspend_organisation, verify_organisation
from market.enums import VERIFICATION_MOVES, VerificationState
from market.exceptions import Refused
from market.models import Event, Organisation
from market.permissions import can_verify_organisations, history_of
from market.wording import clock_time

MOVES: dict[str, tuple[Any, Callable[..., Organisation], bool]] = {
    VerificationState.VERIFIED: (gettext_lazy("核实通过"), verify_organisation, False),
    VerificationState.REFUSED: (gettext_lazy("不通过"), refuse_organisation, True),
    VerificationState.SUSPENDED: (gettext_lazy("暂停"), suspend_organisation, True),
}


VERBS = {
    "registered": pgettext_lazy("event", "登记"),
    "verified": pgettext_lazy("event", "核实通过"),
    "refused": gettext_lazy("未通过"),
    "suspended": pgettext_lazy("event", "暂停"),
    "member_added": pgettext_lazy("event", "添加成员"),
    "member_removed": pgettext_lazy("event", "移除成员"),
}


class VerdictForm(forms.Form):
    """Only the shape: whether the move is allowed and a reason needed is said by the action."""

    to = forms.ChoiceField(choices=[(state, label) for state, (label, _do, _reason) in MOVES.items()])
    reason = forms.CharField(
        label=gettext_lazy("原因"), required=False, max_length=MAX_REASON, widget=forms.Textarea(attrs={"rows": 3})
    )


class OrganisationIndexView(IndexView):
    """Those that wait first, oldest first."""

    list_export: list[str] = []

    @cached_property
    def columns(self) -> list[Any]:
        return [
            self._get_title_column_class(TitleColumn)(
                "name", label=_("名称"), get_url=self.get_inspect_url, sort_key="name"
            ),
            Column("kind", label=_("类型"), accessor="get_kind_display", sort_key="kind"),
            Column("place", label=_("所在地"), accessor="place.full_name_zh"),
            Column(
                "contact",
                label=_("联系人"),
                accessor=lambda o: f"{o.contact_name} {o.contact_phone.removeprefix('+86')}",
            ),
            Column(
                "created_at", label=_("登记时间"), accessor=lambda o: clock_time(o.created_at), sort_key="created_at"
            ),
            Column("verification", label=_("核实情况"), accessor="get_verification_display", sort_key="verification"),
        ]

    def get_base_queryset(self) -> QuerySet[Organisation]:
        return Organisation.objects.select_related("place")

    def order_queryset(self, queryset: QuerySet[Organisation]) -> QuerySet[Organisation]:
        if self.is_explicitly_ordered and self.ordering:
            return super().order_queryset(queryset)
        waiting_first = Case(When(verification=VerificationState.WAITING, then=0), default=1)
        return queryset.order_by(waiting_first, "created_at", "pk")

    @cached_property
    def no_results_message(self) -> str:
        if self.request.GET.get("verification") == VerificationState.WAITING:
            return _("没有等待核实的单位。新单位在手机上登记后会出现在这里。")
        return _("没有符合条件的单位，请放宽条件或清除筛选。")


class OrganisationInspectView(InspectView):
    """The facts, the people, the history, and the buttons the state allows. POST moves the state through the action."""

    page_title = gettext_lazy("资料")
    template_name = "cms/organisation_inspect.html"

    def post(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        form = VerdictForm(request.POST)
        if not form.is_valid():
            messages.error(request, " ".join(str(said) for errors in form.errors.values() for said in errors))
            return redirect(request.path)
        to = form.cleaned_data["to"]
        _label, act, needs_reason = MOVES[to]
        reason = {"reason": form.cleaned_data["reason"]} if needs_reason else {}
        try:
            act(self.object, by=request.user, **reason)
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("“%(name)s”：%(what)s") % {"name": self.object.name, "what": VERBS[to]})
        return redirect(request.path)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        organisation = self.object
        allowed = VERIFICATION_MOVES[VerificationState(organisation.verification)]
        moves = [{"to": to, "label": MOVES[to][0], "reason": MOVES[to][2]} for to in MOVES if to in allowed]
        return {
            **super().get_context_data(**kwargs),
            "organisation": organisation,
            "members": list(organisation.memberships.select_related("user").order_by("pk")),
            "moves": moves if can_verify_organisations(self.request.user) else [],
            "history": [_line(event) for event in history_of(organisation)],
            "form": VerdictForm(),
        }


class OrganisationViewSet(OurViewSet):
    model = Organisation
    icon = "group"
    menu_label = gettext_lazy("单位核实")
    menu_order = 110
    add_to_admin_menu = True
    inspect_view_enabled = True
    copy_view_enabled = False
    list_per_page = 50
    filterset_class = OrganisationFilterSet
    search_fields = ("name", "contact_name", "contact_phone", "place__full_name_zh")
    search_backend_name = None
    index_view_class = OrganisationIndexView
    inspect_view_class = OrganisationInspectView
    form_fields = ("address",)

    @property
    def permission_policy(self) -> Any:
        return NarrowPolicy(self.model, {"view"})


def _line(event: Event) -> dict[str, Any]:
    return {"at": event.at, "by": event.by, "reason": event.reason, "sentence": VERBS.get(event.verb, event.verb)}
