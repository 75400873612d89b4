"""The company of players: their accounts, organisations, docks and trucks, each made through its action."""

import datetime as dt
import random
from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID

from django.contrib.auth.models import Group

from cms.demo.clock import StoryClock
from cms.demo.demand import DOCKS
from cms.demo.fleet import CITY_TOWNS, EXPIRED, FAR_M, FAR_S, FAR_TOWN, FLEET, GOOD, RULES, TEST_HOURS, TOLLS, TruckPlan
from cms.demo.goods import HOUSEHOLDS
from cms.demo.people import AUTHORITIES, GIVEN, MARK, PARTIES, PEOPLE, SURNAMES, Party, Person
from cms.groups import make_desks
from market.actions.organisations import (
    OrganisationDetails,
    add_member,
    open_authority,
    open_bureau,
    register_organisation,
    verify_organisation,
)
from market.enums import OrganisationKind, Role, VerificationState
from market.models import Organisation, Place, User
from orders.actions.docks import add_dock
from orders.logistics.actions.health import record_health_check
from orders.logistics.actions.passes import issue_pass
from orders.logistics.actions.roads import keep
from orders.logistics.actions.rules import RulesFacts, set_rules
from orders.logistics.actions.toll_rules import TollFacts, set_toll_rules
from orders.logistics.actions.trucks import assign_driver, register_driver, register_truck
from orders.logistics.enums import HealthCode, PassIssuer, SampleResult
from orders.logistics.models import Checkpoint, Driver, IssuerOffice, RoadDistance
from orders.models import Dock

CITY_CODE = "430200"
STAFF = (
    ("dispatcher", Role.DISPATCHER),
    ("agriculture", Role.CLERK),
    ("commerce", Role.CLERK),
    ("supervisor", Role.SUPERVISOR),
)


@dataclass
class Company:
    """Everybody on the stage, by the keys of the script."""

    clock: StoryClock
    rng: random.Random
    parties: dict[str, Organisation] = field(default_factory=dict)
    managers: dict[str, str] = field(default_factory=dict)
    docks: dict[str, list[Dock]] = field(default_factory=dict)
    drivers: dict[str, Driver] = field(default_factory=dict)
    phones: dict[str, str] = field(default_factory=dict)

    def person(self, key: str) -> User:
        """Read afresh each time, as in a new request: nothing remembered about memberships and groups."""
        return User.objects.get(phone=self.phones[key])

    def manager_of(self, party: str) -> User:
        return self.person(self.managers[party])

    def key(self) -> UUID:
        """What a form would carry hidden; drawn from the seed."""
        return UUID(int=self.rng.getrandbits(128), version=4)


def gather(clock: StoryClock, rng: random.Random) -> Company:
    """Everybody is registered and verified, the desks are taken, the rules are in force and the fleet has its papers."""
    company = Company(clock, rng)
    for person in PEOPLE:
        _enrol(company, person)
    _open_the_bureau(company)
    _open_authorities(company)
    for party in (*PARTIES, *_households(company)):
        _found(company, party)
    _verify_all(company)
    _open_docks(company)
    _rules(company)
    for plan in FLEET:
        _register(company, plan)
    return company


def _enrol(company: Company, person: Person) -> None:
    company.phones[person.key] = person.phone
    User.objects.create_user(person.phone, name=person.name, phone_verified=True)


def _households(company: Company) -> list[Party]:
    """One for each listing of HOUSEHOLDS, named by the seed; called by its village."""
    names = [surname + given for surname in SURNAMES for given in GIVEN]
    parties = []
    for serial, (name, (village, *_offer)) in enumerate(
        zip(company.rng.sample(names, len(HOUSEHOLDS)), HOUSEHOLDS, strict=True), 101
    ):
        place = Place.objects.get(code=village)
        person = Person(f"grower{serial}", name, serial)
        _enrol(company, person)
        home = place.name_zh.removesuffix("委会").removesuffix("居")
        parties.append(Party(place.name_zh, f"{home}{name}家", OrganisationKind.HOUSEHOLD, village, person.key))
    return parties


def _open_the_bureau(company: Company) -> None:
    """The bureau is set up by the administrator, as on a real installation: nobody registers it by telephone."""
    admin = company.person("admin")
    User.objects.filter(pk=admin.pk).update(is_staff=True, is_superuser=True)
    head = company.person("bureau_head")
    bureau = open_bureau(
        f"市商务和粮食局{MARK}",
        Place.objects.get(code="430211001000"),
        phone=head.phone,
        person=head.name,
        by=company.person("admin"),
    )
    Organisation.objects.filter(pk=bureau.pk).update(is_demo=True)
    company.parties["bureau"], company.managers["bureau"] = bureau, "bureau_head"
    for key, role in STAFF:
        add_member(bureau, phone=company.phones[key], role=role, by=head)
    desks: dict[str, Group] = make_desks()
    for desk, group in desks.items():
        company.person(desk).groups.add(group)


def _open_authorities(company: Company) -> None:
    """Who issues passes, and the gates where they are shown."""
    admin = company.person("admin")
    for key, name, kind, place, head in AUTHORITIES:
        person = company.person(head)
        where = Place.objects.get(code=place)
        organisation = open_authority(f"{name}{MARK}", kind, where, phone=person.phone, person=person.name, by=admin)
        Organisation.objects.filter(pk=organisation.pk).update(is_demo=True)
        company.parties[key], company.managers[key] = organisation, head
        if kind == OrganisationKind.CHECKPOINT:
            Checkpoint.objects.create(organisation=organisation, name=name, place=organisation.place)
    IssuerOffice.objects.create(organisation=company.parties["police"], issuer=PassIssuer.POLICE)
    IssuerOffice.objects.create(organisation=company.parties["transport"], issuer=PassIssuer.TRANSPORT)
    add_member(
        company.parties["transport"],
        phone=company.phones["transport_issuer"],
        role=Role.ISSUER,
        by=company.person("transport_head"),
    )


def _found(company: Company, party: Party) -> None:
    manager = company.person(party.manager)
    details = OrganisationDetails(
        name=party.name + MARK,
        kind=party.kind,
        place=Place.objects.get(code=party.place),
        contact_name=manager.name,
        contact_phone=manager.phone,
        address=party.address,
    )
    organisation = register_organisation(details, by=manager)
    Organisation.objects.filter(pk=organisation.pk).update(is_demo=True)
    company.parties[party.key], company.managers[party.key] = organisation, party.manager
    for key, role in party.others:
        add_member(organisation, phone=company.phones[key], role=role, by=company.person(party.manager))


def _verify_all(company: Company) -> None:
    company.clock.at(-2, 10)
    for organisation in company.parties.values():
        if organisation.verification == VerificationState.WAITING:
            verify_organisation(organisation, by=company.person("commerce"))
    company.parties = {key: Organisation.objects.get(pk=party.pk) for key, party in company.parties.items()}


def _open_docks(company: Company) -> None:
    company.clock.at(-2, 11)
    for plan in DOCKS:
        buyer, manager = company.parties[plan.buyer], company.manager_of(plan.buyer)
        dock = add_dock(
            organisation=buyer,
            by=manager,
            name=plan.name,
            place=buyer.place,
            address=buyer.address,
            lat=plan.lat,
            lon=plan.lon,
            opens_at=plan.opens_at,
            closes_at=plan.closes_at,
            contact_name=manager.name,
            contact_phone=manager.phone,
        )
        company.docks.setdefault(plan.buyer, []).append(dock)


def _rules(company: Company) -> None:
    since = company.clock.day - dt.timedelta(days=5)
    facts = RulesFacts(since=since, temperature_limit=Decimal("37.3"), **RULES)
    set_rules(facts, by=company.person("dispatcher"))
    set_toll_rules(TollFacts(since=since, **TOLLS), by=company.person("dispatcher"))
    places = Place.objects.in_bulk([FAR_TOWN, *CITY_TOWNS])
    for town in CITY_TOWNS:
        for source, target in ((FAR_TOWN, town), (town, FAR_TOWN)):
            way = RoadDistance(from_place=places[source], to_place=places[target], metres=FAR_M, seconds=FAR_S)
            keep(way, by=company.person("dispatcher"))


def _register(company: Company, plan: TruckPlan) -> None:
    company.clock.at(-2, 14)
    carrier, haulier = company.parties[plan.carrier], company.manager_of(plan.carrier)
    truck = register_truck(
        carrier,
        plate=plan.plate,
        plate_colour=plan.colour,
        rated_g=plan.rated_kg * 1000,
        volume_l=plan.volume_m3 * 1000,
        is_cold=plan.is_cold,
        base=carrier.place,
        by=haulier,
    )
    driver = register_driver(carrier, name=plan.driver, phone=f"1380000{plan.serial:04d}", by=haulier)
    assign_driver(truck, driver, by=haulier)
    company.drivers[plan.plate] = driver
    if plan.paper in (GOOD, EXPIRED):
        issue_pass(
            truck,
            issuer=plan.issuer,
            number=f"{CITY_CODE}{plan.serial:06d}",
            valid_from=company.clock.moment(-9, dt.time(0)),
            valid_to=company.clock.moment(10 if plan.paper == GOOD else -1, dt.time(0)),
            by=company.person("dispatcher"),
        )


def check_drivers(company: Company) -> None:
    """On the eve each driver's code, test and temperature are seen; one test is too old for a trip."""
    for plan in FLEET:
        _check(company, plan, company.clock.moment(-1, dt.time(20)) - dt.timedelta(hours=plan.tested_hours_before))


def check_drivers_again(company: Company) -> None:
    """In the morning those with a good test are tested anew, so that tomorrow can be planned."""
    for plan in FLEET:
        if plan.tested_hours_before < TEST_HOURS:
            _check(company, plan, min(company.clock.moment(0, dt.time(4, 30)), company.clock.now()))


def _check(company: Company, plan: TruckPlan, sampled_at: dt.datetime) -> None:
    record_health_check(
        company.drivers[plan.plate],
        code=HealthCode.GREEN,
        sampled_at=sampled_at,
        result=SampleResult.NEGATIVE,
        temperature=Decimal("36.0") + Decimal(company.rng.randint(1, 9)) / 10,
        by=company.person("dispatcher"),
    )
