"""Pages of the public site."""

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import RichTextField
from wagtail.models import Page


class HomePage(Page):
    """The front door: what this is, who should press what, and what spoils soonest."""

    headline = models.CharField(_("标题"), max_length=60)
    intro = models.CharField(_("一句话说明"), max_length=160, blank=True)
    notice = RichTextField(_("通知"), blank=True, features=["bold", "link", "ol", "ul"])

    content_panels: ClassVar[list[Any]] = [
        *Page.content_panels,
        FieldPanel("headline"),
        FieldPanel("intro"),
        FieldPanel("notice"),
    ]
    max_count = 1
    template = "cms/home_page.html"

    class Meta:
        verbose_name = _("首页")
        verbose_name_plural = _("首页")
