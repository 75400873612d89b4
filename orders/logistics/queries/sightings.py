"""What we know of a code that a checkpoint has seen."""

from orders.logistics.chains import TOKEN_DIGITS, Scan
from orders.logistics.codes.keys import PublicKey
from orders.logistics.codes.payload import UnreadableError
from orders.logistics.codes.signing import is_signed_by
from orders.logistics.codes.text import read_text
from orders.logistics.enums import AlarmKind, KeyPurpose
from orders.logistics.models import PassCode, SignerKey

WHOLE_TOKEN = 32
# The device could not say that the signature is ours.
UNSIGNED = frozenset({"unreadable", "bad_signature", "bad_key"})


def code_of_token(token: str) -> PassCode | None:
    """The code whose token begins so, with its trip. One statement."""
    if len(token) < TOKEN_DIGITS:
        return None
    rest = WHOLE_TOKEN - len(token)
    rows = PassCode.objects.filter(token__gte=token + "0" * rest, token__lte=token + "f" * rest)
    return rows.select_related("green_pass", "trip__truck__carrier", "trip__driver").first()


def alarms_of_code(scan: Scan, code: PassCode | None) -> list[AlarmKind]:
    """What the record gives reason to look into. At most one statement.

    That a code was never issued is ours to say: the device's register may be older than the code. A text signed with a key we
    never had is a poor forgery and no alarm.
    """
    kinds = [AlarmKind.CLOCK_WRONG] if "clock_wrong" in scan.reasons else []
    if "bad_key" in scan.reasons and is_by_our_key(scan.text):
        kinds.append(AlarmKind.BAD_KEY)
    if code is None and scan.token and not UNSIGNED & set(scan.reasons):
        kinds.append(AlarmKind.NEVER_ISSUED)
    return kinds


def is_by_our_key(text: str) -> bool:
    """Whether one of our keys, in use or not, has signed it. Without the text the device is believed."""
    if not text:
        return True
    try:
        envelope, _payload = read_text(text)
    except UnreadableError:
        return False
    key = SignerKey.objects.filter(kid=envelope.kid.hex(), purpose=KeyPurpose.CODES).first()
    return key is not None and is_signed_by(
        envelope, PublicKey(envelope.kid, bytes.fromhex(key.x), bytes.fromhex(key.y))
    )
