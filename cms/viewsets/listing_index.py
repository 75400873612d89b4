"""The desks' list of listings."""

from decimal import Decimal
from io import BytesIO
from typing import Any

from django.db.models import F, QuerySet
from django.http import FileResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.ui.tables import BaseColumn, BulkActionsCheckboxColumn, Column, TitleColumn
from wagtail.admin.widgets.button import Button, HeaderButton
from wagtail.snippets.views.snippets import IndexView

from cms.filters import ME
from cms.queries.comparison import price, weight
from cms.queries.waiting import listings_for_review
from market.enums import ListingStage
from market.models import Listing
from market.quantities import Unit
from market.queries.listings import stage_by
from market.sheets import write_xlsx
from market.wording import clock_time

URLS = "wagtailsnippets_market_listing"
AT_A_DESK = "market-at-a-desk"  # left out on a phone, where the review screen says it
STAGE_KINDS = {
    ListingStage.IN_REVIEW: "wait",
    ListingStage.LIVE_EDIT_IN_REVIEW: "wait",
    ListingStage.CHANGES_ASKED: "warm",
    ListingStage.LIVE_CHANGES_ASKED: "warm",
    ListingStage.LIVE: "live",
}
EXPORT_TITLES = [
    gettext_lazy("编号"), gettext_lazy("农产品"), gettext_lazy("品种"), gettext_lazy("等级"), gettext_lazy("每天供应（斤）"),
    gettext_lazy("每天供应（原文）"), gettext_lazy("开始日期"), gettext_lazy("结束日期"), gettext_lazy("单价"), gettext_lazy("卖方"),
    gettext_lazy("产地"), gettext_lazy("说明"), gettext_lazy("状态"), gettext_lazy("开始等待"), gettext_lazy("所在环节"),
]  # fmt: skip


def stage_of_row(listing: Listing) -> ListingStage:
    """From the annotations of `listings_for_review`. No statement."""
    return stage_by(listing, listing.review or "", timezone.localdate())


class PhotoColumn(BaseColumn):
    cell_template_name = "cms/columns/photo.html"

    def get_cell_context_data(self, instance: Any, parent_context: Any) -> dict[str, Any]:
        photos = [row.photo for row in instance.photos.all()]
        return {**super().get_cell_context_data(instance, parent_context), "photos": photos}


class StageColumn(BaseColumn):
    cell_template_name = "cms/columns/stage.html"

    def get_cell_context_data(self, instance: Any, parent_context: Any) -> dict[str, Any]:
        stage = stage_of_row(instance)
        return {
            **super().get_cell_context_data(instance, parent_context),
            "word": stage.label,
            "kind": STAGE_KINDS.get(stage, "done"),
            "compare_url": compare_url(instance) if stage == ListingStage.LIVE_EDIT_IN_REVIEW else "",
        }


def compare_url(listing: Listing) -> str:
    """What the public sees against what is under review."""
    return reverse(f"{URLS}:revisions_compare", args=[listing.pk, "live", "latest"])


class ListingIndexView(IndexView):
    """Waiting longest first. XLSX only: Wagtail's CSV has no BOM and would let cells run as formulas."""

    FORMATS = ("xlsx",)
    list_export = ["pk"]
    results_template_name = "cms/listing_index_results.html"

    @cached_property
    def columns(self) -> list[Any]:
        return [
            BulkActionsCheckboxColumn("bulk_actions", obj_type="snippet"),
            PhotoColumn("photo", label=_("照片")),
            self._get_title_column("produce", TitleColumn, label=_("货源"), accessor=_title),
            Column("quantity_per_day_g", label=_("每天供应"), accessor=_quantity, sort_key="quantity_per_day_g"),
            Column("price", label=_("单价"), accessor=price),
            Column("seller", label=_("卖方"), accessor="seller.name", sort_key="seller__name", classname=AT_A_DESK),
            Column("place", label=_("产地"), accessor="place.full_name_zh", sort_key="place", classname=AT_A_DESK),
            Column(
                "waiting_since", label=_("开始等待"), accessor=_waiting, sort_key="waiting_since", classname=AT_A_DESK
            ),
            StageColumn("stage", label=_("状态")),
        ]

    def _get_title_column(self, field_name: str, column_class: Any = TitleColumn, **kwargs: Any) -> Any:
        return self._get_title_column_class(column_class)(
            field_name,
            get_url=self._open_url,
            get_title_id=lambda listing: f"snippet_{listing.pk}_title",
            **kwargs,
        )

    def _open_url(self, listing: Listing) -> str | None:
        return self.get_edit_url(listing) or self.get_inspect_url(listing)

    def get_base_queryset(self) -> QuerySet[Listing]:
        return listings_for_review()

    def order_queryset(self, queryset: QuerySet[Listing]) -> QuerySet[Listing]:
        if self.is_explicitly_ordered and self.ordering:
            return super().order_queryset(queryset)
        return queryset.order_by(F("waiting_since").asc(nulls_last=True), "-pk")

    @cached_property
    def header_more_buttons(self) -> list[Button]:
        return [Button(_("下载 XLSX"), url=self.xlsx_export_url, icon_name="download", priority=90)]

    @cached_property
    def header_buttons(self) -> list[HeaderButton]:
        mine = f"{self.index_url}?waiting={ME}"
        return [HeaderButton(_("等我审核"), url=mine, icon_name="tasks")]

    @cached_property
    def no_results_message(self) -> str:
        if self.request.GET.get("waiting") == ME and not self.is_searching:
            return _("没有等您审核的货源。卖方提交新货源或修改后会出现在这里。")
        if self.is_searching or self.is_filtering:
            return _("没有符合条件的货源，请放宽条件或清除筛选。")
        return _("还没有货源。农户和合作社在手机上发布后会出现在这里。")

    def write_xlsx_response(self, queryset: QuerySet[Listing]) -> FileResponse:
        content = write_xlsx(EXPORT_TITLES, (_export_row(row) for row in queryset))
        kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        return FileResponse(BytesIO(content), as_attachment=True, content_type=kind, filename="listings.xlsx")


def _title(listing: Listing) -> str:
    parts = [listing.produce.name, listing.variety, listing.get_grade_display()]
    return " · ".join(part for part in parts if part)


def _quantity(listing: Listing) -> str:
    return weight(listing.quantity_per_day_g, listing.quantity_typed)


def _waiting(listing: Listing) -> str:
    return f"{clock_time(listing.waiting_since)} · {listing.waiting_at}" if listing.waiting_since else ""


def _export_row(listing: Listing) -> list[Any]:
    return [
        listing.pk, listing.produce.name, listing.variety, listing.get_grade_display(), Decimal(listing.quantity_per_day_g) / Unit.JIN.grams,
        listing.quantity_typed, listing.first_day, listing.last_day, price(listing), listing.seller.name,
        listing.place.full_name_zh, listing.note, stage_of_row(listing).label, listing.waiting_since, listing.waiting_at or "",
    ]  # fmt: skip
