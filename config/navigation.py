"""What the bars at the foot and the head of the page lead to: at most five entries for each role."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from market.enums import BUYERS, SELLERS, OrganisationKind, Role
from market.permissions import memberships_of
from market.queries.notices import unseen_count

ME = "market:me"
MOST_COUNTED = 99


@dataclass(frozen=True)
class Entry:
    url: str
    label: str
    icon: str
    current: bool
    count: str = ""  # what waits there


def entries_for(request: HttpRequest) -> list[Entry]:
    """The entries for this person, the current page marked, 我的 with the number of new notices.

    Costs the memberships, once a request.
    """
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        wanted, count = _anonymous(), ""
    else:
        wanted, count = _member(user), _counted(unseen_count(user))
    entries = [(url, label, icon, name) for name, label, icon in wanted if (url := _reverse(name)) is not None]
    best = max((url for url, *_rest in entries if _is_under(request.path, url)), key=len, default="")
    return [Entry(url, label, icon, url == best, count if name == ME else "") for url, label, icon, name in entries[:5]]


def _counted(number: int) -> str:
    return f"{MOST_COUNTED}+" if number > MOST_COUNTED else str(number or "")


def _is_under(path: str, url: str) -> bool:
    """The front page is current on itself only, not on every page that has no entry."""
    return path == url or (url != "/" and path.startswith(url))


def _reverse(name: str) -> str | None:
    if name.startswith("/"):
        return name
    try:
        return reverse(name)
    except NoReverseMatch:
        return None


def _anonymous() -> list[tuple[str, str, str]]:
    return [
        ("/", _("首页"), "house"),
        ("market:board", _("集市"), "store"),
        ("market:sell", _("我要卖菜"), "sprout"),
        ("orders:pledges", _("我要认购"), "shopping-basket"),
        (ME, _("我的"), "user-round"),
    ]


def _member(user: Any) -> list[tuple[str, str, str]]:
    memberships = memberships_of(user)
    kinds = {m.organisation.kind for m in memberships}
    roles = {m.role for m in memberships}
    entries = [("market:board", _("集市"), "store")]
    if kinds & SELLERS:
        if not kinds & BUYERS:  # there is no room for everything: who also buys finds 发布 on 我的货源
            entries.append(("market:sell_new", _("发布"), "circle-plus"))
        entries += [("market:sell", _("我的货源"), "sprout"), ("orders:to_bring", _("买家要货"), "package-open")]
    if kinds & BUYERS:
        entries += [
            ("orders:pledges", _("我的认购"), "shopping-basket"),
            ("logistics:receiving", _("收货"), "package-check"),
        ]
    if Role.DRIVER in roles:
        entries.append(("logistics:drive", _("今日车次"), "truck"))
    if Role.DISPATCHER in roles:
        entries += [("logistics:dispatch", _("调度"), "route"), ("logistics:trucks", _("车辆"), "truck")]
    elif OrganisationKind.CARRIER in kinds and roles & {Role.MANAGER, Role.CLERK}:
        entries.append(("logistics:trucks", _("车辆"), "truck"))
    if Role.OFFICER in roles:
        entries += [
            ("logistics:checkpoint", _("查验"), "scan-qr-code"),
            ("logistics:visits", _("查验记录"), "list-checks"),
        ]
    entries += _overseers(roles)
    if user.has_perm("wagtailadmin.access_admin"):
        entries.append(("wagtailadmin_home", _("管理后台"), "layout-dashboard"))
    return [*entries[:4], (ME, _("我的"), "user-round")]


def _overseers(roles: set[str]) -> list[tuple[str, str, str]]:
    """A supervisor without the dispatcher's day page needs the trips and the areas at risk in the bar."""
    entries = []
    if Role.SUPERVISOR in roles and Role.DISPATCHER not in roles:
        entries += [
            ("logistics:trips", pgettext("plural", "车次"), "route"),
            ("logistics:areas", _("风险区"), "map-pin"),
        ]
    if roles & {Role.ISSUER, Role.SUPERVISOR}:
        entries.append(("logistics:passes", _("通行证"), "shield-check"))
    return entries
