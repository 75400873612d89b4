"""What the bars at the foot and the head of the page lead to: at most five entries for each role."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from market.enums import BUYERS, SELLERS, OrganisationKind, Role
from market.permissions import memberships_of


@dataclass(frozen=True)
class Entry:
    url: str
    label: str
    icon: str
    current: bool


def entries_for(request: HttpRequest) -> list[Entry]:
    """The entries for this person, the current page marked. Costs the memberships, once a request."""
    user = getattr(request, "user", None)
    wanted = _anonymous() if user is None or not user.is_authenticated else _member(user)
    entries = [(url, label, icon) for name, label, icon in wanted if (url := _reverse(name)) is not None]
    best = max((url for url, _label, _icon in entries if _is_under(request.path, url)), key=len, default="")
    return [Entry(url, label, icon, url == best) for url, label, icon in entries[:5]]


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
        ("market:me", _("我的"), "user-round"),
    ]


def _member(user: Any) -> list[tuple[str, str, str]]:
    memberships = memberships_of(user)
    kinds = {m.organisation.kind for m in memberships}
    roles = {m.role for m in memberships}
    entries = [("market:board", _("集市"), "store")]
    if kinds & SELLERS:
        entries += [("market:sell_new", _("发布"), "circle-plus"), ("market:sell", _("我的货源"), "sprout")]
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
    if user.has_perm("wagtailadmin.access_admin"):
        entries.append(("wagtailadmin_home", _("管理后台"), "layout-dashboard"))
    return [*entries[:4], ("market:me", _("我的"), "user-round")]
