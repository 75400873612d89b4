"""The bundle: all that a device needs to verify without a network, signed as one. A CBOR map with integer keys."""

from dataclasses import dataclass, field
from typing import Any

import cbor2

from orders.logistics.codes.keys import PublicKey
from orders.logistics.codes.payload import UnreadableError

SERIAL, ISSUED_AT, KEYS, REGISTER, REVOKED, AREAS, RULES, ROSTER, PREVIOUS = range(1, 10)


@dataclass(frozen=True)
class TrustedKey:
    """A key of the code signers. A code counts if it was signed between `valid_from` and `valid_to`."""

    key: PublicKey
    valid_from: int
    valid_to: int
    state: str  # waiting, active, retired, withdrawn


@dataclass(frozen=True)
class Registered:
    """A live code: what can be checked of a sheet whose square cannot be read."""

    short: bytes
    number: int
    check: str
    plate: str
    not_before: int
    expires: int


@dataclass(frozen=True)
class Revoked:
    short: bytes
    end: str  # why: a `CodeEnd`
    at: int


@dataclass(frozen=True)
class Area:
    """`place` is the twelve-digit code of what it covers; with `radius_m` it is the circle around the point instead."""

    name: str
    level: str
    is_closed: bool
    starts: int
    ends: int  # 0: until further notice
    place: str
    lat: float | None = None
    lon: float | None = None
    radius_m: int | None = None


@dataclass(frozen=True)
class Bundle:
    serial: int
    issued_at: int
    keys: tuple[TrustedKey, ...] = ()
    register: tuple[Registered, ...] = ()
    revoked: tuple[Revoked, ...] = ()
    areas: tuple[Area, ...] = ()
    rules: tuple[tuple[Any, ...], ...] = ()  # (id, since, until or 0, pass needed, test hours or None, name)
    roster: tuple[tuple[Any, ...], ...] = ()  # (checkpoint id, name, lat, lon, twelve-digit code of its place)
    previous: tuple[bytes, ...] = field(default=())  # kids of the bundle keys before this one

    def to_bytes(self) -> bytes:
        return cbor2.dumps(self.to_map(), canonical=True)

    def to_map(self) -> dict[int, Any]:
        return {
            SERIAL: self.serial,
            ISSUED_AT: self.issued_at,
            KEYS: [[k.key.kid, k.key.x, k.key.y, k.valid_from, k.valid_to, k.state] for k in self.keys],
            REGISTER: [[r.short, r.number, r.check, r.plate, r.not_before, r.expires] for r in self.register],
            REVOKED: [[r.short, r.end, r.at] for r in self.revoked],
            AREAS: [
                [a.name, a.level, a.is_closed, a.starts, a.ends, a.place, a.lat, a.lon, a.radius_m] for a in self.areas
            ],
            RULES: [list(rule) for rule in self.rules],
            ROSTER: [list(one) for one in self.roster],
            PREVIOUS: list(self.previous),
        }

    @classmethod
    def from_bytes(cls, data: bytes) -> "Bundle":
        """Raises: UnreadableError."""
        try:
            values = cbor2.loads(data)
            return cls(
                serial=values[SERIAL],
                issued_at=values[ISSUED_AT],
                keys=tuple(TrustedKey(PublicKey(*row[:3]), *row[3:6]) for row in values[KEYS]),
                register=tuple(Registered(*row[:6]) for row in values[REGISTER]),
                revoked=tuple(Revoked(*row[:3]) for row in values[REVOKED]),
                areas=tuple(Area(*row[:9]) for row in values[AREAS]),
                rules=tuple(tuple(row) for row in values[RULES]),
                roster=tuple(tuple(row) for row in values[ROSTER]),
                previous=tuple(values[PREVIOUS]),
            )
        except Exception as error:  # whatever CBOR may hold in another's hands
            raise UnreadableError(str(error)) from error
