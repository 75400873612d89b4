"""`open_bureau`: after `prepare` a real installation has somebody who dispatches and verifies."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from market.models import Event, Organisation, User
from market.permissions import can_verify_organisations
from orders.logistics.models import IssuerOffice
from orders.logistics.permissions import is_dispatcher

FACTS = {"name": "市商粮局", "phone": "13912340000", "person": "周调度"}


def opened(reference, **options) -> User:
    call_command("open_bureau", place=reference["tianyuan"].code, stdout=StringIO(), **{**FACTS, **options})
    return User.objects.get(phone="+8613912340000")


def test_the_person_dispatches_and_has_no_desk_unless_asked_for(reference):
    person = opened(reference)

    assert is_dispatcher(person)
    assert not can_verify_organisations(person)
    assert not person.has_perm("wagtailadmin.access_admin")
    assert not person.is_superuser


@pytest.mark.parametrize(("desk", "verifies"), [("agriculture", False), ("commerce", True)])
def test_a_person_at_a_desk_has_its_rights(reference, desk, verifies):
    person = opened(reference, desk=desk)

    assert person.has_perm("wagtailadmin.access_admin")
    assert can_verify_organisations(person) is verifies


def test_a_superuser_may_do_everything_and_a_repeat_adds_nothing(reference):
    opened(reference, desk="commerce", superuser=True)
    before = Event.objects.count()
    person = opened(reference, desk="commerce", superuser=True)

    assert (person.is_superuser, person.is_staff, person.groups.count()) == (True, True, 1)
    assert Event.objects.count() == before
    assert Organisation.objects.count() == 1


@pytest.mark.parametrize(
    ("options", "said"), [({"place": "999999999999"}, "999999999999"), ({"phone": "12"}, "11"), ({"name": ""}, "名称")]
)
def test_what_is_wrong_is_said_and_nothing_is_written(reference, options, said):
    with pytest.raises(CommandError, match=said):
        call_command("open_bureau", **{"place": reference["tianyuan"].code, **FACTS, **options})

    assert not Organisation.objects.exists()
    assert not User.objects.exists()


@pytest.mark.parametrize(
    ("kind", "issuer", "roles"),
    [
        ("police", "police", ["issuer", "manager"]),
        ("checkpoint", "", ["manager", "officer"]),
        ("bureau", "ndrc", ["dispatcher", "issuer", "manager"]),
    ],
)
def test_police_checkpoints_and_issuers_are_opened_too_and_a_repeat_adds_nothing(reference, kind, issuer, roles):
    opened(reference, kind=kind, issuer=issuer)
    before = Event.objects.count()
    person = opened(reference, kind=kind, issuer=issuer)

    made = Organisation.objects.get()
    assert (made.kind, made.verification) == (kind, "verified")
    assert sorted(person.memberships.values_list("role", flat=True)) == roles
    assert list(IssuerOffice.objects.values_list("issuer", flat=True)) == ([issuer] if issuer else [])
    assert Event.objects.count() == before
