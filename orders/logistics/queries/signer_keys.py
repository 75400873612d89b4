"""The signer keys as those who answer for them see them."""

from dataclasses import dataclass

from django.db.models import Count, Q

from orders.logistics.enums import CodeState, KeyState
from orders.logistics.models import SignerKey


@dataclass(frozen=True)
class KeyRow:
    key: SignerKey
    live_codes: int

    @property
    def can_withdraw(self) -> bool:
        return self.key.state != KeyState.WITHDRAWN


def key_rows() -> list[KeyRow]:
    """The newest keys, each with how many live codes it has signed. One statement."""
    counted = Count("codes", filter=Q(codes__state=CodeState.LIVE, codes__is_specimen=False))
    return [KeyRow(key, key.live) for key in SignerKey.objects.annotate(live=counted)[:40]]
