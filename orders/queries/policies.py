"""The published rules of matching in words."""

from typing import Any

from django.shortcuts import get_object_or_404

from orders.enums import PolicyKind
from orders.models import MatchPolicy
from orders.policies import PARAMETERS


def policies_in_force() -> list[MatchPolicy]:
    """The last version of each kind, in the order of the kinds. One statement."""
    last = {policy.kind: policy for policy in MatchPolicy.objects.order_by("version")}
    return [last[kind] for kind in PolicyKind if kind in last]


def policy_or_404(pk: int) -> MatchPolicy:
    """Published for everybody. One statement. Raises: Http404."""
    return get_object_or_404(MatchPolicy.objects.select_related("by"), pk=pk)


def versions_of(kind: str) -> list[MatchPolicy]:
    """Newest first. One statement."""
    return list(MatchPolicy.objects.filter(kind=kind).order_by("-version"))


def parameters_in_words(policy: MatchPolicy) -> list[tuple[Any, int, Any, Any]]:
    """Label, value, unit and what it does, of each parameter that has an effect. No statement."""
    return [
        (known.label, policy.parameters[name], known.unit, known.help)
        for name, known in PARAMETERS.items()
        if policy.parameters.get(name)
    ]
