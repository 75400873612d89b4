"""Panels of our own: the sheet a moderator reads, and the counters of the start page."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.admin.panels import Panel
from wagtail.admin.ui.components import Component

from cms.filters import ME
from cms.queries.comparison import changes_between, facts_of, photos_of
from cms.queries.waiting import count_waiting, organisations_waiting
from cms.viewsets.listing_index import URLS, compare_url
from market.models import Listing
from market.permissions import can_verify_organisations, history_of
from market.queries.listings import asked_changes
from orders.permissions import can_match
from orders.queries.spoiling import spoiling_count


class ReviewPanel(Panel):
    """The listing as the seller meant it: photographs large, facts, who sells, and what an edit changes."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "cms/panels/review.html"

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            draft, live = self.instance, Listing.objects.select_related("produce", "place").get(pk=self.instance.pk)
            state = draft.current_workflow_task_state
            changes = changes_between(live, draft) if live.live else []
            return {
                **super().get_context_data(parent_context),
                "listing": draft,
                "photos": photos_of(draft),
                "facts": facts_of(draft),
                "members": list(draft.seller.memberships.select_related("user").order_by("pk")[:10]),
                "is_live": live.live,
                "changes": changes,
                "compare_url": compare_url(draft) if changes else "",
                "asked": asked_changes(draft),
                "handed_in": next((e for e in reversed(history_of(draft)) if e.verb in SELLER_VERBS), None),
                "task_state": state,
            }


SELLER_VERBS = {"submitted", "edited", "resubmitted"}


class CounterPanel(Component):
    """One sentence with a number and a link. Three statements at most, whatever waits."""

    name = "market_waiting"
    template_name = "cms/panels/counters.html"
    order = 10

    def __init__(self, request: Any) -> None:
        self.request = request

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        user, counters = self.request.user, []
        if user.has_perm("market.change_listing"):
            n = count_waiting(user)
            counters.append(
                {
                    "number": n,
                    "text": ngettext("条货源等待您审核", "条货源等待您审核", n),
                    "none": _("没有等您审核的货源"),
                    "label": _("去审核"),
                    "url": f"{reverse(f'{URLS}:list')}?waiting={ME}",
                }
            )
        if can_verify_organisations(user):
            waiting = organisations_waiting()
            counters.append(
                {
                    "number": waiting,
                    "text": ngettext("个单位等待核实", "个单位等待核实", waiting),
                    "none": _("没有等待核实的单位"),
                    "label": _("去核实"),
                    "url": f"{reverse('wagtailsnippets_market_organisation:list')}?verification=waiting",
                }
            )
        if can_match(user):
            spoiling = spoiling_count()
            counters.append(
                {
                    "number": spoiling,
                    "text": ngettext("批货今天卖不完会坏", "批货今天卖不完会坏", spoiling),
                    "none": _("没有快坏的货"),
                    "label": _("去看看"),
                    "url": reverse("orders:spoiling"),
                }
            )
        return {**super().get_context_data(parent_context), "counters": counters}
