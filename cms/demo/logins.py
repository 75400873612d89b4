"""Who can log in on the demo: one person for each role."""

import unicodedata

from django.utils.translation import gettext as _

from cms.demo.people import PEOPLE, PREFIX, Person, by_key
from orders.logistics.enums import TripState
from orders.logistics.models import Trip

DESKS = frozenset({"agriculture", "commerce", "admin"})


def table() -> str:
    """The demo log-ins as lines of text: role, name, telephone number, and how the door opens."""
    rows = [(_("角色"), _("姓名"), _("手机号"), _("怎么登录"))]
    rows += [(str(person.role), person.name, spoken(person), how(person)) for person in people()]
    widths = [max(_columns(row[n]) for row in rows) for n in range(len(rows[0]))]
    lines = [
        "  ".join(cell + " " * (widths[n] - _columns(cell)) for n, cell in enumerate(row)).rstrip() for row in rows
    ]
    lines.insert(1, "  ".join("-" * width for width in widths))
    return "\n".join(["", _("演示账号（人物和单位为虚构）· Demo log-ins (invented persons)"), "", *lines, ""])


def people() -> list[Person]:
    """One person for each role."""
    return [_driver_on_duty() or person if person.key == "driver" else person for person in PEOPLE if person.role]


def _driver_on_duty() -> Person | None:
    """A driver whose trip of the latest day is not over yet, rather on the road than before it: the plan decided who drives."""
    trips = Trip.objects.open().filter(driver__user__phone__startswith=PREFIX).select_related("driver__user")
    for state in (TripState.EN_ROUTE, TripState.LOADING, TripState.CLEARED, TripState.PLANNED):
        trip = trips.filter(state=state).order_by("-day", "pk").first()
        if trip is not None and trip.driver.user is not None:
            user = trip.driver.user
            return Person("driver", user.name, int(user.phone.removeprefix(PREFIX)), by_key("driver").role)
    return None


def spoken(person: Person) -> str:
    """138 0000 0001"""
    digits = person.phone.removeprefix("+86")
    return f"{digits[:3]} {digits[3:7]} {digits[7:]}"


def how(person: Person) -> str:
    door = "/cms/" if person.key in DESKS else "/"
    return _("%(door)s 手机号登录，验证码显示在页面上") % {"door": door}


def _columns(text: str) -> int:
    """How wide a terminal shows it: a Chinese character takes two columns."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)
