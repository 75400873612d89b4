"""What the installable page is given: the officer's checkpoints, the public half of the bundle's key, the words."""

from typing import Any

from orders.logistics.enums import KeyPurpose, KeyState
from orders.logistics.models import Checkpoint, SignerKey


def bundle_pin() -> dict[str, str] | None:
    """The public key the phone pins; None before any bundle was made. One statement."""
    key = SignerKey.objects.filter(purpose=KeyPurpose.BUNDLE, state=KeyState.ACTIVE).first()
    return {"kid": key.kid, "x": key.x, "y": key.y} if key else None


def spot_of(checkpoint: Checkpoint) -> dict[str, Any]:
    return {
        "id": checkpoint.pk,
        "name": checkpoint.name,
        "place": checkpoint.place_id,
        "lat": checkpoint.lat,
        "lon": checkpoint.lon,
    }
