"""What the back office consists of: registration only."""

from typing import Any

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.urls import URLPattern, path
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from wagtail import hooks
from wagtail.admin import messages
from wagtail.snippets.models import register_snippet

from cms.menus import match_item, offers_item, spoiling_item, statements_item
from cms.panels import CounterPanel
from cms.viewsets.bulk_approval import ApproveListings, bulk_approval
from cms.viewsets.ceilings import CeilingViewSet
from cms.viewsets.listing_review import SaveCorrection, TakeDown
from cms.viewsets.listings import ListingViewSet
from cms.viewsets.organisations import OrganisationViewSet
from cms.viewsets.produce import ProduceViewSet
from cms.viewsets.roads import RoadGroup
from cms.viewsets.rules import RulesViewSet
from market.models import Listing

for viewset in (ListingViewSet, OrganisationViewSet, ProduceViewSet, CeilingViewSet, RoadGroup, RulesViewSet):
    register_snippet(viewset)

hooks.register("register_bulk_action", ApproveListings)
for item in (match_item, spoiling_item, offers_item, statements_item):
    hooks.register("register_admin_menu_item", item)

# The seller submits and the review publishes: the review screen has no second door to either.
SELLERS_BUTTONS = {"action-publish", "action-submit", "action-cancel-workflow", "action-restart-workflow"}
DECISIONS_FIRST = {("approve", False): 0, ("reject", True): 1, ("approve", True): 2}
PAGE_PANELS = {"recent_edits", "locked_pages"}
PAGE_REPORTS = {"locked-pages", "workflows", "workflow-tasks", "aging-pages", "page-types-usage", "site-history"}


@hooks.register("register_admin_urls")
def admin_urls() -> list[URLPattern]:
    return [path("listings/bulk/<int:pk>/", bulk_approval, name="cms_bulk_approval")]


@hooks.register("insert_global_admin_css")
def admin_css() -> SafeString:
    return format_html('<link rel="stylesheet" href="{}">', static("cms/css/admin.css"))


@hooks.register("construct_homepage_panels")
def home_panels(request: HttpRequest, panels: list[Any]) -> None:
    """A counter instead of Wagtail's panels, which load everything that waits; page panels for those who write pages."""
    keep = PAGE_PANELS if request.user.is_superuser else set()
    panels[:] = [CounterPanel(request), *(panel for panel in panels if getattr(panel, "name", "") in keep)]


@hooks.register("construct_homepage_summary_items")
def home_summary(request: HttpRequest, items: list[Any]) -> None:
    """How many pages, images and documents: nothing a desk asks for."""
    if not request.user.is_superuser:
        items.clear()


@hooks.register("construct_reports_menu")
def reports_menu(request: HttpRequest, items: list[Any]) -> None:
    """Wagtail's reports are about pages and refuse the desks; theirs is the list with 等我审核."""
    if not request.user.is_superuser:
        items[:] = [item for item in items if item.name not in PAGE_REPORTS]


@hooks.register("construct_main_menu")
def main_menu(request: HttpRequest, items: list[Any]) -> None:
    """The desks do not write pages."""
    if not request.user.is_superuser:
        items[:] = [item for item in items if item.name not in {"explorer", "help"}]


@hooks.register("construct_help_menu")
def help_menu(_request: HttpRequest, items: list[Any]) -> None:
    """Wagtail words its news once, in the language of whoever comes first, and keeps that for everybody."""
    items[:] = [item for item in items if not item.name.startswith("whats-new-in-wagtail")]


@hooks.register("construct_snippet_action_menu")
def review_buttons(items: list[Any], _request: HttpRequest, context: dict[str, Any]) -> None:
    if context.get("model") is not Listing:
        return
    ours = {"action-save": SaveCorrection(), "action-unpublish": TakeDown()}
    items[:] = [ours.get(item.name, item) for item in items if item.name not in SELLERS_BUTTONS]
    items.sort(key=lambda item: DECISIONS_FIRST.get((item.name, getattr(item, "launch_modal", False)), 5))


@hooks.register("before_bulk_action")
def no_bulk_deletion(request: HttpRequest, action_type: str, objects: list[Any], _action: Any) -> HttpResponse | None:
    """Trade records stay: also an administrator cannot delete them here."""
    if action_type == "delete" and any(one._meta.app_label in {"market", "orders", "logistics"} for one in objects):
        messages.error(request, _("交易记录不能删除；请下架或停用。"))
        return redirect("wagtailadmin_home")
    return None


@hooks.register("register_permissions")
def permissions() -> QuerySet[Permission]:
    """What the screen for groups offers for our models."""
    return Permission.objects.filter(
        content_type__app_label="market",
        codename__in=["change_organisation", "view_organisation", "change_produce", "view_produce"],
    )
