"""The keys that sign codes and bundles: made ahead, active one at a time, rotated by the clock, withdrawn at once."""

import datetime as dt

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from market.actions.events import record
from market.actions.states import move
from market.models import User
from market.permissions import require
from orders.logistics import exceptions as refusals
from orders.logistics import exceptions_passes as pass_refusals
from orders.logistics.actions.locks import lock_one
from orders.logistics.codes.keys import KeyLockedError, KeyPair, PublicKey, make_key_pair, seal, unseal
from orders.logistics.enums import KEY_MOVES, KeyPurpose, KeyState
from orders.logistics.models import SignerKey
from orders.logistics.permissions_passes import keeps_keys

LIFE = dt.timedelta(days=30)
AHEAD = dt.timedelta(days=7)  # devices know the next key so long before it is used


def active_key(purpose: KeyPurpose, *, at: dt.datetime | None = None) -> SignerKey:
    """The key to sign with now. The first one is made here, and one past its time is rotated here if the clock was down."""
    at = at or timezone.now()
    key = SignerKey.objects.filter(purpose=purpose, state=KeyState.ACTIVE).first()
    return key if key is not None and at < key.valid_to else _rotate(purpose, at)


def lock_active_key(purpose: KeyPurpose, *, at: dt.datetime) -> SignerKey:
    """`active_key`, which nobody withdraws or rotates until the transaction ends. Locks: key."""
    key = lock_one(SignerKey, active_key(purpose, at=at).pk)
    while key.state != KeyState.ACTIVE:  # in between
        key = lock_one(SignerKey, active_key(purpose, at=at).pk)
    return key


def pair_of(key: SignerKey) -> KeyPair:
    """With the private half. Raises: KeyUnreadable."""
    try:
        private = unseal(key.sealed_private, secret())
    except KeyLockedError as error:
        raise pass_refusals.KeyUnreadable from error
    return KeyPair(PublicKey(bytes.fromhex(key.kid), bytes.fromhex(key.x), bytes.fromhex(key.y)), private)


def secret() -> str:
    """What the private halves are encrypted under: a secret of its own if there is one."""
    return settings.PASS_KEY_SECRET or settings.SECRET_KEY


def rotate_keys(at: dt.datetime | None = None) -> None:
    """Each purpose has its active key, and the next one a week before it is needed. By the clock; a repeat changes nothing."""
    at = at or timezone.now()
    for purpose in KeyPurpose:
        key = active_key(purpose, at=at)
        waits = SignerKey.objects.filter(purpose=purpose, state=KeyState.WAITING).exists()
        if not waits and key.valid_to - at <= AHEAD:
            _make(purpose, KeyState.WAITING, key.valid_to)


@transaction.atomic
def withdraw_key(key: SignerKey, *, reason: str, by: User, at: dt.datetime | None = None) -> SignerKey:
    """Nothing that this key signed counts any more, and its private half is gone; another one signs from now on.

    The codes it signed are signed anew by `codes.resign_codes`. Locks: key. Raises: NotAllowed, ReasonNeeded, WrongState
    (also the second time).
    """
    at = at or timezone.now()
    require(keeps_keys(by))
    if refusals.no_reason_given(reason):
        raise refusals.ReasonNeeded
    key = lock_one(SignerKey, key.pk)
    old = move(key, "state", KeyState.WITHDRAWN, KEY_MOVES)
    key.sealed_private, key.reason = "", reason.strip()[:200]
    key.save(update_fields=["state", "sealed_private", "reason"])
    record(key, "withdrawn", by=by, from_state=old, to_state=key.state, reason=key.reason)
    if old == KeyState.ACTIVE:
        active_key(KeyPurpose(key.purpose), at=at)
    return key


@transaction.atomic
def _rotate(purpose: KeyPurpose, at: dt.datetime) -> SignerKey:
    """The waiting key takes over, or a new one; the old one signs no more. Two at once end with the same key."""
    rows = SignerKey.objects.select_for_update(no_key=True).filter(purpose=purpose)
    active = rows.filter(state=KeyState.ACTIVE).first()
    if active is not None and at < active.valid_to:
        return active
    if active is not None:
        old = move(active, "state", KeyState.RETIRED, KEY_MOVES)
        active.sealed_private = ""
        active.save(update_fields=["state", "sealed_private"])
        record(active, "retired", by=None, from_state=old, to_state=active.state)
    waiting = rows.filter(state=KeyState.WAITING).order_by("pk").first()
    if waiting is None:
        return _make(purpose, KeyState.ACTIVE, at)
    old = move(waiting, "state", KeyState.ACTIVE, KEY_MOVES)
    waiting.valid_from, waiting.valid_to = at, at + LIFE
    waiting.save(update_fields=["state", "valid_from", "valid_to"])
    record(waiting, "activated", by=None, from_state=old, to_state=waiting.state)
    return waiting


def _make(purpose: KeyPurpose, state: KeyState, begins: dt.datetime) -> SignerKey:
    pair = make_key_pair()
    public = pair.public
    try:
        with transaction.atomic():
            key = SignerKey.objects.create(
                kid=public.kid.hex(),
                purpose=purpose,
                state=state,
                x=public.x.hex(),
                y=public.y.hex(),
                sealed_private=seal(pair.d, secret()),
                valid_from=begins,
                valid_to=begins + LIFE,
            )
    except IntegrityError:  # another process was quicker: one active key a purpose
        return SignerKey.objects.get(purpose=purpose, state=state)
    record(key, "made", by=None, to_state=state)
    return key
