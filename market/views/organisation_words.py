"""How an organisation's standing is said to its people, and what they can do next."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from market.enums import BUYERS, SELLERS, OrganisationKind, Role, VerificationState
from market.models import Membership, Organisation
from market.permissions import SELLING_ROLES

BADGES = {
    VerificationState.WAITING: "wait",
    VerificationState.VERIFIED: "live",
    VerificationState.REFUSED: "stop",
    VerificationState.SUSPENDED: "stop",
}


@dataclass(frozen=True)
class MyOrganisation:
    """An organisation with all my roles in it. `leave` is the membership one may give up oneself."""

    organisation: Organisation
    roles: str
    is_manager: bool
    badge: str
    next_step: str
    leave: int | None


def my_organisations(memberships: Iterable[Membership]) -> list[MyOrganisation]:
    grouped: dict[int, list[Membership]] = {}
    for membership in memberships:
        grouped.setdefault(membership.organisation_id, []).append(membership)
    return [_mine(group) for group in grouped.values()]


def _mine(group: list[Membership]) -> MyOrganisation:
    organisation = group[0].organisation
    is_manager = any(one.role == Role.MANAGER for one in group)
    return MyOrganisation(
        organisation=organisation,
        roles=_("、").join(one.get_role_display() for one in group),
        is_manager=is_manager,
        badge=BADGES[VerificationState(organisation.verification)],
        next_step=next_step(organisation),
        leave=None if is_manager else group[0].pk,
    )


def next_step(organisation: Organisation) -> str:
    """What the verification means for its people, and what they can do about it."""
    facts = {
        "hotline": settings.HOTLINE,
        "phone": organisation.contact_phone.removeprefix("+86"),
        "reason": organisation.verification_reason or _("没有写"),
    }
    sentences = {
        VerificationState.WAITING: _("等主管部门核实，核实时会打 %(phone)s，请接听。核实以后才能发布和认购"),
        VerificationState.REFUSED: _("没有通过，原因：%(reason)s。补正以后请打热线 %(hotline)s，请工作人员重新核实"),
        VerificationState.SUSPENDED: _("已经暂停交易，原因：%(reason)s。请打热线 %(hotline)s 问怎么恢复"),
    }
    if organisation.is_verified:
        return _what_next(organisation)
    return sentences[VerificationState(organisation.verification)] % facts


def _what_next(organisation: Organisation) -> str:
    if organisation.kind in SELLERS:
        return _("可以发布货源")
    if organisation.kind in BUYERS:
        return _("可以在集市认购")
    if organisation.kind == OrganisationKind.CARRIER:
        return _("可以登记车辆和司机，等调度派车")
    return _("可以办理业务")


def errands_of(memberships: Iterable[Membership]) -> dict[str, bool]:
    """Which entrances the page shows. The addresses of later packages are config's to know."""
    held = [(one.organisation.kind, one.role) for one in memberships]
    staff = (Role.MANAGER, Role.CLERK)
    return {
        "sells": any(kind in SELLERS and role in SELLING_ROLES for kind, role in held),
        "buys": any(kind in BUYERS and role in SELLING_ROLES for kind, role in held),
        "relays": any(kind == OrganisationKind.ASSOCIATION and role in SELLING_ROLES for kind, role in held),
        "hauls": any(kind == OrganisationKind.CARRIER and role in staff for kind, role in held),
        "drives": any(role == Role.DRIVER for _kind, role in held),
        "dispatches": any(kind == OrganisationKind.BUREAU and role == Role.DISPATCHER for kind, role in held),
        "directs": any(
            kind == OrganisationKind.BUREAU and role in (Role.DISPATCHER, Role.SUPERVISOR) for kind, role in held
        ),
        "issues": any(role == Role.ISSUER for _kind, role in held),
        "checks": any(role == Role.OFFICER for _kind, role in held),
        "oversees": any(role in (Role.DISPATCHER, Role.SUPERVISOR, Role.ISSUER) for _kind, role in held),
    }


def member_rows(members: Iterable[Membership], viewer: Any) -> list[dict[str, Any]]:
    """Everybody with a role, for the manager: the numbers are the manager's own entries and stand in full."""
    members = list(members)
    managers = sum(one.role == Role.MANAGER for one in members)
    return [
        {
            "pk": one.pk,
            "name": one.user.name or one.user.local_phone,
            "phone": one.user.local_phone,
            "role": one.get_role_display(),
            "is_me": one.user_id == viewer.pk,
            "removable": one.role != Role.MANAGER or managers > 1,
        }
        for one in members
    ]
