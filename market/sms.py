"""Sending a code by SMS. The backend is chosen by the setting SMS_BACKEND."""

import logging
from typing import ClassVar, Protocol

from django.conf import settings
from django.utils.module_loading import import_string

logger = logging.getLogger(__name__)


class Sms(Protocol):
    def send(self, phone: str, text: str) -> None: ...


class ConsoleSms:
    """Development: the message stands on the console."""

    def send(self, phone: str, text: str) -> None:
        logger.info("SMS → %s: %s", phone, text)


class MemorySms:
    """Tests: the messages stand in a list."""

    outbox: ClassVar[list[tuple[str, str]]] = []

    def send(self, phone: str, text: str) -> None:
        self.outbox.append((phone, text))


def send_sms(phone: str, text: str) -> None:
    """Send `text` to `phone` (E.164). Call outside database transactions."""
    backend: Sms = import_string(settings.SMS_BACKEND)()
    backend.send(phone, text)
