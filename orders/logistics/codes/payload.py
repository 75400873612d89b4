"""What a pass code says, as a CBOR map with integer keys: as short as it can be, so that the printed square stays coarse."""

import hashlib
from dataclasses import dataclass
from typing import Any

import cbor2

ISSUER, EXPIRES, NOT_BEFORE, ISSUED_AT, TOKEN = 1, 4, 5, 6, 7
PLATE, PLATE_CLASS, COUNTIES, ROUTE, MANIFEST, MANIFEST_HASH = -1, -2, -3, -4, -5, -6
CREW_HASH, KIND, SPECIMEN, NUMBER, RATED_KG, RULES = -7, -8, -9, -10, -11, -12
KINDS = ("green", "transfer", "empty_return")
TOKEN_BYTES, HASH_BYTES, SHORT_BYTES = 16, 16, 8
CREW_BYTES = 2  # why so few: `crew_hash`
MOST_BYTES = 2_000


class UnreadableError(ValueError):
    """Not a pass code, or none that this edition reads."""


@dataclass(frozen=True)
class Payload:
    """Times are unix seconds. No name, no telephone number and no result is in it.

    `counties` are six-digit codes; one that ends in 00 stands for the whole city. `rules` is the id of the rules in force, 0
    for none.
    """

    issuer: str
    token: bytes
    not_before: int
    expires: int
    issued_at: int
    plate: str
    plate_class: str
    counties: tuple[int, ...]
    route: tuple[int, int]
    manifest: int
    manifest_hash: bytes
    crew_hash: bytes
    number: int
    rated_kg: int
    rules: int = 0
    kind: str = "green"
    is_specimen: bool = False

    @property
    def short(self) -> bytes:
        """By which the register and the revocations of a bundle know the code."""
        return self.token[:SHORT_BYTES]

    def to_bytes(self) -> bytes:
        values: dict[int, Any] = {
            ISSUER: self.issuer,
            EXPIRES: self.expires,
            NOT_BEFORE: self.not_before,
            ISSUED_AT: self.issued_at,
            TOKEN: self.token,
            PLATE: self.plate,
            PLATE_CLASS: self.plate_class,
            COUNTIES: list(self.counties),
            ROUTE: list(self.route),
            MANIFEST: self.manifest,
            MANIFEST_HASH: self.manifest_hash,
            CREW_HASH: self.crew_hash,
            KIND: KINDS.index(self.kind),
            NUMBER: self.number,
            RATED_KG: self.rated_kg,
            RULES: self.rules,
        }
        if self.is_specimen:
            values[SPECIMEN] = True
        return cbor2.dumps(values, canonical=True)

    @classmethod
    def from_bytes(cls, data: bytes) -> "Payload":
        """Raises: UnreadableError."""
        try:
            values = cbor2.loads(data)
            made = cls(
                issuer=_text(values[ISSUER]),
                token=_bytes(values[TOKEN], TOKEN_BYTES),
                not_before=_int(values[NOT_BEFORE]),
                expires=_int(values[EXPIRES]),
                issued_at=_int(values[ISSUED_AT]),
                plate=_text(values[PLATE]),
                plate_class=_text(values[PLATE_CLASS]),
                counties=tuple(_int(code) for code in values[COUNTIES]),
                route=(_int(values[ROUTE][0]), _int(values[ROUTE][1])),
                manifest=_int(values[MANIFEST]),
                manifest_hash=_bytes(values[MANIFEST_HASH], HASH_BYTES),
                crew_hash=_bytes(values[CREW_HASH], HASH_BYTES, least=CREW_BYTES),
                number=_int(values[NUMBER]),
                rated_kg=_int(values[RATED_KG]),
                rules=_int(values[RULES]),
                kind=KINDS[_int(values[KIND])],
                is_specimen=values.get(SPECIMEN, False) is True,
            )
        except UnreadableError:
            raise
        except Exception as error:  # whatever CBOR may hold in another's hands
            raise UnreadableError(str(error)) from error
        return made


def crew_hash(token: bytes, phone: str, size: int = CREW_BYTES) -> bytes:
    """The first bytes of a hash of the token and the driver's telephone number.

    The token is in the same square, and there are so few telephone numbers that all can be tried in minutes: a long hash would
    give the number to whoever photographs the code. Of two bytes tens of thousands of numbers have the same, and a wrong driver
    passes once in 65,536. It still tells which of a few numbers somebody already knows is likely, and most others it rules out.
    Codes signed before have 16 bytes: compare by the length that is in the code.
    """
    return hashlib.sha256(token + phone.encode()).digest()[:size]


def _int(value: Any) -> int:
    if type(value) is not int or value < 0:
        raise UnreadableError("not a number")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str) or len(value) > 20:
        raise UnreadableError("not a text")
    return value


def _bytes(value: Any, size: int, *, least: int | None = None) -> bytes:
    if not isinstance(value, bytes) or not (size if least is None else least) <= len(value) <= size:
        raise UnreadableError("not so many bytes")
    return value
