"""Who somebody is: the log-ins of a demonstration, the page 我的, the members of an organisation."""

from dataclasses import dataclass

from market.models import Membership, Organisation

MOST_OF_A_KIND = 2


@dataclass(frozen=True)
class DemoLogIn:
    name: str
    phone: str
    organisation: str
    kind: str
    role: str


def demo_log_ins() -> list[DemoLogIn]:
    """At most two people for each kind of organisation and role, each person once. One statement."""
    memberships = (
        Membership.objects.filter(organisation__is_demo=True, user__is_active=True)
        .select_related("user", "organisation")
        .order_by("organisation__kind", "role", "pk")[:500]
    )
    found: dict[int, DemoLogIn] = {}
    seen: dict[tuple[str, str], int] = {}
    for one in memberships:
        sort = (one.organisation.kind, one.role)
        if one.user_id in found or seen.get(sort, 0) >= MOST_OF_A_KIND:
            continue
        seen[sort] = seen.get(sort, 0) + 1
        found[one.user_id] = DemoLogIn(
            name=str(one.user),
            phone=one.user.local_phone,
            organisation=one.organisation.name,
            kind=one.organisation.get_kind_display(),
            role=one.get_role_display(),
        )
    return list(found.values())


def members_of(organisation: Organisation) -> list[Membership]:
    """Everybody with a role in it, managers first as they came. One statement."""
    return list(organisation.memberships.select_related("user").order_by("pk"))
