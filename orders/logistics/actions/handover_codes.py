"""The six digits by which a driver and the other side of a stop know that they met the right one."""

import secrets

from orders.logistics.models import Stop, Trip

DIGITS = 6


def new_code() -> str:
    return f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"


def give_codes(trip: Trip) -> int:
    """Stops of the trip that were written before there were codes have one now. Returns how many; a repeat changes nothing.

    Call it with the trip locked. One statement where nothing is missing.
    """
    bare = list(Stop.objects.filter(trip=trip, code=""))
    for stop in bare:
        stop.code = new_code()
    if bare:
        Stop.objects.bulk_update(bare, ["code"])
    return len(bare)
