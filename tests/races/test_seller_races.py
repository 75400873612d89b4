"""A seller and the bureau at the same moment on PostgreSQL."""

import threading
import uuid

import pytest
from django.db import connection, transaction

from market.actions.listings import edit_listing, submit_listing
from market.models import Listing, Organisation
from tests.factories import make_submitted_listing, make_terms
from tests.factories.selling import approve, decide

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

WAIT_MS = 2000


def in_another_connection(piece) -> list[str]:
    """Run it beside the open transaction; what it raised, by name. It may not wait for a lock longer than two seconds."""
    raised: list[str] = []

    def run() -> None:
        try:
            with connection.cursor() as cursor:
                cursor.execute(f"SET lock_timeout = {WAIT_MS}")
            piece()
        except Exception as error:  # noqa: BLE001 - whatever it is must show
            raised.append(f"{type(error).__name__}: {error}")
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return raised


def test_a_publication_does_not_wait_for_its_seller_who_is_handing_in_another_listing(cast, reference):
    """Else a seller who holds the organisation and waits for the listing, and a desk the other way round, block each other."""
    goods = (reference["loofah"], reference["village"])
    waiting = make_submitted_listing(cast.household, *goods, by=cast.farmer)
    decide(waiting, "approve", cast.agriculture_desk)

    with transaction.atomic():
        submit_listing(make_terms(*goods), seller=cast.household, key=uuid.uuid4(), by=cast.farmer)
        raised = in_another_connection(lambda: decide(waiting, "approve", cast.commerce_desk))

    assert raised == []
    assert Listing.objects.get(pk=waiting.pk).lots.count() == 3


def test_two_edits_of_one_seller_still_follow_each_other(cast, reference):
    goods = (reference["loofah"], reference["village"])
    live = approve(cast, make_submitted_listing(cast.household, *goods, by=cast.farmer))

    with transaction.atomic():
        Organisation.objects.select_for_update(no_key=True).get(pk=cast.household.pk)
        raised = in_another_connection(lambda: edit_listing(live, make_terms(*goods), by=cast.farmer))

    assert len(raised) == 1
    assert "lock timeout" in raised[0]
