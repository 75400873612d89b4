"""What a code vouches for: the goods of a trip as one hash, and its crew as another."""

import hashlib

import cbor2

from orders.logistics.codes.payload import HASH_BYTES
from orders.logistics.codes.payload import crew_hash as salted
from orders.logistics.models import Driver, Load, Trip


def manifest_hash(trip: Trip) -> str:
    """32 hex digits of what the trip is to carry: the truck, and of each load what, how much, from where to where. One statement.

    What was weighed at loading changes nothing here: the papers say both, and a truck that left some behind is no other truck.
    """
    loads = Load.objects.live().filter(trip=trip).order_by("allocation_id", "pk")
    rows = loads.values_list(
        "allocation_id", "allocation__lot__produce_id", "planned_g", "pickup__place_id", "delivery__place_id"
    )
    content = [trip.pk, trip.day.isoformat(), trip.truck_id, [list(row) for row in rows]]
    return hashlib.sha256(cbor2.dumps(content, canonical=True)).digest()[:HASH_BYTES].hex()


def crew_hash(token: str, driver: Driver) -> str:
    """32 hex digits of the driver's number, salted by the code's token (hex). Kept here; of it the square has four digits."""
    return salted(bytes.fromhex(token), driver.phone, HASH_BYTES).hex()
