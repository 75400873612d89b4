"""Entries of the back office's menu that lead to desks outside it."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.menu import MenuItem

from orders.permissions import can_match


class DeskItem(MenuItem):
    """Shown to those who match: the commerce desk."""

    def is_shown(self, request: HttpRequest) -> bool:
        return can_match(request.user)


def match_item() -> DeskItem:
    return DeskItem(_("撮合"), reverse("orders:match"), name="match", icon_name="tasks", order=160)


def spoiling_item() -> DeskItem:
    return DeskItem(_("快坏的货"), reverse("orders:spoiling"), name="spoiling", icon_name="time", order=170)


def offers_item() -> DeskItem:
    return DeskItem(_("报价"), reverse("orders:offers"), name="offers", icon_name="comment", order=180)


def statements_item() -> DeskItem:
    return DeskItem(_("对账单"), reverse("logistics:statements"), name="statements", icon_name="doc-full", order=190)
