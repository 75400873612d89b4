"""农产品目录: the bureau corrects a product; the list itself comes from the data files."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, ObjectList
from wagtail.admin.ui.tables import Column
from wagtail.log_actions import log
from wagtail.snippets.views.snippets import EditView, IndexView

from cms.filters import ProduceFilterSet
from cms.policies import NarrowPolicy
from cms.viewsets.breadcrumbs import OurViewSet
from market.actions.produce import correct_produce
from market.models import Produce


class ProduceIndexView(IndexView):
    @property
    def columns(self) -> list[Any]:  # without Wagtail's tick boxes: there is nothing to do in bulk
        return super().columns[1:]


class ProduceEditView(EditView):
    def save_instance(self) -> Produce:
        with transaction.atomic():
            produce = correct_produce(self.form.save(commit=False), by=self.request.user)
            self.has_content_changes = self.form.has_changed()
            log(instance=produce, action="wagtail.edit", content_changed=self.has_content_changes)
        return produce


class ProduceViewSet(OurViewSet):
    model = Produce
    icon = "list-ul"
    menu_label = _("农产品目录")
    menu_order = 120
    add_to_admin_menu = True
    copy_view_enabled = False
    list_per_page = 50
    list_display = (
        "name_zh",
        "name_en",
        "kind",
        "directory_status",
        "ambient_hours",
        Column("is_active", label=_("可发布"), accessor=lambda produce: _("是") if produce.is_active else _("否")),
    )
    filterset_class = ProduceFilterSet
    search_fields = ("search_text",)
    search_backend_name = None
    index_view_class = ProduceIndexView
    edit_view_class = ProduceEditView
    edit_handler = ObjectList(
        [
            FieldPanel("name_zh"),
            FieldPanel("name_en"),
            FieldPanel("aliases_zh"),
            FieldPanel("kind"),
            MultiFieldPanel(
                [FieldPanel("directory_status"), FieldPanel("directory_note")], heading=_("鲜活农产品目录")
            ),
            FieldRowPanel([FieldPanel("ambient_hours"), FieldPanel("cold_hours")], heading=_("可放多久")),
            FieldPanel("shrink_permille"),
            FieldRowPanel([FieldPanel("pack_word"), FieldPanel("pack_g")], heading=_("常用包装")),
            FieldPanel("is_active"),
        ]
    )

    @property
    def permission_policy(self) -> Any:
        return NarrowPolicy(self.model, {"view", "change"})
