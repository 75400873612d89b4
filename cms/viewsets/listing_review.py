"""The screens on which a desk reads a listing and decides. Every decision ends in `market.actions.reviews`."""

import json
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages
from wagtail.admin.modal_workflow import render_modal_workflow
from wagtail.admin.ui.components import MediaContainer
from wagtail.admin.ui.side_panels import ChecksSidePanel
from wagtail.admin.widgets.button import HeaderButton
from wagtail.models import TaskState
from wagtail.snippets.action_menu import SaveMenuItem, SnippetActionMenu, UnpublishMenuItem
from wagtail.snippets.views.snippets import (
    CollectWorkflowActionDataView,
    EditView,
    InspectView,
    RevisionsCompareView,
    UnpublishView,
    WorkflowActionView,
)

from cms.queries.comparison import all_lines, facts_of, photos_of
from cms.viewsets.listing_index import URLS, compare_url
from market.actions.reviews import take_down_listing
from market.exceptions import AlreadyDecided, NotAllowed, Refused
from market.models import Listing
from market.moderation import ReasonForm


def edit_url(listing: Listing) -> str:
    return reverse(f"{URLS}:edit", args=[listing.pk])


class SaveCorrection(SaveMenuItem):
    template_name = "cms/save_correction.html"


class TakeDown(UnpublishMenuItem):
    label = gettext_lazy("下架")


class DecisionMenu(SnippetActionMenu):
    """All decisions side by side: sending back must not hide behind an arrow."""

    template = "cms/decision_menu.html"


class Outdated(Refused):
    sentence = gettext_lazy("同事刚刚更正过这条货源，请重新查看后再决定")


class ReviewView(EditView):
    """Read, correct, decide. Publishing, submitting and cancelling have no door here: the seller submits, the review publishes."""

    page_title = gettext_lazy("审核")

    def get_page_subtitle(self) -> str:
        """In the reader's language; a revision keeps its title in the writer's."""
        return str(self.object)

    def get_available_actions(self) -> list[str]:
        return [action for action in super().get_available_actions() if action in {"edit", "workflow-action"}]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.POST.get("action-workflow-action") and self._is_stale():
            return self._back(AlreadyDecided())
        if self.is_out_of_date:
            return self._back(Outdated())
        return super().post(request, *args, **kwargs)

    def _is_stale(self) -> bool:
        """The button was drawn for a task that is not the open one any more, or not this person's."""
        state = self.object.current_workflow_task_state
        return self.action != "workflow-action" or self.request.POST.get("task_state") != str(state.pk)

    def save_instance(self) -> Any:
        """A decision without a correction makes no revision of its own."""
        if self.action == "workflow-action" and not self.form.has_changed():
            self.new_revision, self.has_content_changes = None, False
            return self.object
        return super().save_instance()

    def form_valid(self, form: Any) -> HttpResponse:
        """Correction and decision together or not at all. A refusal shows its sentence, and the typed correction stays."""
        before = self.object.latest_revision
        try:
            with transaction.atomic():
                return super().form_valid(form)
        except AlreadyDecided as refusal:
            return self._back(refusal)
        except Refused as refusal:
            self.object = form.instance
            self.object.latest_revision = before
            self.produced_error_code = "refused"
            self.produced_error_message = str(refusal)
            return self.form_invalid(form)

    def workflow_action_action(self) -> None:
        """As Wagtail's, but on the task that was on the screen, and with the dialog read by the desk's own form.

        Raises: Refused.
        """
        state = TaskState.objects.get(pk=self.request.POST["task_state"])
        task = state.task.specific
        form = task.get_form_for_action(self.workflow_action)(self._dialog_data())
        comment = form.cleaned_data["comment"] if form.is_valid() else ""
        task.on_action(state, self.request.user, self.workflow_action, comment=comment)

    def _dialog_data(self) -> dict[str, str]:
        try:
            data = json.loads(self.request.POST.get("workflow-action-extra-data") or "{}")
        except ValueError:
            return {}
        return {"comment": str(data.get("comment", ""))} if isinstance(data, dict) else {}

    def _back(self, refusal: Refused) -> HttpResponse:
        messages.error(self.request, str(refusal))
        return redirect(self.get_edit_url())

    def get_success_message(self, instance: Any = None) -> str:
        if self.action != "workflow-action":
            return _("已保存更正。卖方原来的版本留在历史记录里。")
        if self.workflow_action == "reject":
            return _("已退回“%(listing)s”，卖方会在手机上看到原因。") % {"listing": self.object}
        fresh = Listing.objects.get(pk=self.object.pk)
        if fresh.current_workflow_task is not None:
            return _("已通过“%(listing)s”，转到下一个部门。") % {"listing": self.object}
        return _("已通过并上架“%(listing)s”。") % {"listing": self.object}

    def get_success_buttons(self) -> list[Any]:
        return []

    def get_success_url(self) -> str:
        if self.action == "workflow-action":
            return f"{reverse(self.index_url_name)}?waiting=me"
        return self.get_edit_url()

    def _get_action_menu(self) -> DecisionMenu:
        return DecisionMenu(
            self.request, view=self.view_name, instance=self.object, locked_for_user=self.locked_for_user
        )

    def get_side_panels(self) -> MediaContainer:
        """Without Wagtail's checks of headings and readability: a listing is not an article."""
        return MediaContainer([panel for panel in super().get_side_panels() if not isinstance(panel, ChecksSidePanel)])

    @cached_property
    def header_buttons(self) -> list[HeaderButton]:
        buttons = [HeaderButton(_("全部资料"), url=self.get_inspect_url(), icon_name="info-circle")]
        if self.live_object.live and self.live_object.latest_revision_id != self.live_object.live_revision_id:
            buttons.insert(0, HeaderButton(_("看改动"), url=compare_url(self.object), icon_name="list-ul"))
        return buttons


class OldVersionMixin:
    """An earlier version may be read. Saving it would bring back its quantity and price, which are the seller's to say."""

    def post(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        messages.error(request, _("旧版本只能看，不能恢复；数量、价格和产地请退回给卖方改。"))
        return redirect(self.get_edit_url())  # type: ignore[attr-defined]


class DecisionDialogMixin:
    """Wagtail's dialog, with a sentence instead of an error page for what is stale, somebody else's or not allowed."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        state = TaskState.objects.select_related("workflow_state").get(pk=self.task_state.pk)
        if state.workflow_state.object_id != str(self.object.pk) or state.status != TaskState.STATUS_IN_PROGRESS:
            return self._refuse(AlreadyDecided())
        try:
            return super().dispatch(request, *args, **kwargs)
        except Refused as refusal:
            return self._refuse(refusal)
        except PermissionDenied:
            return self._refuse(NotAllowed())

    def _refuse(self, refusal: Refused) -> HttpResponse:
        if self.request.headers.get("x-requested-with") == "XMLHttpRequest":
            facts = {"refusal": refusal, "url": self.redirect_url}
            return render_modal_workflow(self.request, "cms/dialog_refused.html", None, facts, {"step": "refused"})
        messages.error(self.request, str(refusal))
        return redirect(self.redirect_url)


class DecisionView(DecisionDialogMixin, WorkflowActionView):
    """Decides at once (Wagtail's lists use it). A form not filled in right is shown again instead of being passed over."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self.form_class(request.POST)
        if form.is_valid():
            return super().post(request, *args, **kwargs)
        if request.headers.get("x-requested-with") == "XMLHttpRequest":
            return self.render_modal_form(request, form)
        messages.error(request, " ".join(str(said) for errors in form.errors.values() for said in errors))
        return redirect(self.redirect_url)


class DecisionDataView(DecisionDialogMixin, CollectWorkflowActionDataView):
    """Asks for the reason on the review screen, which then decides together with the correction."""


class CompareView(RevisionsCompareView):
    """原来 → 现在, field by field."""

    page_title = gettext_lazy("改动对照")
    template_name = "cms/listing_compare.html"

    def _get_comparison(self, revision_a: Listing, revision_b: Listing) -> list[Any]:
        return all_lines(revision_a, revision_b)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        changed = [line for line in context["comparison"] if line.changed]
        return {**context, "changed": changed, "same": [line for line in context["comparison"] if not line.changed]}


class ListingInspectView(InspectView):
    page_title = gettext_lazy("资料")
    template_name = "cms/listing_inspect.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The live row, what is in the lots, and who did what."""
        listing = self.object
        return {
            **super().get_context_data(**kwargs),
            "facts": facts_of(listing),
            "photos": photos_of(listing),
            "lots": list(listing.lots.order_by("day")),
        }


class TakeDownForm(ReasonForm):
    comment = forms.CharField(
        label=gettext_lazy("下架原因"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("会记入这条货源的历史；已认购的数量不变"),
        error_messages={"required": gettext_lazy("请写明下架原因")},
    )


class TakeDownView(UnpublishView):
    """Wagtail's own unpublishes behind the model's back and leaves the lots open; this one calls the action."""

    page_title = gettext_lazy("下架")
    template_name = "cms/listing_take_down.html"

    def post(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        form = TakeDownForm(request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        try:
            take_down_listing(self.object, reason=form.cleaned_data["comment"], by=request.user)
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("已下架“%(listing)s”。") % {"listing": self.object})
        return redirect(edit_url(self.object))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**{"form": TakeDownForm(), "edit_url": edit_url(self.object), **kwargs})
