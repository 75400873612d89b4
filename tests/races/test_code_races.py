"""A code that one withdraws while another does, and a bundle published while another is read, on PostgreSQL."""

import threading

import pytest
from django.db import connection, transaction

from orders.logistics.actions import bundles
from orders.logistics.actions.bundles import publish_bundle
from orders.logistics.actions.code_upkeep import drill
from orders.logistics.actions.codes import issue_code, withdraw_by_hand, withdraw_code
from orders.logistics.actions.signer_keys import withdraw_key
from orders.logistics.enums import CodeEnd, KeyState
from orders.logistics.models import PassCode
from orders.logistics.queries.bundles import contents, current_bundle
from tests.factories.logistics import make_day
from tests.factories.passes import cleared_trip

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def code(cast, reference, settings) -> PassCode:
    settings.PLANNER_SECONDS, settings.PLANNER_ENGINE = 1, "greedy"
    return issue_code(cleared_trip(make_day(cast, reference)), by=cast.dispatcher)


def run_in_thread(do) -> tuple[threading.Thread, list]:
    found = []

    def run() -> None:
        try:
            found.append(do())
        except Exception as error:  # noqa: BLE001 - an error of the database must show by name
            found.append(f"{type(error).__name__}: {error}")
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread, found


def test_who_comes_second_to_withdraw_a_code_finds_none_and_goes_on(code):
    with transaction.atomic():
        withdraw_code(code.trip, CodeEnd.UNFIT, by=None)
        thread, found = run_in_thread(lambda: transaction.atomic(withdraw_code)(code.trip, CodeEnd.RENEWED, by=None))
        thread.join(timeout=1)
        assert thread.is_alive()  # it waits for the code
    thread.join(timeout=20)

    assert found == [None]
    assert PassCode.objects.get(pk=code.pk).end == CodeEnd.UNFIT


@pytest.mark.parametrize("withdraws", [True, False])
def test_an_edition_read_before_a_withdrawal_is_not_published_after_it(cast, code, monkeypatch, withdraws):
    """Without the withdrawal, for comparison, the edition stays as it is."""
    publish_bundle()
    read, published = threading.Event(), threading.Event()

    def slow(at):
        known = contents(at)
        if threading.current_thread() is not threading.main_thread():
            read.set()
            published.wait(timeout=20)
        return known

    monkeypatch.setattr(bundles, "contents", slow)
    thread, found = run_in_thread(publish_bundle)
    assert read.wait(timeout=20)
    if withdraws:
        withdraw_by_hand(code, reason="抄错", by=cast.dispatcher)
    publish_bundle()
    published.set()
    thread.join(timeout=20)

    assert len(found) == 1
    assert not isinstance(found[0], str)
    assert current_bundle().serial == 1 + withdraws
    assert len(contents(current_bundle().issued_at).revoked) == withdraws
    assert current_bundle().digest == bundles.digest_of(
        contents(current_bundle().issued_at), bundles.active_key("bundle")
    )


@pytest.mark.parametrize("withdraws", [True, False])
def test_no_code_is_signed_by_a_key_that_is_being_withdrawn(cast, code, withdraws):
    """Without the withdrawal, for comparison, the same key signs."""
    key = code.signer
    with transaction.atomic():
        if withdraws:
            withdraw_key(key, reason="密钥可能外泄", by=cast.supervisor)
        thread, found = run_in_thread(lambda: issue_code(code.trip, by=cast.dispatcher))
        thread.join(timeout=1)
    thread.join(timeout=20)

    assert not isinstance(found[0], str), found
    assert (PassCode.objects.get(pk=found[0].pk).signer == key) is not withdraws


def test_a_code_being_signed_while_the_key_is_withdrawn_is_signed_anew(cast, code):
    """The withdrawal waits for the code, so that whoever signs anew after it finds it."""
    key = code.signer
    transaction.atomic(withdraw_code)(code.trip, CodeEnd.RENEWED, by=None)  # else who signs anew waits for this trip
    with transaction.atomic():
        issue_code(code.trip, by=cast.dispatcher)
        thread, found = run_in_thread(lambda: drill(key, reason="密钥可能外泄", by=cast.supervisor))
        thread.join(timeout=2)
    thread.join(timeout=20)

    assert found == [1]
    assert PassCode.objects.live().get(trip=code.trip).signer.state == KeyState.ACTIVE
