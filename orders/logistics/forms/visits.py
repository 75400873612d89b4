"""What a checkpoint's phone sends, and the filters and small forms of the desk: shape only."""

import datetime as dt
import json
import re
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from market.days import require_usable
from orders.logistics.chains import TOKEN_DIGITS, VERSION, Scan
from orders.logistics.enums import AlarmKind, Verdict, VisitState
from orders.logistics.models import Checkpoint

MOST_AT_ONCE = 200
LARGEST = 2**31 - 1
LATEST = 32_503_679_999  # the last second of the year 2999
LONGEST_TEXT = 2000
HASH = re.compile(r"[0-9a-f]{64}")
TOKEN = re.compile(rf"([0-9a-f]{{{TOKEN_DIGITS}}})?")
REASON_CODE = re.compile(r"[a-z_]{1,30}")
MANY = 12


@dataclass(frozen=True)
class Decision:
    seq: int
    state: VisitState
    reason: str


@dataclass(frozen=True)
class Batch:
    device: UUID
    checkpoint: int
    now: dt.datetime
    bundle: int
    scans: list[Scan]
    decisions: list[Decision]


def read_batch(body: bytes) -> Batch:
    """Raises: ValueError where it has not the shape."""
    try:
        return _batch(json.loads(body))
    except (KeyError, TypeError, AttributeError, OverflowError, RecursionError, UnicodeDecodeError) as error:
        raise ValueError(str(error)) from error


def _batch(told: Any) -> Batch:
    device, checkpoint = UUID(told["device"]), _whole(told["checkpoint"])
    records, decisions = told["records"], told["decisions"]
    if not isinstance(records, list) or not isinstance(decisions, list) or len(records) + len(decisions) > MOST_AT_ONCE:
        raise ValueError("records")
    return Batch(
        device=device,
        checkpoint=checkpoint,
        now=_moment(told["now"]),
        bundle=_whole(told["bundle"]),
        scans=[_scan(one, device) for one in records],
        decisions=[_decision(one) for one in decisions],
    )


def _scan(told: Any, device: UUID) -> Scan:
    if told["v"] != VERSION or told["device"] != str(device):
        raise ValueError("record")
    reasons = told["reasons"]
    if not isinstance(reasons, list) or len(reasons) > MANY:
        raise ValueError("reasons")
    return Scan(
        device=device,
        checkpoint=_whole(told["checkpoint"]),
        seq=_whole(told["seq"], least=1),
        previous=_match(HASH, told["previous"]) if told["previous"] else "",
        hash=_match(HASH, told["hash"]),
        by=_whole(told["by"]),
        seen_at=_whole(told["seen_at"], most=LATEST),
        token=_match(TOKEN, told["token"]),
        plate=_text(told["plate"], 10),
        verdict=Verdict(told["verdict"]),
        bundle=_whole(told["bundle"]),
        reasons=[_match(REASON_CODE, reason) for reason in reasons],
        text=_text(told.get("text", ""), LONGEST_TEXT),
    )


def _decision(told: Any) -> Decision:
    state = VisitState(told["state"])
    if state == VisitState.SEEN:
        raise ValueError("state")
    return Decision(seq=_whole(told["seq"], least=1), state=state, reason=_text(told["reason"], 200))


def _whole(value: Any, least: int = 0, most: int = LARGEST) -> int:
    if type(value) is not int or not least <= value <= most:
        raise ValueError("number")
    return value


def _moment(value: Any) -> dt.datetime:
    """However wrong the phone's clock is, within the calendar: a record of 1970 is a record."""
    return dt.datetime.fromtimestamp(_whole(value, most=LATEST), dt.UTC)


def _text(value: Any, longest: int) -> str:
    if not isinstance(value, str) or len(value) > longest or "\x00" in value:
        raise ValueError("text")
    value.encode()  # half a character is none
    return value


def _match(pattern: re.Pattern[str], value: Any) -> str:
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise ValueError("text")
    return value


class DecideForm(forms.Form):
    to = forms.ChoiceField(
        label=_("怎么处理"),
        choices=[(one.value, one.label) for one in VisitState if one != VisitState.SEEN],
        error_messages={"required": _("请选怎么处理"), "invalid_choice": _("请选怎么处理")},
    )
    reason = forms.CharField(label=_("原因"), max_length=200, required=False, help_text=_("和核验结论不一致时要写"))


class HandleForm(forms.Form):
    note = forms.CharField(
        label=_("处理结果"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"maxlength": 200, "placeholder": _("例如 已电话核实")}),
        error_messages={"max_length": _("最多 200 个字，请写短一点")},
    )


class _Filter(forms.Form):
    """What is not understood is not asked for."""

    checkpoint = forms.ModelChoiceField(
        label=_("查验点"), queryset=Checkpoint.objects.all(), required=False, empty_label=_("全部")
    )
    day = forms.DateField(
        label=_("日期"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        validators=[require_usable],
    )

    def wanted(self) -> dict[str, Any]:
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


class VisitFilter(_Filter):
    verdict = forms.ChoiceField(label=_("结论"), choices=[("", _("全部")), *Verdict.choices], required=False)
    state = forms.ChoiceField(label=_("处理"), choices=[("", _("全部")), *VisitState.choices], required=False)
    plate = forms.CharField(label=_("车牌号"), max_length=10, required=False)


class AlarmFilter(_Filter):
    kind = forms.ChoiceField(label=_("类别"), choices=[("", _("全部")), *AlarmKind.choices], required=False)
    open = forms.BooleanField(label=_("只看没处理的"), required=False)
