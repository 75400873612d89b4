"""The bureau suspends a unit: its officers, issuers and carrier clerks do nothing more in its name until it is verified again."""

import pytest
from django.urls import reverse

from market.actions.organisations import suspend_organisation
from market.exceptions import NotAllowed, NotVerified
from market.models import Organisation, User
from orders.logistics.actions.pass_applications import vet_pass
from orders.logistics.enums import PassState
from orders.logistics.models import Pass
from tests.factories.checkpoints import make_checkpoint
from tests.factories.passes import apply, make_office


def suspend(unit: Organisation, cast) -> None:
    suspend_organisation(Organisation.objects.get(pk=unit.pk), reason="账号被人冒用", by=fresh(cast.commerce_desk))


def fresh(person: User) -> User:
    """As at the next request: what a person may do is remembered for one."""
    return User.objects.get(pk=person.pk)


@pytest.fixture
def status(client):
    def _status(person: User, name: str) -> int:
        client.force_login(fresh(person))
        return client.get(reverse(f"logistics:{name}")).status_code

    return _status


@pytest.mark.parametrize("name", ["checkpoint", "bundle", "visits", "code_check"])
def test_an_officer_of_a_suspended_unit_learns_nothing(day, cast, status, name):
    make_checkpoint(cast.checkpoint)
    assert status(cast.officer, name) == 200

    suspend(cast.checkpoint, cast)

    assert status(cast.officer, name) == 404


def test_an_issuer_of_a_suspended_office_decides_nothing(day, cast, status):
    office = make_office(cast)
    application = apply(cast, day.truck())
    assert (status(cast.issuer, "visits"), status(cast.issuer, "code_check")) == (200, 200)

    suspend(office.organisation, cast)

    with pytest.raises(NotAllowed):
        vet_pass(application, by=fresh(cast.issuer))
    assert Pass.objects.get(pk=application.pk).state == PassState.APPLIED
    assert (status(cast.issuer, "visits"), status(cast.issuer, "code_check")) == (404, 404)


def test_a_suspended_carrier_gets_no_new_pass(day, cast):
    make_office(cast)
    truck = day.truck()
    before = Pass.objects.count()
    suspend(truck.carrier, cast)

    with pytest.raises(NotVerified):
        apply(cast, truck)
    assert Pass.objects.count() == before
