"""The cast: everybody who uses the product, once. Tests and table-driven walks speak of them by name."""

from dataclasses import dataclass, fields
from typing import Any

from market.enums import OrganisationKind, Role
from market.models import Organisation, User
from tests.factories import make_organisation, make_user


@dataclass
class Cast:
    """People, then their organisations."""

    farmer: User
    rival_farmer: User
    cooperative_manager: User
    helper: User  # a village cadre acting for the farmer's household
    buyer: User
    rival_buyer: User
    association_clerk: User
    dispatcher: User
    haulier: User
    driver: User
    agriculture_desk: User
    commerce_desk: User
    admin: User
    outsider: User

    household: Organisation
    rival_household: Organisation
    cooperative: Organisation
    supermarket: Organisation
    rival_supermarket: Organisation
    association: Organisation
    carrier: Organisation
    bureau: Organisation

    def people(self) -> dict[str, User]:
        return {f.name: getattr(self, f.name) for f in fields(self) if isinstance(getattr(self, f.name), User)}


PEOPLE = [field.name for field in fields(Cast) if field.type in (User, "User")]


def make_cast(reference: dict[str, Any]) -> Cast:
    place, town = reference["village"], reference["tianyuan"]
    kind = OrganisationKind
    user = {
        "farmer": make_user("王建国"),
        "rival_farmer": make_user("李满仓"),
        "cooperative_manager": make_user("陈翀"),
        "helper": make_user("刘支书"),
        "buyer": make_user("赵采购"),
        "rival_buyer": make_user("钱采购"),
        "association_clerk": make_user("孙会长"),
        "dispatcher": make_user("周调度"),
        "haulier": make_user("吴老板"),
        "driver": make_user("郑师傅"),
        "agriculture_desk": make_user("冯农业", password="desk-password-1"),
        "commerce_desk": make_user("褚商务", password="desk-password-1"),
        "admin": make_user("管理员", password="desk-password-1", is_staff=True, is_superuser=True),
        "outsider": make_user("路人"),
    }
    organisation = {
        "household": make_organisation(
            "王建国家", kind.HOUSEHOLD, place, (user["farmer"], Role.MANAGER), (user["helper"], Role.HELPER)
        ),
        "rival_household": make_organisation("李满仓家", kind.HOUSEHOLD, place, (user["rival_farmer"], Role.MANAGER)),
        "cooperative": make_organisation(
            "白关丝瓜合作社", kind.COOPERATIVE, place, (user["cooperative_manager"], Role.MANAGER)
        ),
        "supermarket": make_organisation("步步高天元店", kind.RETAILER, town, (user["buyer"], Role.MANAGER)),
        "rival_supermarket": make_organisation("千惠便利", kind.RETAILER, town, (user["rival_buyer"], Role.MANAGER)),
        "association": make_organisation(
            "市农贸市场协会", kind.ASSOCIATION, town, (user["association_clerk"], Role.CLERK)
        ),
        "carrier": make_organisation(
            "株洲鲜运车队",
            kind.CARRIER,
            town,
            (user["haulier"], Role.MANAGER),
            (user["driver"], Role.DRIVER),
        ),
        "bureau": make_organisation(
            "市商粮局",
            kind.BUREAU,
            town,
            (user["dispatcher"], Role.DISPATCHER),
            (user["agriculture_desk"], Role.CLERK),
            (user["commerce_desk"], Role.CLERK),
        ),
    }
    _seat_the_desks(user["agriculture_desk"], user["commerce_desk"])
    return Cast(**user, **organisation)


def _seat_the_desks(agriculture: User, commerce: User) -> None:
    from cms.groups import make_desks

    desks = make_desks()
    agriculture.groups.add(desks["agriculture"])
    commerce.groups.add(desks["commerce"])
