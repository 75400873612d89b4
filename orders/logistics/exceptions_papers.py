"""Refusals of papers. Each sentence says what would cure it."""

from django.utils.translation import gettext_lazy as _

from market.exceptions import Refused


class PaperNotPrinted(Refused):
    sentence = _("这张单据还没有打印过，请先打印全套单据")
