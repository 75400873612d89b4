"""A prepared read returns what its queryset returns."""

import datetime as dt

import pytest
from django.contrib.sessions.models import Session
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from market.models import Lot, Membership, Organisation, User
from market.prepared import Prepared, PreparedUpdate, a_moment, insert, whole_numbers
from market.sessions import SessionStore
from orders.permissions import docks_for
from tests.factories import make_live_listing
from tests.factories.orders import fresh, make_dock


def lots_from(place_code: str, least: int):
    return (
        Lot.objects.filter(place_code=place_code, offered_g__gte=least)
        .select_related("listing__produce", "seller")
        .annotate(double=F("offered_g") * 2)
        .order_by("-day")
    )


prepared = Prepared(lots_from, "a-place-code", *whole_numbers(1))


def test_rows_relations_and_annotations_are_those_of_the_queryset(cast, reference, django_assert_num_queries):
    make_live_listing(cast.household, reference["loofah"], reference["village"], by=cast.farmer)
    asked = (reference["village"].code, 10_000_000)
    expected = list(lots_from(*asked))

    with django_assert_num_queries(1):
        found = prepared(*asked)
        named = [(lot.listing.produce.name_zh, lot.seller.name, lot.double) for lot in found]

    assert [lot.__dict__ | {"_state": None} for lot in found] == [lot.__dict__ | {"_state": None} for lot in expected]
    assert named == [("丝瓜", "王建国家", 20_000_000)] * 3
    assert prepared(reference["village"].code, 10_000_001) == []
    assert prepared("nowhere", 1) == []


def test_a_row_read_so_can_be_saved_again(cast):
    one = Prepared(lambda pk: User.objects.filter(pk=pk), *whole_numbers(1))(cast.farmer.pk)[0]
    one.name = "王建设"

    one.save(update_fields=["name"])

    assert User.objects.get(pk=cast.farmer.pk).name == "王建设"


def test_a_text_is_a_value_and_never_a_part_of_the_query(reference):
    assert prepared("' OR 1=1 --", 1) == []


def test_a_number_no_column_can_hold_finds_nothing(client, cast):
    client.force_login(cast.buyer)

    assert client.get(f"/orders/lots/{2**63}/pledge/").status_code == 404
    assert client.get(f"/orders/{10**30}/").status_code == 404


def test_an_argument_that_the_query_does_not_use_is_refused(db):
    with pytest.raises(TypeError):
        Prepared(lambda _pk: Lot.objects.all(), *whole_numbers(1))(1)


def test_a_session_past_its_time_is_empty(db):
    store = SessionStore()
    store["a"] = 1
    store.save()
    assert SessionStore(store.session_key)["a"] == 1

    Session.objects.update(expire_date=timezone.now() - dt.timedelta(seconds=1))

    assert SessionStore(store.session_key).get("a") is None
    assert SessionStore("no-such-session").get("a") is None


def test_who_was_locked_out_is_logged_out_at_the_next_request(client, cast):
    client.force_login(cast.buyer)
    assert client.get("/orders/").status_code == 200

    User.objects.filter(pk=cast.buyer.pk).update(is_active=False)

    assert client.get("/orders/").status_code == 302


def test_docks_come_with_all_memberships_in_one_statement(cast, django_assert_num_queries):
    dock = make_dock(cast.supermarket, opens_at=dt.time(5), lat=27.5)
    make_dock(cast.supermarket, is_active=False)
    make_dock(cast.rival_supermarket)
    Membership.objects.create(user=cast.buyer, organisation=cast.carrier, role="driver")
    buyer = fresh(cast.buyer)

    with django_assert_num_queries(1):
        found = docks_for(buyer)
        assert [m.organisation.name for m in buyer._memberships] == ["株洲鲜运车队", "步步高天元店"]
        assert found[0].organisation == cast.supermarket

    assert found == [dock]
    same = type(dock).objects.get(pk=dock.pk)
    assert {f.attname: getattr(found[0], f.attname) for f in dock._meta.concrete_fields} == {
        f.attname: getattr(same, f.attname) for f in dock._meta.concrete_fields
    }


take = PreparedUpdate(
    lambda pk, grams, at: (
        Lot.objects.filter(pk=pk, best_before__gt=at, reserved_g__lte=F("offered_g") - grams),
        {"reserved_g": F("reserved_g") + grams},
    ),
    *whole_numbers(2),
    a_moment(),
)


def test_an_update_changes_what_its_queryset_would_and_counts_it(cast, reference, django_assert_num_queries):
    listing = make_live_listing(cast.household, reference["loofah"], reference["village"], by=cast.farmer)
    lot = listing.lots.order_by("-day")[0]
    now = timezone.now()

    with django_assert_num_queries(4):
        counted = [
            take(lot.pk, 9_999_999, now),
            take(lot.pk, 2, now),
            take(lot.pk, 1, lot.best_before),
            take(0, 1, now),
        ]

    assert counted == [1, 0, 0, 0]
    assert list(listing.lots.order_by("-day").values_list("reserved_g", flat=True)) == [9_999_999, 0, 0]
    assert take(lot.pk, 1, lot.best_before - dt.timedelta(microseconds=1)) == 1


def test_an_inserted_row_is_as_saved_with_its_key_and_times(cast, django_assert_num_queries):
    with django_assert_num_queries(2):
        for name in ("甲%s", "乙'--"):
            organisation = Organisation(
                name=name, kind="canteen", place=cast.supermarket.place, contact_name="某", contact_phone="1"
            )
            insert(organisation)

    kept = Organisation.objects.get(name="乙'--")
    assert (kept.pk, kept.created_at) == (organisation.pk, organisation.created_at)
    assert kept.is_demo is False
    organisation.contact_name = "别人"
    organisation.save(update_fields=["contact_name"])
    assert Organisation.objects.get(pk=kept.pk).contact_name == "别人"


def test_what_the_database_refuses_is_refused_as_always(cast):
    twin = Organisation(
        name=cast.supermarket.name, kind="canteen", place=cast.supermarket.place, contact_name="某", contact_phone="1"
    )

    with pytest.raises(IntegrityError), transaction.atomic():
        insert(twin)
