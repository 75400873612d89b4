"""Template words of the driver's page."""

import uuid

from django import template
from django.contrib.auth.models import AnonymousUser

from market.models import User
from market.quantities import format_exact
from orders.logistics.permissions import is_driver

register = template.Library()


@register.simple_tag
def new_key() -> str:
    """What makes a form that is sent twice count once."""
    return str(uuid.uuid4())


@register.filter
def exact_jin(grams: int) -> str:
    """What the server reads as the same grams again: 1234.5斤."""
    return format_exact(grams, "斤")


@register.filter
def drives(user: User | AnonymousUser) -> bool:
    """Whether trips may wait for who reads this."""
    return isinstance(user, User) and is_driver(user)
