"""Checkpoints, keys, signed codes and bundles of any kind, also of kinds the product would never make."""

import datetime as dt
import secrets
import time
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils import timezone

from market.models import Organisation
from orders.logistics.chains import Scan, hash_of
from orders.logistics.codes.bundle import Bundle, Registered, Revoked, TrustedKey
from orders.logistics.codes.keys import KeyPair, make_key_pair
from orders.logistics.codes.payload import Payload, crew_hash
from orders.logistics.codes.signing import sign
from orders.logistics.codes.text import sign_text
from orders.logistics.enums import KeyPurpose, KeyState
from orders.logistics.models import Checkpoint, PassCode, SignerKey, TrustBundle

HOUR = 3600
PHONE = "+8613700001234"
BAIGUAN, LILING = (27.8003, 113.2371), (27.6463, 113.4970)  # 31 km apart


def make_checkpoint(organisation: Organisation, name: str = "白关收费站出口", **facts: Any) -> Checkpoint:
    lat, lon = facts.pop("point", BAIGUAN)
    values = {"place": organisation.place, "lat": lat, "lon": lon, **facts}
    return Checkpoint.objects.create(organisation=organisation, name=name, **values)


def keep_key(pair: KeyPair, purpose: str, state: str = KeyState.ACTIVE) -> SignerKey:
    now = timezone.now()
    return SignerKey.objects.create(
        kid=pair.public.kid.hex(),
        purpose=purpose,
        state=state,
        x=pair.public.x.hex(),
        y=pair.public.y.hex(),
        valid_from=now - dt.timedelta(days=3),
        valid_to=now + dt.timedelta(days=30),
    )


@dataclass
class Code:
    payload: Payload
    text: str
    check: str

    @property
    def token(self) -> str:
        return self.payload.short.hex()


@dataclass
class Signers:
    """A key in use, a withdrawn one, the bundle's; what was signed with them, and the bundle that tells of it."""

    active: KeyPair = field(default_factory=make_key_pair)
    withdrawn: KeyPair = field(default_factory=make_key_pair)
    bundler: KeyPair = field(default_factory=make_key_pair)
    register: dict[str, Registered] = field(default_factory=dict)
    revoked: list[Revoked] = field(default_factory=list)
    serial: int = 0
    number: int = 430200000000

    def keep(self) -> None:
        """The server knows these keys, and none that a page of the test before may still have asked for."""
        TrustBundle.objects.all().delete()
        SignerKey.objects.all().delete()
        keep_key(self.active, KeyPurpose.CODES)
        keep_key(self.withdrawn, KeyPurpose.CODES, KeyState.WITHDRAWN)
        keep_key(self.bundler, KeyPurpose.BUNDLE)

    def code(self, *, by: KeyPair | None = None, issue: bool = True, **facts: Any) -> Code:
        """A truck's code, good from an hour ago for six hours; in the register and known to the server unless not issued."""
        now, token = int(time.time()), secrets.token_bytes(16)
        self.number += 1
        values = {
            "issuer": "police", "token": token, "not_before": now - HOUR, "expires": now + 6 * HOUR, "issued_at": now - HOUR,
            "plate": "湘B12345", "plate_class": "blue", "counties": (430200,), "route": (430202, 430211), "manifest": 1024,
            "manifest_hash": secrets.token_bytes(16), "crew_hash": crew_hash(token, PHONE), "number": self.number,
            "rated_kg": 4995, "rules": 0,
        }  # fmt: skip
        payload = Payload(**{**values, **facts})
        code = Code(payload, *sign_text(payload, by or self.active))
        if issue:
            self._issue(code)
        return code

    def _issue(self, code: Code) -> None:
        one = code.payload
        if not one.is_specimen:
            self.register[code.token] = Registered(
                one.short, one.number, code.check, one.plate, one.not_before, one.expires
            )
        PassCode.objects.create(
            token=one.token.hex(),
            signer=SignerKey.objects.get(kid=self.active.public.kid.hex()),
            is_specimen=True,  # the row needs no trip then; what matters here is that the token is known
            not_before=dt.datetime.fromtimestamp(one.not_before, dt.UTC),
            expires_at=dt.datetime.fromtimestamp(one.expires, dt.UTC),
            text=code.text,
            check_code=code.check,
        )

    def revoke(self, code: Code, end: str = "pass_revoked") -> None:
        self.register.pop(code.token)
        self.revoked.append(Revoked(code.payload.short, end, int(time.time())))

    def unrevoke(self, code: Code) -> None:
        self.revoked = [row for row in self.revoked if row.short != code.payload.short]
        one = code.payload
        self.register[code.token] = Registered(
            one.short, one.number, code.check, one.plate, one.not_before, one.expires
        )

    def bundle(self, *, age_s: int = 0, **facts: Any) -> bytes:
        now = int(time.time())
        self.serial += 1
        keys = [
            TrustedKey(pair.public, now - 72 * HOUR, now + 720 * HOUR, state)
            for pair, state in ((self.active, "active"), (self.withdrawn, "withdrawn"))
        ]
        bundle = Bundle(
            self.serial,
            now - age_s,
            keys=tuple(keys),
            register=tuple(self.register.values()),
            revoked=tuple(self.revoked),
        )
        return sign(replace(bundle, **facts).to_bytes(), self.bundler)


def make_signers() -> Signers:
    signers = Signers()
    signers.keep()
    return signers


def make_scan(device: Any, checkpoint: Checkpoint, by: Any, /, *, after: Scan | None = None, **facts: Any) -> Scan:
    """The next record of a device's chain."""
    values = {
        "device": device, "checkpoint": checkpoint.pk, "seq": after.seq + 1 if after else 1,
        "previous": after.hash if after else "", "hash": "", "by": by.pk, "seen_at": int(time.time()), "token": "",
        "plate": "湘B12345", "verdict": "pass", "bundle": 1, "reasons": ["genuine"], **facts,
    }  # fmt: skip
    scan = Scan(**values)
    return scan if scan.hash else replace(scan, hash=hash_of(scan.facts))
