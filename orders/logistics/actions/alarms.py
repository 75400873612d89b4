"""What a visit gives reason to look into, and that somebody has looked."""

import datetime as dt

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_noop

from market.actions.events import record
from market.models import User
from market.permissions import require
from market.sentences import Saying
from orders.logistics.actions.dispatch_notices import tell_desks
from orders.logistics.actions.locks import lock_one
from orders.logistics.enums import AlarmKind
from orders.logistics.exceptions_visits import AlarmNeedsNote
from orders.logistics.models import CheckpointAlarm, CheckpointVisit
from orders.logistics.permissions_checkpoints import oversees_checkpoints

NO_PLATE = gettext_noop("车牌不明")
TOLD = {
    AlarmKind.COPIED: gettext_noop("警报：%(plate)s 的通行码短时间内在“%(where)s”和“%(other)s”都出现过，可能被复制"),
    AlarmKind.NEVER_ISSUED: gettext_noop(
        "警报：“%(where)s”查到系统没有签发过的通行码，车牌 %(plate)s，签名密钥可能已泄露"
    ),
    AlarmKind.BAD_KEY: gettext_noop("警报：“%(where)s”查到用已撤销密钥签名的通行码，车牌 %(plate)s"),
    AlarmKind.UNFIT: gettext_noop("警报：“%(where)s”的手机判断 %(plate)s 可以通行，服务器判断不该放行，请马上联系司机"),
    AlarmKind.CHAIN_BROKEN: gettext_noop("警报：“%(where)s”的一台设备查验记录不连续，可能被改动或丢失"),
    AlarmKind.CLOCK_WRONG: gettext_noop("警报：“%(where)s”的一台设备时钟不准，请改为自动对时"),
}


def raise_alarm(
    kind: AlarmKind, visit: CheckpointVisit, other: CheckpointVisit | None = None
) -> CheckpointAlarm | None:
    """The alarm stands and the dispatchers are told; None when it stood already. Call inside the action's transaction.

    A device's broken chain or clock is told once a day, not once a record.
    """
    alarm, is_new = CheckpointAlarm.objects.get_or_create(kind=kind, visit=visit, defaults={"other_visit": other})
    if not is_new:
        return None
    facts = {
        "plate": visit.plate or Saying(NO_PLATE, {}),
        "where": visit.checkpoint.name,
        "other": other.checkpoint.name if other else "",
    }
    tell_desks(_once(kind, visit), TOLD[kind], url=reverse("logistics:alarms"), **facts)
    return alarm


@transaction.atomic
def handle_alarm(alarm: CheckpointAlarm, *, note: str, by: User, at: dt.datetime | None = None) -> CheckpointAlarm:
    """Somebody has looked into it and says what came out. The first to say so stands; a repeat changes nothing.

    Locks: alarm. Raises: NotAllowed, AlarmNeedsNote.
    """
    require(oversees_checkpoints(by))
    if not note.strip():
        raise AlarmNeedsNote
    alarm = lock_one(CheckpointAlarm, alarm.pk)
    if alarm.handled_at is not None:
        return alarm
    alarm.handled_at, alarm.handled_by, alarm.note = at or timezone.now(), by, note.strip()
    alarm.save(update_fields=["handled_at", "handled_by", "note"])
    record(alarm, "handled", by=by, reason=alarm.note)
    return alarm


def _once(kind: AlarmKind, visit: CheckpointVisit) -> str:
    if kind in {AlarmKind.CHAIN_BROKEN, AlarmKind.CLOCK_WRONG}:
        return f"{kind}-{visit.device_id}-{timezone.localdate()}"
    return f"{kind}-{visit.pk}"
