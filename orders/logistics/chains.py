"""The chain of a device's records: what one record says, and its hash. The same in the browser (`checkpoint/chain.js`).

A record holds only what its row holds, so that a chain can be reckoned again from the table at any time.
"""

import datetime as dt
import hashlib
import json
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from orders.logistics.models import CheckpointVisit

VERSION = 1
TOKEN_DIGITS = 16  # a record names a code by the first eight bytes of its token, as the bundle's register does


@dataclass(frozen=True)
class Scan:
    """One record as the device sent it. `text` is what the code said; it is read once to look behind the verdict, never kept."""

    device: UUID
    checkpoint: int
    seq: int
    previous: str
    hash: str
    by: int
    seen_at: int
    token: str
    plate: str
    verdict: str
    bundle: int
    reasons: list[str] = field(default_factory=list)
    text: str = ""

    @property
    def moment(self) -> dt.datetime:
        return dt.datetime.fromtimestamp(self.seen_at, dt.UTC)

    @property
    def facts(self) -> dict[str, Any]:
        return {
            "v": VERSION,
            "device": str(self.device),
            "checkpoint": self.checkpoint,
            "seq": self.seq,
            "previous": self.previous,
            "by": self.by,
            "seen_at": self.seen_at,
            "token": self.token,
            "plate": self.plate,
            "verdict": self.verdict,
            "reasons": self.reasons,
            "bundle": self.bundle,
        }

    @property
    def is_whole(self) -> bool:
        """Whether the hash is that of what is said."""
        return hash_of(self.facts) == self.hash


def hash_of(facts: dict[str, Any]) -> str:
    """SHA-256 over canonical JSON: keys in order, no spaces, whole numbers only, UTF-8."""
    text = json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def scan_of(visit: CheckpointVisit, device: UUID) -> Scan:
    """The record a row was made of, as far as it was chained."""
    return Scan(
        device=device,
        checkpoint=visit.checkpoint_id,
        seq=visit.seq or 0,
        previous=visit.previous_hash,
        hash=visit.hash,
        by=visit.by_id,
        seen_at=int(visit.seen_at.timestamp()),
        token=visit.token,
        plate=visit.plate,
        verdict=visit.verdict,
        reasons=visit.reasons,
        bundle=visit.bundle_serial or 0,
    )
