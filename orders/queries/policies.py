"""The published rules of matching in words."""

from typing import Any

from django.shortcuts import get_object_or_404

from orders.models import MatchPolicy
from orders.policies import PARAMETERS


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
