"""Pages of the public site."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import RichTextField
from wagtail.models import Page

from cms.queries.home import front_page
from market.views.cards import render_cards
from market.views.pages import shared_page
from market.wording import in_english


class HomePage(Page):
    """The front door: what this is, who should press what, and what spoils soonest."""

    headline = models.CharField(_("标题"), max_length=60)
    intro = models.CharField(_("一句话说明"), max_length=160, blank=True)
    headline_en = models.CharField(_("标题（英文）"), max_length=120, blank=True, help_text=_("不填就显示中文"))
    intro_en = models.CharField(_("一句话说明（英文）"), max_length=320, blank=True, help_text=_("不填就显示中文"))
    notice = RichTextField(_("通知"), blank=True, features=["bold", "link", "ol", "ul"])

    content_panels: ClassVar[list[Any]] = [
        *Page.content_panels,
        FieldPanel("headline"),
        FieldPanel("intro"),
        FieldPanel("headline_en"),
        FieldPanel("intro_en"),
        FieldPanel("notice"),
    ]
    max_count = 1
    parent_page_types: ClassVar[list[str]] = ["wagtailcore.Page"]
    template = "cms/home_page.html"

    class Meta:
        verbose_name = _("首页")
        verbose_name_plural = _("首页")

    @method_decorator(shared_page)
    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Anonymous readers share it like the board: its figures are never older than `settings.PAGE_SECONDS`."""
        return super().serve(request, *args, **kwargs)

    @property
    def words(self) -> dict[str, str]:
        """Headline and introduction in the reader's language, Chinese where nobody wrote the English."""
        return {
            "headline": (in_english() and self.headline_en) or self.headline,
            "intro": (in_english() and self.intro_en) or self.intro,
        }

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        today = front_page()
        cards = render_cards(today.soonest) if today.soonest else ""
        return {**super().get_context(request, *args, **kwargs), "today": today, "cards": cards}


class BulkApproval(models.Model):
    """One press of 批量通过 on many listings, worked off by the task worker in chunks; what became of each stays readable."""

    class State(models.TextChoices):
        WAITING = "waiting", _("排队中")
        RUNNING = "running", _("处理中")
        DONE = "done", _("已完成")

    # Pairs of listing and of the task that was open when the person looked: a decision never falls on a later task.
    items = models.JSONField()
    position = models.PositiveIntegerField(default=0)
    approved = models.PositiveIntegerField(default=0)
    # [listing, title, sentence] for each that was refused
    failures = models.JSONField(default=list)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("批量审核")
        verbose_name_plural = _("批量审核")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(state__in=["waiting", "running", "done"]), name="bulk_approval_state_known"
            ),
        )

    def __str__(self) -> str:
        return f"{self.pk}"

    @property
    def total(self) -> int:
        return len(self.items)

    @property
    def is_done(self) -> bool:
        return self.state == self.State.DONE
