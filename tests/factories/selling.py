"""Steps of selling that several tests take: a picture to upload, the desks' decisions, a logged-in browser."""

import io
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image
from wagtail.models import TaskState

from market.models import Listing, User


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def picture(name: str = "IMG_1.jpg", exif: bytes = b"") -> SimpleUploadedFile:
    content = io.BytesIO()
    Image.new("RGB", (640, 480), "green").save(content, "JPEG", exif=exif)
    return SimpleUploadedFile(name, content.getvalue(), "image/jpeg")


def decide(listing: Listing, action: str, user: User, comment: str = "") -> None:
    """The desk on which the listing lies approves it or rejects it with a comment."""
    state = TaskState.objects.get(workflow_state__object_id=str(listing.pk), status=TaskState.STATUS_IN_PROGRESS)
    state.task.specific.on_action(state, user, action, comment=comment)


def approve(cast: Any, listing: Listing) -> Listing:
    """Both desks of the default review approve."""
    decide(listing, "approve", cast.agriculture_desk)
    decide(listing, "approve", cast.commerce_desk)
    return Listing.objects.get(pk=listing.pk)
