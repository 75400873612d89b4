"""What the selling pages are tried with: the farmer's browser and a complete form."""

import datetime as dt
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from tests.factories import signed_in


@pytest.fixture
def phone(cast) -> Client:
    """The farmer's browser."""
    return signed_in(cast.farmer)


@pytest.fixture
def typed(reference) -> dict:
    today = timezone.localdate()
    return {
        "key": str(uuid4()),
        "produce": reference["loofah"].pk,
        "quantity": "2万斤",
        "price": "1.20",
        "price_unit": "jin",
        "grade": "first",
        "first_day": today.isoformat(),
        "last_day": (today + dt.timedelta(days=2)).isoformat(),
        "township": reference["baiguan"].pk,
        "village": reference["village"].pk,
        "contact_name": "王建国",
        "contact_phone": "138 0000 0000",
    }
