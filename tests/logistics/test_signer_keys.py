"""Keys that sign: encrypted, one active at a time, the next one known ahead, withdrawn in one go."""

import datetime as dt

import pytest
from django.utils import timezone

from market.exceptions import NotAllowed, WrongState
from market.models import Event
from orders.logistics import exceptions as refusals
from orders.logistics import exceptions_passes as pass_refusals
from orders.logistics.actions.code_upkeep import drill, renew_codes
from orders.logistics.actions.codes import issue_code
from orders.logistics.actions.signer_keys import active_key, pair_of, rotate_keys, withdraw_key
from orders.logistics.codes.keys import KeyLockedError, PublicKey, make_key_pair, seal, unseal
from orders.logistics.codes.signing import is_signed_by
from orders.logistics.codes.text import read_text
from orders.logistics.enums import KEY_MOVES, KeyPurpose, KeyState
from orders.logistics.models import PassCode, SignerKey
from tests.cast import PEOPLE
from tests.factories.passes import cleared_trip

DAY = dt.timedelta(days=1)


def test_the_private_half_opens_with_its_secret_only():
    pair = make_key_pair()
    sealed = seal(pair.d, "one secret")

    assert unseal(sealed, "one secret") == pair.d
    with pytest.raises(KeyLockedError):
        unseal(sealed, "another secret")
    with pytest.raises(KeyLockedError):
        unseal("", "one secret")
    assert pair.d.hex() not in repr(pair) + sealed


def test_a_secret_of_its_own_stands_before_the_sites(db, settings):
    settings.PASS_KEY_SECRET = "a secret of its own"
    key = active_key(KeyPurpose.CODES)
    assert len(pair_of(key).d) == 32
    settings.SECRET_KEY = "another"
    assert len(pair_of(key).d) == 32
    settings.PASS_KEY_SECRET = ""
    with pytest.raises(pass_refusals.KeyUnreadable):
        pair_of(key)


def test_the_first_key_is_made_when_it_is_needed(db):
    key = active_key(KeyPurpose.CODES)
    assert (key.state, key.valid_to - key.valid_from) == (KeyState.ACTIVE, 30 * DAY)
    assert active_key(KeyPurpose.CODES).pk == key.pk
    assert active_key(KeyPurpose.BUNDLE).pk != key.pk


def test_keys_rotate_and_overlap(db):
    now = timezone.now()
    rotate_keys(now)
    rotate_keys(now)
    first = SignerKey.objects.get(purpose=KeyPurpose.CODES)
    rotate_keys(now + 22 * DAY)
    assert SignerKey.objects.filter(purpose=KeyPurpose.CODES).count() == 1

    rotate_keys(now + 23 * DAY)
    rotate_keys(now + 23 * DAY)
    second = SignerKey.objects.get(purpose=KeyPurpose.CODES, state=KeyState.WAITING)
    assert second.valid_from == first.valid_to
    assert active_key(KeyPurpose.CODES, at=now + 29 * DAY).pk == first.pk

    assert active_key(KeyPurpose.CODES, at=now + 30 * DAY).pk == second.pk
    first.refresh_from_db()
    assert (first.state, first.sealed_private) == (KeyState.RETIRED, "")
    assert [e.verb for e in Event.objects.about(second).order_by("pk")] == ["made", "activated"]


def test_a_clock_that_was_down_for_months_leaves_one_active_key(db):
    rotate_keys(timezone.now() - 100 * DAY)
    rotate_keys(timezone.now())
    rows = SignerKey.objects.filter(purpose=KeyPurpose.CODES)
    assert sorted(rows.values_list("state", flat=True)) == ["active", "retired"]
    assert active_key(KeyPurpose.CODES).valid_to > timezone.now() + 29 * DAY


def bureau_issuer(cast):
    from market.enums import Role
    from market.models import Membership, User

    Membership.objects.create(user=cast.outsider, organisation=cast.bureau, role=Role.ISSUER)
    return User.objects.get(pk=cast.outsider.pk)


def test_who_may_withdraw_a_key(cast):
    for person in [name for name in PEOPLE if name != "supervisor"]:
        with pytest.raises(NotAllowed):
            withdraw_key(active_key(KeyPurpose.CODES), reason="丢了", by=getattr(cast, person))
    assert withdraw_key(active_key(KeyPurpose.CODES), reason="丢了", by=bureau_issuer(cast)).state == "withdrawn"


@pytest.mark.parametrize("old", list(KeyState))
def test_a_key_is_withdrawn_once_and_with_a_reason(cast, old):
    key = active_key(KeyPurpose.CODES)
    SignerKey.objects.filter(pk=key.pk).update(state=old)
    with pytest.raises(refusals.ReasonNeeded):
        withdraw_key(key, reason=" ", by=cast.supervisor)
    if KeyState.WITHDRAWN in KEY_MOVES[old]:
        gone = withdraw_key(key, reason="丢了", by=cast.supervisor)
        assert (gone.state, gone.sealed_private, gone.reason) == (KeyState.WITHDRAWN, "", "丢了")
    else:
        with pytest.raises(WrongState):
            withdraw_key(key, reason="丢了", by=cast.supervisor)


def test_the_waiting_key_takes_over_from_a_withdrawn_one(cast):
    now = timezone.now()
    rotate_keys(now - 25 * DAY)
    rotate_keys(now)
    active, waiting = (
        SignerKey.objects.get(purpose=KeyPurpose.CODES, state=state) for state in (KeyState.ACTIVE, KeyState.WAITING)
    )
    withdraw_key(active, reason="丢了", by=cast.supervisor)
    assert active_key(KeyPurpose.CODES).pk == waiting.pk


def test_the_drill_signs_every_live_code_anew(day):
    trip = cleared_trip(day)
    code = issue_code(trip, by=day.cast.dispatcher)

    assert drill(code.signer, reason="密钥泄露演练", by=day.cast.supervisor) == 1

    code.refresh_from_db()
    new = PassCode.objects.live().get(trip=trip)
    public = PublicKey(*(bytes.fromhex(getattr(new.signer, part)) for part in ("kid", "x", "y")))
    assert (code.state, new.signer_id != code.signer_id) == ("withdrawn", True)
    assert is_signed_by(read_text(new.text)[0], public)
    assert renew_codes() == 0


def test_what_a_drill_left_over_the_clock_signs_anew(day):
    trip = cleared_trip(day)
    code = issue_code(trip, by=day.cast.dispatcher)
    withdraw_key(code.signer, reason="丢了", by=day.cast.supervisor)

    assert (renew_codes(), renew_codes()) == (1, 0)
    assert PassCode.objects.live().get(trip=trip).signer.state == KeyState.ACTIVE
