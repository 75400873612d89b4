"""What the market tells an organisation: one line for the people who act for it."""

from typing import Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class NoticeQuerySet(models.QuerySet["Notice"]):
    def unseen(self) -> Self:
        return self.filter(seen_at=None)


class Notice(models.Model):
    """One message to one organisation, once. Written by `market.actions.notices.tell` in the transaction of the change.

    `text` is a Chinese message id with named places, `facts` what fills them (see `market.actions.notices`); so each reader
    reads it in the own language. `key` names the event: the same event is told once.
    """

    recipient = models.ForeignKey("market.Organisation", on_delete=models.PROTECT, related_name="notices")
    key = models.CharField(max_length=120)
    text = models.CharField(max_length=300)
    facts = models.JSONField(default=dict)
    url = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    seen_at = models.DateTimeField(null=True)
    seen_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("消息")
        verbose_name_plural = _("消息")
        ordering = ("-pk",)
        constraints = (models.UniqueConstraint(fields=["recipient", "key"], name="notice_told_once"),)
        indexes = (
            models.Index(fields=["recipient", "-id"], name="notice_by_recipient"),
            models.Index(fields=["recipient"], condition=models.Q(seen_at=None), name="notice_unseen"),
        )

    def __str__(self) -> str:
        return f"{self.recipient_id} {self.key}"
