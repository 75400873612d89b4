"""A number and a check code, told by voice or message: what the tables say of them now."""

import datetime as dt
from dataclasses import dataclass

from orders.logistics.codes.text import tidy_check_code
from orders.logistics.codes.verdicts import VERDICTS, Ruling, rule
from orders.logistics.enums import CodeState, KeyState
from orders.logistics.models import PassCode


@dataclass(frozen=True)
class Answer:
    """The verdict, and the code if there is one."""

    ruling: Ruling
    code: PassCode | None


def check_by_number(number: str, check: str, at: dt.datetime) -> Answer:
    """The same table of verdicts as at a checkpoint, from the tables instead of a bundle. One statement."""
    rows = PassCode.objects.filter(green_pass__number=number, check_code=tidy_check_code(check))
    rows = rows.select_related("signer", "green_pass__from_place", "green_pass__to_place", "trip__truck")
    code = max(rows, key=lambda one: (one.state == CodeState.LIVE, one.pk), default=None)
    if code is None:
        return Answer(rule(["not_found"], is_signed=False), None)
    return Answer(rule(_against(code, at), is_signed=False), code)


def _against(code: PassCode, at: dt.datetime) -> list[str]:
    reasons = []
    if code.state == CodeState.WITHDRAWN:
        reasons.append(code.end if code.end in VERDICTS else "by_hand")
    if code.signer.state == KeyState.WITHDRAWN:
        reasons.append("bad_key")
    if code.expires_at <= at:
        reasons.append("expired")
    elif at < code.not_before:
        reasons.append("not_yet")
    return reasons
