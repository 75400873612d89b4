"""Publishing the rules by which a day is matched. A version is never edited: the next one takes its place."""

from collections.abc import Mapping

from django.db import IntegrityError, transaction

from market.actions.events import record
from market.models import User
from market.permissions import require
from orders.enums import PolicyKind
from orders.exceptions import (
    ParameterOutOfBounds,
    PolicyTextMissing,
    PolicyTextTooLong,
    SameAsBefore,
    StretchAboveFirm,
)
from orders.models import MatchPolicy
from orders.permissions import can_match
from orders.policies import FIRST_VERSIONS, PARAMETERS, is_within

MAX_TEXT = 1000


@transaction.atomic
def publish_policy(kind: PolicyKind, *, text: str, parameters: Mapping[str, int], by: User) -> MatchPolicy:
    """The next version of the kind is in force, with this text and these parameters; older ones stay as they were.

    Locks: the versions of the kind. A repeat says the same as the version before and is refused. Raises: NotAllowed,
    PolicyTextMissing, PolicyTextTooLong, ParameterOutOfBounds, StretchAboveFirm, SameAsBefore.
    """
    require(can_match(by))
    text = text.strip()
    _require_text(text)
    _require_parameters(parameters)
    versions = MatchPolicy.objects.filter(kind=kind).order_by("-version")
    list(versions.select_for_update())  # who waited here reads the last one below: it may be new
    last = versions.first()
    values = {name: parameters[name] for name in PARAMETERS}
    if last and (last.text, last.parameters) == (text, values):
        raise SameAsBefore(version=last.version)
    version = last.version + 1 if last else 1
    policy = MatchPolicy.objects.create(kind=kind, version=version, text=text, parameters=values, by=by)
    record(policy, "published", by=by)
    return policy


def publish_first_policies() -> int:
    """Each kind has a first version. Returns how many were missing; a repeat changes nothing."""
    there = set(MatchPolicy.objects.values_list("kind", flat=True))
    made = 0
    for kind, (text, parameters) in FIRST_VERSIONS.items():
        if kind not in there:
            made += _publish_first(kind, text, parameters)
    return made


def _publish_first(kind: PolicyKind, text: str, parameters: dict[str, int]) -> int:
    try:
        with transaction.atomic():
            policy = MatchPolicy.objects.create(kind=kind, version=1, text=text, parameters=parameters)
            record(policy, "published", by=None)
    except IntegrityError:  # another process began at the same moment
        return 0
    return 1


def _require_text(text: str) -> None:
    if not text:
        raise PolicyTextMissing
    if len(text) > MAX_TEXT:
        raise PolicyTextTooLong(limit=MAX_TEXT)


def _require_parameters(parameters: Mapping[str, int]) -> None:
    for name, known in PARAMETERS.items():
        if not is_within(name, parameters.get(name)):
            raise ParameterOutOfBounds(name=name, label=known.label, least=known.least, most=known.most)
    if not parameters["stretch"] < parameters["firm"] or not parameters["rest"] < parameters["firm"]:
        raise StretchAboveFirm
