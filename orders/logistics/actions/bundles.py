"""Signing what devices verify with."""

import datetime as dt
from dataclasses import replace

from django.db import IntegrityError, transaction
from django.utils import timezone

from orders.logistics.actions.signer_keys import active_key, pair_of
from orders.logistics.codes.bundle import Bundle
from orders.logistics.codes.signing import sign
from orders.logistics.enums import KeyPurpose
from orders.logistics.models import SignerKey, TrustBundle
from orders.logistics.queries.bundles import contents, current_bundle, digest_of

SIGNED_AGAIN = dt.timedelta(minutes=5)  # so that a device with a network never holds an old one
KEPT = 50


def publish_bundle(at: dt.datetime | None = None) -> TrustBundle:
    """The bundle that says how things are: a new serial if anything changed, else the same one, signed again when it grows old.

    Called by the clock and by whoever asks for the bundle, so that a withdrawn code reaches the next device that asks. Two at
    once end with the same edition. Raises: KeyUnreadable.
    """
    at = at or timezone.now()
    signer = active_key(KeyPurpose.BUNDLE, at=at)
    active_key(KeyPurpose.CODES, at=at)
    latest = current_bundle()  # before the contents: whoever publishes in between takes the serial that comes next
    known = contents(at)
    digest = digest_of(known, signer)
    if latest is None or latest.digest != digest:
        return _publish(known, digest, signer, latest.serial + 1 if latest else 1, at)
    return latest if at - latest.issued_at < SIGNED_AGAIN else _sign_again(latest, known, signer, at)


def _publish(known: Bundle, digest: str, signer: SignerKey, serial: int, at: dt.datetime) -> TrustBundle:
    signed = _signed(known, signer, serial, at)
    try:
        with transaction.atomic():
            made = TrustBundle.objects.create(serial=serial, issued_at=at, signed=signed, digest=digest)
    except IntegrityError:  # another process was quicker with the same serial
        return TrustBundle.objects.get(serial=serial)
    TrustBundle.objects.filter(serial__lte=serial - KEPT).delete()
    return made


def _sign_again(latest: TrustBundle, known: Bundle, signer: SignerKey, at: dt.datetime) -> TrustBundle:
    latest.issued_at, latest.signed = at, _signed(known, signer, latest.serial, at)
    latest.save(update_fields=["issued_at", "signed"])
    return latest


def _signed(known: Bundle, signer: SignerKey, serial: int, at: dt.datetime) -> bytes:
    return sign(replace(known, serial=serial, issued_at=int(at.timestamp())).to_bytes(), pair_of(signer))
