"""The append-only history: who did what to which thing, on whose behalf, when."""

from typing import Any, NoReturn, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class EventQuerySet(models.QuerySet["Event"]):
    def about(self, thing: models.Model) -> Self:
        return self.filter(subject=subject_of(thing), subject_id=thing.pk)

    def update(self, **_fields: Any) -> NoReturn:
        raise TypeError("events are never edited")

    def delete(self) -> NoReturn:
        raise TypeError("events are never deleted")


def subject_of(thing: models.Model) -> str:
    return thing._meta.label_lower


class Event(models.Model):
    """One line of history. Written by `market.actions.events.record` inside the action's transaction."""

    subject = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    verb = models.CharField(max_length=40)
    from_state = models.CharField(max_length=20, blank=True)
    to_state = models.CharField(max_length=20, blank=True)
    grams = models.BigIntegerField(null=True)
    reason = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    # The organisation the person acted for, when they act as its helper: both names are kept.
    on_behalf_of = models.ForeignKey(
        "market.Organisation", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    at = models.DateTimeField(auto_now_add=True)

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = _("记录")
        verbose_name_plural = _("记录")
        ordering = ("pk",)
        indexes = (models.Index(fields=["subject", "subject_id", "id"], name="event_by_subject"),)

    def __str__(self) -> str:
        return f"{self.subject} {self.subject_id} {self.verb}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise TypeError("events are never edited")
        super().save(*args, **kwargs)

    def delete(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        raise TypeError("events are never deleted")
