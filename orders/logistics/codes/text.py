"""The text in the square: `GC1:` and Base45 (RFC 9285, for the alphanumeric mode of a QR code), and the short check code."""

import hashlib

import base45

from orders.logistics.codes.keys import KeyPair
from orders.logistics.codes.payload import MOST_BYTES, Payload, UnreadableError
from orders.logistics.codes.signing import Envelope, open_envelope, sign

PREFIX = "GC1:"
CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # no I, L, O, U: they are misheard and misread
CHECK_LETTERS = 4


def sign_text(payload: Payload, pair: KeyPair) -> tuple[str, str]:
    """The text of the square and its check code."""
    envelope = open_envelope(sign(payload.to_bytes(), pair))
    return PREFIX + base45.b45encode(envelope.whole).decode("ascii"), check_code(envelope.signature)


def read_text(text: str) -> tuple[Envelope, Payload]:
    """What the square says, nothing verified. Raises: UnreadableError."""
    text = text.strip("\r\n")
    if not text.startswith(PREFIX) or len(text) > 2 * MOST_BYTES:
        raise UnreadableError("prefix")
    try:
        data = base45.b45decode(text[len(PREFIX) :].encode("ascii"))
    except (ValueError, UnicodeEncodeError) as error:
        raise UnreadableError("base45") from error
    envelope = open_envelope(data)
    return envelope, Payload.from_bytes(envelope.payload)


def check_code(signature: bytes) -> str:
    """The first 20 bits of the signature's SHA-256, five by five."""
    bits = int.from_bytes(hashlib.sha256(signature).digest()[:3], "big") >> 4
    return "".join(CROCKFORD[(bits >> shift) & 31] for shift in (15, 10, 5, 0))


def tidy_check_code(typed: str) -> str:
    """As it is stored: what is misread for another letter means that one."""
    kept = "".join(letter for letter in typed.upper() if letter.isalnum())
    return kept.translate(str.maketrans("ILO", "110"))[:CHECK_LETTERS]
