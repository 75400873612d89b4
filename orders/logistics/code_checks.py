"""How a phone without a network notices a mistyped hand-over code, though the code is nowhere on its page.

The page holds twelve bits of a salted slow hash. One typo in four thousand slips through, and the server refuses that one;
whoever tries all codes against the page is left with some two hundred and fifty of them, not with one.
"""

import hashlib
import hmac
from functools import lru_cache

from django.conf import settings

ROUNDS = 60_000
HEX_DIGITS = 3


def check_of(stop_id: int, code: str) -> dict[str, str | int]:
    """`salt` (hex), `rounds` and the first hex digits of PBKDF2-SHA256: what static/logistics/drive_check.js compares."""
    salt = _salt(stop_id, code)
    return {"salt": salt.hex(), "rounds": ROUNDS, "hash": _slow(salt, code)[:HEX_DIGITS]}


def _salt(stop_id: int, code: str) -> bytes:
    """The same on every page of every process, so that the slow part is done once; nobody can work it out from outside."""
    return hmac.new(settings.SECRET_KEY.encode(), f"{stop_id}:{code}".encode(), hashlib.sha256).digest()[:16]


@lru_cache(maxsize=4096)
def _slow(salt: bytes, code: str) -> str:
    return hashlib.pbkdf2_hmac("sha256", code.encode(), salt, ROUNDS).hex()
