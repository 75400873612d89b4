"""Relay text (接龙) of a market association: its stalls, the names the group calls them, and what was pasted."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

MAX_PASTE = 100_000


class Stall(models.Model):
    """A stall or shop the association pledges for. Written by `orders.actions.stalls`."""

    association = models.ForeignKey(
        "market.Organisation", verbose_name=_("协会"), on_delete=models.PROTECT, related_name="stalls"
    )
    name = models.CharField(_("摊位 / 姓名"), max_length=40)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("摊位")
        verbose_name_plural = _("摊位")
        ordering = ("name",)
        constraints = (models.UniqueConstraint(fields=["association", "name"], name="stall_name_once"),)

    def __str__(self) -> str:
        return self.name


class StallAlias(models.Model):
    """What the group calls a stall. Remembered when a clerk links a name, replaced when it is linked otherwise."""

    association = models.ForeignKey("market.Organisation", on_delete=models.PROTECT, related_name="+")
    alias = models.CharField(_("群里的叫法"), max_length=40)
    stall = models.ForeignKey(Stall, on_delete=models.CASCADE, related_name="aliases")

    class Meta:
        verbose_name = _("群里的叫法")
        verbose_name_plural = _("群里的叫法")
        constraints = (models.UniqueConstraint(fields=["association", "alias"], name="stall_alias_once"),)

    def __str__(self) -> str:
        return f"{self.alias} → {self.stall_id}"


class RelayReading(models.Model):
    """One pasted text, with telephone numbers masked before anything is stored, and the pledge it became part of.

    `rows` is what the clerk sees and corrects: the reading of each line, then the corrections, as the relay screen keeps them.
    """

    association = models.ForeignKey("market.Organisation", on_delete=models.PROTECT, related_name="relay_readings")
    lot = models.ForeignKey("market.Lot", on_delete=models.PROTECT, related_name="relay_readings")
    text = models.TextField(_("接龙原文"), max_length=MAX_PASTE)
    rows = models.JSONField(default=list)
    pledge = models.ForeignKey(
        "orders.Pledge", null=True, on_delete=models.PROTECT, related_name="relay_readings", verbose_name=_("认购")
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    applied_at = models.DateTimeField(_("保存时间"), null=True)

    class Meta:
        verbose_name = _("接龙")
        verbose_name_plural = _("接龙")
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"{self.association_id} #{self.pk}"
