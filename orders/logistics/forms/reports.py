"""Reading what a driver's phone sends: an envelope of reports. Whatever was sent, the answer is reports or one sentence."""

import datetime as dt
import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from market.days import is_usable
from orders.logistics.actions.reports import Report
from orders.logistics.forms.drive import FORMS

MOST_REPORTS = 50
MOST_FACTS = 20
SMALL_SKEW = dt.timedelta(minutes=2)


class MalformedError(ValueError):
    """No phone of ours sends this. `str()` is a sentence; `key` names the report it is about, where one is to blame."""

    def __init__(self, sentence: str, key: UUID | None = None) -> None:
        super().__init__(sentence)
        self.key = key


@dataclass(frozen=True)
class Envelope:
    """`ahead`: how far the phone's clock is ahead of ours; `user`: whose phone it is, None where it does not say."""

    reports: list[Report]
    user: int | None
    ahead: dt.timedelta


def read_envelope(text: str | bytes, files: MultiValueDict[str, UploadedFile]) -> Envelope:
    """`files` holds the photograph of a report under the report's key. Raises: MalformedError."""
    try:
        found = _read_json(text)
    except ValueError:
        raise MalformedError(_("发来的内容读不懂，请刷新页面再试")) from None
    if not isinstance(found, dict) or not isinstance(found.get("reports"), list):
        raise MalformedError(_("发来的内容读不懂，请刷新页面再试"))
    if len(found["reports"]) > MOST_REPORTS:
        raise MalformedError(_("一次最多发 %(most)d 条，请分几次发") % {"most": MOST_REPORTS})
    user = found.get("user")
    sent_at = _read_moment(found["sent_at"], None) if found.get("sent_at") is not None else None
    ahead = sent_at - timezone.now() if sent_at else dt.timedelta(0)
    return Envelope(
        [_read_report(one, files) for one in found["reports"]],
        user if isinstance(user, int) else None,
        ahead if abs(ahead) > SMALL_SKEW else dt.timedelta(0),
    )


def report_of(verb: str, key: UUID, facts: dict[str, Any], made_at: dt.datetime, photo: Any) -> Report:
    """Facts that the verb's form takes, or the sentence that says why it does not."""
    form = FORMS[verb](facts)
    fault = "" if form.is_valid() else str(next(iter(form.errors.values()))[0])
    return Report(key, verb, form.cleaned_data, made_at, photo, fault)


def report_of_form(posted: QueryDict, files: MultiValueDict[str, UploadedFile]) -> Report:
    """A form of the page, sent without a script. Raises: MalformedError."""
    key, verb = _read_key(posted.get("key")), posted.get("verb", "")
    if verb not in FORMS:
        raise MalformedError(_("不认识这个操作，请刷新页面再试"), key)
    return report_of(verb, key, posted.dict(), timezone.now(), files.get("picture"))


def _read_report(found: Any, files: MultiValueDict[str, UploadedFile]) -> Report:
    if not isinstance(found, dict):
        raise MalformedError(_("发来的内容读不懂，请刷新页面再试"))
    key, verb, facts = _read_key(found.get("key")), found.get("verb"), found.get("facts")
    if not isinstance(verb, str) or verb not in FORMS:
        raise MalformedError(_("不认识这个操作，请刷新页面再试"), key)
    if not isinstance(facts, dict) or len(facts) > MOST_FACTS:
        raise MalformedError(_("这一条的内容读不懂，请重新填一次"), key)
    if not all(isinstance(value, str | int | float | None) for value in facts.values()):
        raise MalformedError(_("这一条的内容读不懂，请重新填一次"), key)
    return report_of(verb, key, facts, _read_moment(found.get("made_at"), key), files.get(str(key)))


def _read_key(found: Any) -> UUID:
    try:
        if isinstance(found, str):
            return UUID(found)
    except ValueError:
        pass
    raise MalformedError(_("缺少编号或编号不对，请刷新页面再试"))


def _read_moment(found: Any, key: UUID | None) -> dt.datetime:
    try:
        made_at = parse_datetime(found) if isinstance(found, str) else None
    except ValueError:
        made_at = None
    if made_at is None or made_at.tzinfo is None or not is_usable(made_at):
        raise MalformedError(_("手机上的时间不对，请检查手机的日期和时间"), key)
    return made_at


def _read_json(text: str | bytes) -> Any:
    """Raises: ValueError, also for what is JSON to some readers only: NaN, half a character, a thousand brackets."""
    try:
        found = json.loads(text, parse_constant=_refuse)
        json.dumps(found, ensure_ascii=False).encode()
    except RecursionError as error:
        raise ValueError from error
    return found


def _refuse(word: str) -> None:
    raise ValueError(word)
