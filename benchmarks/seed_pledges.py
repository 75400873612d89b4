"""`python -m benchmarks.seed_pledges CLIENTS OFFERED_G`: buyers with sessions and docks, one hot lot; printed as JSON.

`python -m benchmarks.seed_pledges lot OFFERED_G` makes one more lot;
`python -m benchmarks.seed_pledges sums LOT` prints what the lot and its allocations say afterwards;
`python -m benchmarks.seed_pledges statements LOT SESSION` counts the SQL statements of one pledge sent as a form.
"""

import datetime as dt
import json
import sys
import uuid

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.db import connection  # noqa: E402
from django.db.models import Sum  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.urls import reverse  # noqa: E402
from django.utils import timezone  # noqa: E402

from market.enums import OrganisationKind, Role, VerificationState  # noqa: E402
from market.models import Listing, Lot, Membership, Organisation, Place, Produce, User  # noqa: E402
from orders.models import Allocation, Dock, Pledge  # noqa: E402


def organisation(name: str, kind: OrganisationKind, user: User, place: Place) -> Organisation:
    made = Organisation.objects.create(
        name=name,
        kind=kind,
        place=place,
        contact_name="联系人",
        contact_phone="+8613800000000",
        verification=VerificationState.VERIFIED,
    )
    Membership.objects.create(user=user, organisation=made, role=Role.MANAGER)
    return made


def session_of(user: User) -> str:
    """A real session, as the log-in makes it."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return session.session_key


def hot_lot(offered_g: int) -> Lot:
    """Tomorrow's lot of a listing published like every other."""
    farmer = User.objects.create_user(f"+8613700{Listing.objects.count():06d}", name="农户")
    place = Place.objects.filter(level="village")[0]
    day = timezone.localdate() + dt.timedelta(days=1)
    listing = Listing.objects.create(
        seller=organisation(f"农户{farmer.pk}", OrganisationKind.HOUSEHOLD, farmer, place),
        produce=Produce.objects.get(slug="luffa") if Produce.objects.filter(slug="luffa") else Produce.objects.all()[0],
        place=place,
        created_by=farmer,
        quantity_per_day_g=offered_g,
        quantity_typed="很多",
        first_day=day,
        last_day=day,
        price="1.20",
        contact_name="农户",
        contact_phone="+8613700000000",
    )
    listing.save_revision(user=farmer).publish()
    return Lot.objects.get(listing=listing)


def seed(clients: int, offered_g: int) -> dict:
    town = Place.objects.filter(level="township")[0]
    buyers = []
    for number in range(clients):
        user = User.objects.create_user(f"+8613600{number:06d}", name=f"采购{number}", phone_verified=True)
        shop = organisation(f"商超{number}", OrganisationKind.RETAILER, user, town)
        dock = Dock.objects.create(organisation=shop, name="北门", place=town, contact_name="收", contact_phone="1")
        buyers.append({"session": session_of(user), "dock": dock.pk})
    return {"lot": hot_lot(offered_g).pk, "buyers": buyers}


def sums(lot_id: int) -> dict:
    lot = Lot.objects.get(pk=lot_id)
    live = Allocation.objects.live().filter(lot=lot).aggregate(grams=Sum("grams"))["grams"] or 0
    return {
        "oversold_g": max(0, live - lot.offered_g),
        "apart_g": live - lot.reserved_g,
        "pledges": Pledge.objects.filter(lot=lot).count(),
        "left_g": lot.remaining_g,
    }


def statements(lot_id: int, session: str) -> dict:
    client = Client(headers={"host": "127.0.0.1"})
    client.cookies["sessionid"] = session
    dock = Dock.objects.get(organisation__memberships__user=SessionStore(session)[SESSION_KEY])
    form = {"key": uuid.uuid4(), "quantity": "1斤", "dock": dock.pk, "window_from": "06:00", "window_to": "10:00"}
    with CaptureQueriesContext(connection) as captured:
        response = client.post(reverse("orders:place", args=[lot_id]), form)
    if response.status_code != 302:
        raise SystemExit(f"the form was answered {response.status_code}")
    words = [query["sql"].split()[0] for query in captured.captured_queries]
    return {"statements": len([word for word in words if word not in ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")])}


if __name__ == "__main__":
    if sys.argv[1] == "lot":
        print(json.dumps({"lot": hot_lot(int(sys.argv[2])).pk}))
    elif sys.argv[1] == "sums":
        print(json.dumps(sums(int(sys.argv[2]))))
    elif sys.argv[1] == "statements":
        print(json.dumps(statements(int(sys.argv[2]), sys.argv[3])))
    else:
        print(json.dumps(seed(int(sys.argv[1]), int(sys.argv[2]))))
