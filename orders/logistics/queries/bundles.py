"""What devices are to know, as it is in the tables now; and the latest edition that was signed."""

import datetime as dt
import hashlib

from django.utils import timezone

from market.days import moment
from orders.logistics.codes.bundle import Area, Bundle, Registered, Revoked, TrustedKey
from orders.logistics.codes.keys import PublicKey
from orders.logistics.codes.payload import SHORT_BYTES
from orders.logistics.enums import AreaState, CodeState, KeyPurpose, KeyState
from orders.logistics.models import Checkpoint, PassCode, RiskArea, Rules, SignerKey, TrustBundle

REMEMBERED = dt.timedelta(hours=24)  # a withdrawn code is named so long after it would have ended
RETIRED_FOR = dt.timedelta(days=3)  # no code counts longer after its key signed no more
WITHDRAWN_FOR = dt.timedelta(days=90)


def current_bundle() -> TrustBundle | None:
    """The latest edition; None before the first. `actions.bundles.publish_bundle` brings it up to date. One statement."""
    return TrustBundle.objects.first()


def contents(at: dt.datetime) -> Bundle:
    """All but serial and time, which are 0. Seven statements, whatever the rows."""
    return Bundle(
        serial=0,
        issued_at=0,
        keys=_keys(at),
        register=_register(at),
        revoked=_revoked(at),
        areas=_areas(at),
        rules=_rules(at),
        roster=_roster(),
        previous=_previous(),
    )


def digest_of(bundle: Bundle, signer: SignerKey) -> str:
    """Of the contents and of who signs them: another key is another edition."""
    return hashlib.sha256(bundle.to_bytes() + bytes.fromhex(signer.kid)).hexdigest()


def bundle_keys() -> list[dict[str, str]]:
    """The public keys a device may pin: the one that signs bundles and the one that will. Hex. One statement."""
    keys = SignerKey.objects.filter(purpose=KeyPurpose.BUNDLE, state__in=[KeyState.ACTIVE, KeyState.WAITING])
    return [{"kid": key.kid, "x": key.x, "y": key.y} for key in keys.order_by("pk")]


def _keys(at: dt.datetime) -> tuple[TrustedKey, ...]:
    rows = SignerKey.objects.filter(purpose=KeyPurpose.CODES, valid_to__gt=at - WITHDRAWN_FOR).order_by("pk")
    return tuple(
        TrustedKey(_public(key), _unix(key.valid_from), _unix(key.valid_to), key.state)
        for key in rows
        if key.state != KeyState.RETIRED or key.valid_to > at - RETIRED_FOR
    )


def _register(at: dt.datetime) -> tuple[Registered, ...]:
    rows = PassCode.objects.live().filter(is_specimen=False, expires_at__gt=at).order_by("pk")
    fields = ("token", "green_pass__number", "check_code", "trip__truck__plate", "not_before", "expires_at")
    return tuple(
        Registered(_short(token), int(number), check, plate, _unix(starts), _unix(ends))
        for token, number, check, plate, starts, ends in rows.values_list(*fields)
    )


def _revoked(at: dt.datetime) -> tuple[Revoked, ...]:
    rows = PassCode.objects.filter(state=CodeState.WITHDRAWN, expires_at__gt=at - REMEMBERED).order_by("pk")
    return tuple(
        Revoked(_short(token), end, _unix(when))
        for token, end, when in rows.values_list("token", "end", "ended_at")
        if when is not None
    )


def _areas(at: dt.datetime) -> tuple[Area, ...]:
    rows = RiskArea.objects.filter(state=AreaState.PUBLISHED).exclude(ends_at__lte=at).select_related("place")
    return tuple(
        Area(
            f"{area.place.name_zh}{area.detail}",
            area.level,
            area.is_closed,
            _unix(area.starts_at),
            _unix(area.ends_at) if area.ends_at else 0,
            area.place_id,
            area.lat,
            area.lon,
            area.radius_m,
        )
        for area in rows.order_by("pk")
    )


def _rules(at: dt.datetime) -> tuple[tuple[object, ...], ...]:
    """In force today or to come. A day ends with its midnight."""
    rows = Rules.objects.exclude(until__lt=timezone.localdate(at)).order_by("since", "pk")
    return tuple(
        (
            one.pk,
            _unix(moment(one.since)),
            _unix(moment(one.until + dt.timedelta(days=1))) if one.until else 0,
            one.pass_needed,
            one.test_hours,
            one.name,
        )
        for one in rows
    )


def _roster() -> tuple[tuple[object, ...], ...]:
    rows = Checkpoint.objects.filter(is_active=True).order_by("pk")
    return tuple(rows.values_list("pk", "name", "lat", "lon", "place_id"))


def _previous() -> tuple[bytes, ...]:
    rows = SignerKey.objects.filter(purpose=KeyPurpose.BUNDLE, state=KeyState.RETIRED).order_by("-pk")
    return tuple(bytes.fromhex(kid) for kid in rows.values_list("kid", flat=True)[:3])


def _public(key: SignerKey) -> PublicKey:
    return PublicKey(bytes.fromhex(key.kid), bytes.fromhex(key.x), bytes.fromhex(key.y))


def _short(token: str) -> bytes:
    return bytes.fromhex(token[: SHORT_BYTES * 2])


def _unix(when: dt.datetime) -> int:
    return int(when.timestamp())
