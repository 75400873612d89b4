"""The cast: everybody who uses the product, once. Tests and table-driven walks speak of them by name."""

from dataclasses import dataclass, fields
from typing import Any

from market.enums import OrganisationKind, Role
from market.models import Membership, Organisation, User
from tests.factories import new_organisation, new_user


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
    supervisor: User  # may let a trip run against a reason
    issuer: User  # vets and issues the passes of the police
    officer: User  # stands at the checkpoint
    outsider: User

    household: Organisation
    rival_household: Organisation
    cooperative: Organisation
    supermarket: Organisation
    rival_supermarket: Organisation
    association: Organisation
    carrier: Organisation
    bureau: Organisation
    police: Organisation
    checkpoint: Organisation

    def people(self) -> dict[str, User]:
        return {f.name: getattr(self, f.name) for f in fields(self) if isinstance(getattr(self, f.name), User)}


PEOPLE = [field.name for field in fields(Cast) if field.type in (User, "User")]


PASSWORD = "desk-password-1"


def make_cast(reference: dict[str, Any]) -> Cast:
    """Written in bulk: every second test begins with it."""
    place, town = reference["village"], reference["tianyuan"]
    kind = OrganisationKind
    user = {
        "farmer": new_user("王建国"),
        "rival_farmer": new_user("李满仓"),
        "cooperative_manager": new_user("陈翀"),
        "helper": new_user("刘支书"),
        "buyer": new_user("赵采购"),
        "rival_buyer": new_user("钱采购"),
        "association_clerk": new_user("孙会长"),
        "dispatcher": new_user("周调度"),
        "haulier": new_user("吴老板"),
        "driver": new_user("郑师傅"),
        "agriculture_desk": new_user("冯农业", PASSWORD),
        "commerce_desk": new_user("褚商务", PASSWORD),
        "admin": new_user("管理员", PASSWORD, is_staff=True, is_superuser=True),
        "supervisor": new_user("卫值班"),
        "issuer": new_user("蒋签发"),
        "officer": new_user("沈查验"),
        "outsider": new_user("路人"),
    }
    organisation = {
        "household": new_organisation("王建国家", kind.HOUSEHOLD, place, user["farmer"]),
        "rival_household": new_organisation("李满仓家", kind.HOUSEHOLD, place, user["rival_farmer"]),
        "cooperative": new_organisation("白关丝瓜合作社", kind.COOPERATIVE, place, user["cooperative_manager"]),
        "supermarket": new_organisation("步步高天元店", kind.RETAILER, town, user["buyer"]),
        "rival_supermarket": new_organisation("千惠便利", kind.RETAILER, town, user["rival_buyer"]),
        "association": new_organisation("市农贸市场协会", kind.ASSOCIATION, town, user["association_clerk"]),
        "carrier": new_organisation("株洲鲜运车队", kind.CARRIER, town, user["haulier"]),
        "bureau": new_organisation("市商粮局", kind.BUREAU, town, user["dispatcher"]),
        "police": new_organisation("市交警支队", kind.POLICE, town, user["issuer"]),
        "checkpoint": new_organisation("白关收费站查验点", kind.CHECKPOINT, place, user["officer"]),
    }
    members = [
        ("farmer", "household", Role.MANAGER),
        ("helper", "household", Role.HELPER),
        ("rival_farmer", "rival_household", Role.MANAGER),
        ("cooperative_manager", "cooperative", Role.MANAGER),
        ("buyer", "supermarket", Role.MANAGER),
        ("rival_buyer", "rival_supermarket", Role.MANAGER),
        ("association_clerk", "association", Role.CLERK),
        ("haulier", "carrier", Role.MANAGER),
        ("driver", "carrier", Role.DRIVER),
        ("dispatcher", "bureau", Role.DISPATCHER),
        ("agriculture_desk", "bureau", Role.CLERK),
        ("commerce_desk", "bureau", Role.CLERK),
        ("supervisor", "bureau", Role.SUPERVISOR),
        ("issuer", "police", Role.ISSUER),
        ("officer", "checkpoint", Role.OFFICER),
    ]
    User.objects.bulk_create(user.values())
    Organisation.objects.bulk_create(organisation.values())
    Membership.objects.bulk_create(
        Membership(user=user[person], organisation=organisation[where], role=role) for person, where, role in members
    )
    _seat_the_desks(user["agriculture_desk"], user["commerce_desk"])
    return Cast(**user, **organisation)


def _seat_the_desks(agriculture: User, commerce: User) -> None:
    from cms.groups import make_desks

    desks = make_desks()
    agriculture.groups.add(desks["agriculture"])
    commerce.groups.add(desks["commerce"])
