"""Trucks and drivers: registering them, keeping them up to date, putting a driver on a truck."""

import datetime as dt
import re
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from market.accounts import normalise_phone
from market.actions.events import record
from market.enums import OrganisationKind, Role
from market.models import Membership, Organisation, Place, User
from market.numerals import plain_digits
from market.permissions import require
from market.quantities import describe
from orders.logistics import exceptions as refusals
from orders.logistics.actions.locks import lock_all, lock_one
from orders.logistics.enums import PlateColour
from orders.logistics.exceptions_trucks import BadColdPart
from orders.logistics.models import Driver, Truck
from orders.logistics.permissions import can_run_carrier
from orders.logistics.queries.loads import most_planned_on

PLATE = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-Z](?:[A-HJ-NP-Z0-9]{5,6}|[A-HJ-NP-Z0-9]{4}[挂学警])"
)
LEAST_RATED_G, MOST_RATED_G = 100_000, 60_000_000
LEAST_VOLUME_L, MOST_VOLUME_L = 100, 200_000
TRUCK_FIELDS = (
    *("plate_colour", "rated_g", "volume_l", "is_cold", "cold_g", "inspection_until", "insurance_until"),
    *("base", "shift_from", "shift_to", "is_active"),
)
UNSAID: Any = object()  # None says that nothing is asked about the licence


def normalise_plate(text: str) -> str:
    """Upper case, without spaces, dots and dashes. Raises: BadPlate."""
    plate = re.sub(r"[\s·.\-—•]", "", plain_digits(text)).upper()
    if not PLATE.fullmatch(plate):
        raise refusals.BadPlate(plate=text.strip()[:20])
    return plate


@transaction.atomic
def register_truck(
    carrier: Organisation,
    *,
    plate: str,
    plate_colour: str,
    rated_g: int,
    base: Place,
    by: User,
    volume_l: int | None = None,
    is_cold: bool = False,
    cold_g: int | None = None,
    inspection_until: dt.date | None = None,
    insurance_until: dt.date | None = None,
    shift_from: dt.time = dt.time(4),
    shift_to: dt.time = dt.time(20),
) -> Truck:
    """The carrier has this truck. The same registration again returns it and changes nothing.

    Locks: carrier. Raises: NotAllowed, NotACarrier, BadPlate, PlateTaken, BadRatedMass, BadVolume, BadColdPart, BadShift.
    """
    carrier = lock_one(Organisation, carrier.pk)
    require(can_run_carrier(by, carrier))
    if carrier.kind != OrganisationKind.CARRIER:
        raise refusals.NotACarrier(organisation=carrier.name)
    facts = {
        "plate_colour": PlateColour(plate_colour),
        "rated_g": rated_g,
        "volume_l": volume_l,
        "is_cold": is_cold,
        "cold_g": cold_g,
        "inspection_until": inspection_until,
        "insurance_until": insurance_until,
        "base": base,
        "shift_from": shift_from,
        "shift_to": shift_to,
    }
    _check_facts(facts)
    plate = normalise_plate(plate)
    truck, is_new = Truck.objects.get_or_create(plate=plate, defaults={"carrier": carrier, **facts})
    if not is_new:
        if truck.carrier_id == carrier.pk and all(getattr(truck, name) == value for name, value in facts.items()):
            return truck
        raise refusals.PlateTaken(plate=plate)
    record(truck, "registered", by=by, grams=rated_g)
    return truck


@transaction.atomic
def update_truck(truck: Truck, *, by: User, **changes: Any) -> Truck:
    """The truck has the changed facts (of TRUCK_FIELDS). What is on its open trips must still fit.

    Locks: truck. Raises: NotAllowed, BadRatedMass, BadVolume, BadColdPart, BadShift, RatedBelowPlanned. Without a change nothing is written.
    """
    truck = lock_one(Truck, truck.pk)
    require(can_run_carrier(by, truck.carrier))
    unknown = changes.keys() - set(TRUCK_FIELDS)
    if unknown:
        raise TypeError(f"not a field of a truck that changes: {sorted(unknown)}")
    changed = [name for name, value in changes.items() if getattr(truck, name) != value]
    for name in changed:
        setattr(truck, name, changes[name])
    _check_facts({name: getattr(truck, name) for name in TRUCK_FIELDS})
    if "rated_g" in changed and (planned := most_planned_on(truck)) > truck.rated_g:
        raise refusals.RatedBelowPlanned(planned=describe(planned), rated=describe(truck.rated_g))
    if changed:
        truck.save(update_fields=changed)
        record(truck, "updated", by=by, reason="、".join(changed))
    return truck


@transaction.atomic
def register_driver(carrier: Organisation, *, name: str, phone: str, by: User) -> Driver:
    """The carrier has this driver, who can log in with the telephone number and finds the trips there.

    The same number at the same carrier again returns the driver, with the new name. Locks: carrier.
    Raises: NotAllowed, NotACarrier, BadPhone, NameNeeded, PhoneTaken.
    """
    carrier = lock_one(Organisation, carrier.pk)
    require(can_run_carrier(by, carrier))
    if carrier.kind != OrganisationKind.CARRIER:
        raise refusals.NotACarrier(organisation=carrier.name)
    name, phone = _clean_name(name), _clean_phone(phone)
    driver, is_new = Driver.objects.filter(phone=phone).first(), False
    if driver is None:
        facts = {"carrier": carrier, "user": User.objects.known_or_new(phone, name=name), "name": name}
        driver, is_new = Driver.objects.get_or_create(phone=phone, defaults=facts)
    if is_new:
        Membership.objects.get_or_create(user=driver.user, organisation=carrier, role=Role.DRIVER)
        record(driver, "registered", by=by)
        return driver
    if driver.carrier_id != carrier.pk:
        raise refusals.PhoneTaken(phone=phone.removeprefix("+86"))
    return update_driver(driver, by=by, name=name, is_active=True)


@transaction.atomic
def update_driver(
    driver: Driver,
    *,
    by: User,
    name: str | None = None,
    is_active: bool | None = None,
    licence_until: dt.date | None = UNSAID,
) -> Driver:
    """The driver has the changed facts; one set inactive drives no further trip. Locks: driver.

    Raises: NotAllowed, NameNeeded. Without a change nothing is written.
    """
    driver = lock_one(Driver, driver.pk)
    require(can_run_carrier(by, driver.carrier))
    changes: dict[str, Any] = {"name": None if name is None else _clean_name(name), "is_active": is_active}
    changed = [key for key, value in changes.items() if value is not None and getattr(driver, key) != value]
    if licence_until is not UNSAID and driver.licence_until != licence_until:
        changes["licence_until"] = licence_until
        changed.append("licence_until")
    for key in changed:
        setattr(driver, key, changes[key])
    if changed:
        driver.save(update_fields=changed)
        record(driver, "updated", by=by, reason="、".join(changed))
    return driver


@transaction.atomic
def assign_driver(truck: Truck, driver: Driver | None, *, by: User) -> Truck:
    """The driver (or nobody) is on duty on this truck, and on no other. Trips already planned keep their driver.

    Locks: the trucks concerned, driver. Raises: NotAllowed, OtherCarriersDriver, DriverJustMoved (to a truck not locked).
    The same again changes nothing.
    """
    sits_on = Truck.objects.filter(driver=driver).exclude(pk=truck.pk) if driver else Truck.objects.none()
    locked = lock_all(Truck, [truck.pk, *sits_on.values_list("pk", flat=True)])
    fresh = locked[truck.pk]
    require(can_run_carrier(by, fresh.carrier))
    if driver is not None:
        driver = lock_one(Driver, driver.pk)
        if driver.carrier_id != fresh.carrier_id:
            raise refusals.OtherCarriersDriver
    if fresh.driver_id == (driver.pk if driver else None):
        return fresh
    for pk in sits_on.values_list("pk", flat=True):
        if pk not in locked:
            raise refusals.DriverJustMoved(name=driver.name if driver else "")
        _seat(locked[pk], None, by, was=driver)
    return _seat(fresh, driver, by)


def _seat(truck: Truck, driver: Driver | None, by: User, was: Driver | None = None) -> Truck:
    truck.driver = driver
    truck.save(update_fields=["driver"])
    named = driver or was
    record(truck, "driver_assigned" if driver else "driver_removed", by=by, reason=named.name if named else "")
    return truck


def _check_facts(facts: dict[str, Any]) -> None:
    if not LEAST_RATED_G <= facts["rated_g"] <= MOST_RATED_G:
        raise refusals.BadRatedMass
    if facts["volume_l"] is not None and not LEAST_VOLUME_L <= facts["volume_l"] <= MOST_VOLUME_L:
        raise refusals.BadVolume
    if facts["cold_g"] is not None and not (facts["is_cold"] and 0 < facts["cold_g"] <= facts["rated_g"]):
        raise BadColdPart
    if facts["shift_from"] >= facts["shift_to"]:
        raise refusals.BadShift


def _clean_name(name: str) -> str:
    name = " ".join(name.split())
    if not 0 < len(name) <= 40:
        raise refusals.NameNeeded
    return name


def _clean_phone(phone: str) -> str:
    try:
        return normalise_phone(phone)
    except ValidationError as error:
        raise refusals.BadPhone from error
