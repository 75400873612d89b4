"""Key pairs of the signers (ES256), and how their private half is kept: encrypted, under a key derived from a secret."""

import base64
import secrets
from dataclasses import dataclass

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KID_BYTES, HALF_BYTES = 8, 32
PURPOSE_OF_SECRET = b"green channel market: private halves of signer keys, 1"


class KeyLockedError(Exception):
    """The private half does not open with this secret: it was changed, or the row is from elsewhere."""


@dataclass(frozen=True)
class PublicKey:
    """The point of a key pair and its name."""

    kid: bytes
    x: bytes
    y: bytes


@dataclass(frozen=True)
class KeyPair:
    public: PublicKey
    d: bytes  # the private half

    def __repr__(self) -> str:
        return f"KeyPair({self.public.kid.hex()})"  # never the private half


def make_key_pair() -> KeyPair:
    return key_pair_of(secrets.token_bytes(KID_BYTES), ec.generate_private_key(ec.SECP256R1()))


def key_pair_of(kid: bytes, private: ec.EllipticCurvePrivateKey) -> KeyPair:
    numbers = private.private_numbers()
    x, y, d = (
        value.to_bytes(HALF_BYTES, "big")
        for value in (numbers.public_numbers.x, numbers.public_numbers.y, numbers.private_value)
    )
    return KeyPair(PublicKey(kid, x, y), d)


def seal(private: bytes, secret: str) -> str:
    """The private half as text that only the secret opens."""
    return _box(secret).encrypt(private).decode("ascii")


def unseal(sealed: str, secret: str) -> bytes:
    """Raises: KeyLockedError."""
    try:
        return _box(secret).decrypt(sealed.encode("ascii"))
    except (InvalidToken, UnicodeEncodeError) as error:
        raise KeyLockedError from error


def _box(secret: str) -> Fernet:
    derived = HKDF(hashes.SHA256(), 32, salt=None, info=PURPOSE_OF_SECRET).derive(secret.encode())
    return Fernet(base64.urlsafe_b64encode(derived))
