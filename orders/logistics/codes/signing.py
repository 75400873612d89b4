"""COSE_Sign1 with ES256 (library `cwt`): signing, and reading what somebody else has signed. No cryptography of our own."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import cbor2
from cwt import COSE, COSEKey
from cwt.exceptions import CWTError

from orders.logistics.codes.keys import KeyPair, PublicKey
from orders.logistics.codes.payload import UnreadableError

ALGORITHM, KID = 1, 4
ES256, SIGN1, SIGNATURE_BYTES = -7, 18, 64
KEY_TYPE, KEY_ID, KEY_ALGORITHM, CURVE, X, Y, D = 1, 2, 3, -1, -2, -3, -4  # of a COSE_Key
EC2, P256 = 2, 1


@dataclass(frozen=True)
class Envelope:
    """A COSE_Sign1 as it lies there, nothing verified."""

    kid: bytes
    payload: bytes
    signature: bytes
    whole: bytes


def sign(payload: bytes, pair: KeyPair) -> bytes:
    """The tagged COSE_Sign1 of the payload."""
    key = COSEKey.new(_cose_key(pair.public) | {D: pair.d})
    return COSE.new().encode_and_sign(payload, key, protected={ALGORITHM: ES256, KID: pair.public.kid})


def open_envelope(data: bytes) -> Envelope:
    """Raises: UnreadableError for whatever is not exactly what `sign` writes."""
    try:
        message = cbor2.loads(data)
        if not isinstance(message, cbor2.CBORTag) or message.tag != SIGN1 or len(message.value) != 4:
            raise UnreadableError("no COSE_Sign1")
        protected, unprotected, payload, signature = message.value
        header = cbor2.loads(protected)
    except UnreadableError:
        raise
    except Exception as error:  # whatever CBOR may hold in another's hands
        raise UnreadableError(str(error)) from error
    if dict(header) != {ALGORITHM: ES256, KID: header.get(KID)} or unprotected or not isinstance(header[KID], bytes):
        raise UnreadableError("header")
    if not isinstance(payload, bytes) or not isinstance(signature, bytes) or len(signature) != SIGNATURE_BYTES:
        raise UnreadableError("payload")
    return Envelope(header[KID], payload, signature, data)


def is_signed_by(envelope: Envelope, key: PublicKey) -> bool:
    """Whether this key has signed it."""
    try:
        COSE.new().decode(envelope.whole, COSEKey.new(_cose_key(key)))
    except (CWTError, ValueError):
        return False
    return True


def open_signed(data: bytes, keys: Iterable[PublicKey]) -> bytes:
    """The payload of what one of these keys has signed. Raises: UnreadableError."""
    envelope = open_envelope(data)
    key = next((key for key in keys if key.kid == envelope.kid), None)
    if key is None or not is_signed_by(envelope, key):
        raise UnreadableError("signature")
    return envelope.payload


def _cose_key(key: PublicKey) -> dict[int, Any]:
    return {KEY_TYPE: EC2, KEY_ID: key.kid, KEY_ALGORITHM: ES256, CURVE: P256, X: key.x, Y: key.y}
