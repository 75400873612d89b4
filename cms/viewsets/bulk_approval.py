"""批量通过: approve what is ticked, or everything the filters show."""

from typing import Any

from django.contrib.auth.decorators import permission_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import classproperty
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages
from wagtail.snippets.bulk_actions.snippet_bulk_action import SnippetBulkAction

from cms.actions.bulk_approvals import AT_ONCE, approve_each, start_bulk_approval
from cms.filters import ListingFilterSet
from cms.models import BulkApproval
from cms.queries.waiting import listings_for_review, states_by_listing, tasks_waiting_for
from cms.viewsets.listing_index import ListingIndexView
from cms.viewsets.listings import ListingViewSet
from market.exceptions import Refused
from market.models import Listing

SHOWN_FAILURES = 10


class ApproveListings(SnippetBulkAction):
    """Wagtail has no bulk approval, its 全选 forgets the filters, and its actions run in one transaction: this one does neither."""

    display_name = gettext_lazy("批量通过")
    action_type = "approve"
    aria_label = gettext_lazy("通过所选货源")
    template_name = "cms/bulk_approve.html"
    action_priority = 10

    @classproperty
    def models(cls) -> list[Any]:  # noqa: N805 - a property of the class
        return [Listing]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.has_perm("market.change_listing"):
            messages.error(request, _("您没有权限做这个操作"))
            return redirect("wagtailadmin_home")
        return super().dispatch(request, *args, **kwargs)

    def chosen(self) -> list[Listing]:
        """The ticked listings, or for 全选 all that the list shows under its filters and search. One statement."""
        ids = self.request.GET.getlist("id")
        rows = listings_for_review().prefetch_related(None)
        if "all" in ids:
            return list(self._filtered(rows))
        return list(rows.filter(pk__in=[pk for pk in ids if pk.isdecimal() and len(pk) < 19]).order_by("pk"))

    def _filtered(self, rows: QuerySet[Listing]) -> QuerySet[Listing]:
        filters = ListingFilterSet(self.request.GET, queryset=rows, request=self.request)
        rows = filters.filter_queryset(rows) if filters.is_valid() else rows.none()
        view = ListingIndexView(
            model=Listing, search_fields=ListingViewSet.search_fields, index_results_url="-", search_backend_name=None
        )
        view.setup(self.request)
        return view.search_queryset(rows).order_by("pk")

    def get_actionable_objects(self) -> tuple[list[Listing], dict[str, Any]]:
        """Those this person may decide now, each with its open task; the rest are named, not passed over. Two statements."""
        chosen = self.chosen()
        states = states_by_listing(tasks_waiting_for(self.request.user), [row.pk for row in chosen])
        mine, rest = [], []
        for row in chosen:
            row.open_task = states.get(row.pk)
            (mine if row.open_task else rest).append(row)
        return mine, {"items_with_no_access": rest}

    def object_context(self, obj: Listing) -> dict[str, Any]:
        return {"item": obj, "task": obj.open_task}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "in_background": AT_ONCE}

    def form_valid(self, _form: Any) -> HttpResponse:
        """Decides on what the confirmation showed: a listing that moved on meanwhile is refused, not approved unseen."""
        items = [
            (int(pk), int(task))
            for pk, _colon, task in (text.partition(":") for text in self.request.POST.getlist("item"))
            if pk.isdecimal() and task.isdecimal() and len(pk) < 19 and len(task) < 19
        ]
        if not items:
            messages.error(self.request, _("没有选中等您审核的货源，请回到列表勾选。"))
            return redirect(self.next_url)
        if len(items) > AT_ONCE:
            return self._in_background(items)
        self._say(*approve_each(items, by=self.request.user))
        return redirect(self.next_url)

    def _in_background(self, items: list[tuple[int, int]]) -> HttpResponse:
        try:
            order = start_bulk_approval(items, by=self.request.user)
        except Refused as refusal:
            messages.error(self.request, str(refusal))
            return redirect(self.next_url)
        return redirect("cms_bulk_approval", order.pk)

    def _say(self, approved: int, failures: list[list]) -> None:
        if approved:
            messages.success(self.request, _("已通过 %(count)d 条货源。") % {"count": approved})
        for _pk, title, sentence in failures[:SHOWN_FAILURES]:
            messages.error(self.request, _("没有通过：%(title)s。%(why)s") % {"title": title, "why": sentence})


@permission_required("market.change_listing", raise_exception=True)
def bulk_approval(request: HttpRequest, pk: int) -> HttpResponse:
    """How far an order of one's own has got; somebody else's is a 404."""
    order = get_object_or_404(BulkApproval.objects.filter(by=request.user), pk=pk)
    return render(request, "cms/bulk_approval.html", {"order": order, "page_title": _("批量通过")})
