"""Photographs after cleaning. The bytes a phone sent are never stored."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


def photo_path(photo: "Photo", _name: str) -> str:
    """A random name: nothing of what the person's file was called is kept."""
    key = uuid.uuid4().hex
    return f"photos/{key[:2]}/{key}.jpg"


class Photo(models.Model):
    """Two clean JPEGs of one photograph: at most 1,280 px, and a card of 480 × 360. Made by `store_photo` only."""

    full = models.ImageField(upload_to=photo_path, width_field="width", height_field="height")
    card = models.ImageField(upload_to=photo_path)
    width = models.PositiveIntegerField(editable=False, default=0)
    height = models.PositiveIntegerField(editable=False, default=0)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="photos")
    created_at = models.DateTimeField(auto_now_add=True)
    # Since when a listing or one of its revisions names it. NULL: uploaded and not handed in; swept after a day.
    attached_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("照片")
        verbose_name_plural = _("照片")
        indexes = (models.Index(fields=["created_at"], condition=models.Q(attached_at=None), name="photo_unattached"),)

    def __str__(self) -> str:
        return f"{self.pk}"
