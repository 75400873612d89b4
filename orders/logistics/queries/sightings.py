"""What we know of a code that a checkpoint has seen."""

from orders.logistics.chains import TOKEN_DIGITS, Scan
from orders.logistics.enums import AlarmKind
from orders.logistics.models import PassCode

WHOLE_TOKEN = 32
REASONS = {
    "never_issued": AlarmKind.NEVER_ISSUED,
    "bad_key": AlarmKind.BAD_KEY,
    "clock_wrong": AlarmKind.CLOCK_WRONG,
}
# The device could not say that the signature is ours.
UNSIGNED = frozenset({"unreadable", "bad_signature", "bad_key"})


def code_of_token(token: str) -> PassCode | None:
    """The code whose token begins so. One statement."""
    if len(token) < TOKEN_DIGITS:
        return None
    rest = WHOLE_TOKEN - len(token)
    rows = PassCode.objects.filter(token__gte=token + "0" * rest, token__lte=token + "f" * rest)
    return rows.select_related("trip").first()


def alarms_of_code(scan: Scan, code: PassCode | None) -> list[AlarmKind]:
    """What the device's verdict gives reason to. That a code was never issued is ours to say: the device's list may be older."""
    kinds = [REASONS[reason] for reason in scan.reasons if reason in REASONS]
    kinds = [kind for kind in kinds if kind != AlarmKind.NEVER_ISSUED]
    if code is None and scan.token and not UNSIGNED & set(scan.reasons):
        kinds.append(AlarmKind.NEVER_ISSUED)
    return kinds
