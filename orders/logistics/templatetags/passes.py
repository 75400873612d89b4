"""The square of a pass code, drawn in the page."""

import segno
from django import template
from django.utils.safestring import SafeString, mark_safe

from orders.logistics.codes.text import tidy_check_code
from orders.logistics.enums import Verdict

register = template.Library()


@register.filter
def qr(text: str) -> SafeString:
    """A QR code (level M, four modules of quiet zone) as inline SVG."""
    drawn = segno.make(text, error="m", micro=False).svg_inline(scale=4, border=4, omitsize=True)
    return mark_safe(drawn)  # noqa: S308 - drawn by segno: black modules on nothing, no text of ours in it


@register.filter
def spaced(number: str) -> str:
    """Twelve digits as they are read out: 430200 000001."""
    return f"{number[:6]} {number[6:]}" if len(number) == 12 else number


@register.filter
def spelled(check: str) -> str:
    """Four letters with room between them."""
    return " ".join(tidy_check_code(check))


@register.filter
def verdict_word(verdict: str) -> str:
    return str(Verdict(verdict).label)


@register.filter
def key_badge(state: str) -> str:
    """The kind of badge of a signer key's state."""
    return {"waiting": "wait", "active": "live", "retired": "done", "withdrawn": "stop"}.get(state, "wait")
