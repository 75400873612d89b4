"""货源审核: the bureau's moderation of listings."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel, ObjectList

from cms.filters import ListingFilterSet
from cms.panels import ReviewPanel
from cms.policies import NarrowPolicy
from cms.viewsets.breadcrumbs import OurViewSet
from cms.viewsets.listing_index import ListingIndexView
from cms.viewsets.listing_review import (
    CompareView,
    DecisionDataView,
    DecisionView,
    ListingInspectView,
    OldVersionMixin,
    ReviewView,
    TakeDownView,
)
from market.models import Listing


class ListingViewSet(OurViewSet):
    """Sellers write listings on their phones; a desk reads, corrects words and decides. Nothing is added or deleted here.

    The form has no expiry field: it belongs to the revision, and a form that shows it would clear it.
    """

    model = Listing
    icon = "clipboard-list"
    menu_label = _("货源审核")
    menu_order = 100
    add_to_admin_menu = True
    inspect_view_enabled = True
    copy_view_enabled = False
    list_per_page = 50
    filterset_class = ListingFilterSet
    search_fields = (
        "produce__name_zh",
        "produce__search_text",
        "variety",
        "seller__name",
        "place__full_name_zh",
        "contact_name",
        "note",
    )
    search_backend_name = None
    index_view_class = ListingIndexView
    edit_view_class = ReviewView
    inspect_view_class = ListingInspectView
    workflow_action_view_class = DecisionView
    collect_workflow_action_data_view_class = DecisionDataView
    revisions_compare_view_class = CompareView
    unpublish_view_class = TakeDownView
    edit_handler = ObjectList(
        [
            ReviewPanel(heading=_("卖方提交的内容")),
            MultiFieldPanel(
                [FieldPanel("variety"), FieldPanel("grade"), FieldPanel("note")],
                heading=_("可以更正的文字"),
                help_text=_("只改错别字和等级；数量、价格和产地请退回给卖方改。"),
            ),
        ]
    )

    @property
    def revisions_revert_view_class(self) -> type:
        return type("OldVersionView", (OldVersionMixin, super().revisions_revert_view_class), {})

    @property
    def permission_policy(self) -> Any:
        return NarrowPolicy(self.model, {"view", "change", "publish", "lock", "unlock"})
