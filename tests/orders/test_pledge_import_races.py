"""Sheets and pledges at the same moment. Run on PostgreSQL."""

import threading
from functools import partial

import pytest
from django.db import connection

from market.imports import carry_out
from market.models import User
from orders.actions import placing
from orders.imports.pledges import PledgeImport
from orders.models import Allocation, Pledge
from tests.factories import make_live_listing
from tests.factories.orders import fresh, make_dock, make_pledge
from tests.factories.pledge_rows import CHINESE, pledge_row
from tests.factories.sheets import as_csv, sheet_of
from tests.races.test_pledge_races import unguarded_reserve


@pytest.fixture
def row(lot, dock):
    return partial(pledge_row, lot, dock)


def importing(cast, who: str = "buyer") -> PledgeImport:
    return PledgeImport(User.objects.get(pk=getattr(cast, who).pk))


# --- races ------------------------------------------------------------------------------------------------------


def together(*jobs) -> list:
    """Run the jobs in threads that start at the same moment; their results, or what they raised."""
    gate, results = threading.Barrier(len(jobs)), [None] * len(jobs)

    def work(place: int, job) -> None:
        try:
            gate.wait(10)
            results[place] = job()
        except Exception as error:  # noqa: BLE001 - handed to the test
            results[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(place, job)) for place, job in enumerate(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


def race_of_sheets_and_pledges(cast, lot, row) -> list:
    """Ten tonnes; four sheets of 2 × 1.5 t and eight pledges of 1 t at once."""
    other = make_dock(cast.rival_supermarket)
    sheets = [
        as_csv(CHINESE, [row(firm="1.5", unit="吨", max_price="", reference=f"S{n}-{part}") for part in (1, 2)])
        for n in range(4)
    ]

    def import_it(content: bytes):
        importer = importing(cast)
        return carry_out(importer, sheet_of(importer, content))

    jobs = [lambda content=content: import_it(content) for content in sheets]
    jobs += [lambda: make_pledge(lot, other, "1吨", by=fresh(cast.rival_buyer)) for _n in range(8)]
    return together(*jobs)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_control_without_the_guard_sheets_and_pledges_oversell(cast, lot, row, dock, monkeypatch):
    """If this ever fails, the test below proves nothing."""
    monkeypatch.setattr(placing, "reserve", unguarded_reserve)

    race_of_sheets_and_pledges(cast, lot, row)

    assert sum(Allocation.objects.live().filter(lot=lot).values_list("grams", flat=True)) > lot.offered_g


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_sheets_and_pledges_race_for_a_lot_and_never_oversell(cast, lot, row, dock):
    """A sheet gets all of its rows or none."""
    results = race_of_sheets_and_pledges(cast, lot, row)

    lot.refresh_from_db()
    live = sum(Allocation.objects.live().filter(lot=lot).values_list("grams", flat=True))
    by_sheet = [Pledge.objects.filter(reference__startswith=f"S{n}-").count() for n in range(4)]
    assert lot.reserved_g == live
    assert lot.reserved_g <= lot.offered_g
    assert lot.reserved_g >= 8_000_000  # what is refused did not fit
    assert set(by_sheet) <= {0, 2}
    assert [bool(results[n].results) for n in range(4)] == [count == 2 for count in by_sheet]


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_the_same_sheet_sent_six_times_at_once_is_imported_once(cast, lot, row):
    content = as_csv(CHINESE, [row(reference=f"CG-{n}") for n in range(3)])

    def import_it():
        importer = importing(cast)
        return carry_out(importer, sheet_of(importer, content))

    results = together(*[import_it] * 6)

    lot.refresh_from_db()
    assert [getattr(result, "problems", result) for result in results] == [[]] * 6
    assert (Pledge.objects.count(), lot.reserved_g) == (3, 900_000)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_sheets_over_the_same_lots_in_opposite_order_do_not_deadlock(cast, lot, row, dock, reference):
    second = make_live_listing(cast.cooperative, reference["loofah"], reference["village"], by=cast.cooperative_manager)

    def import_it(name: str, listings: list[int]):
        importer = importing(cast)
        rows = [row(listing=str(pk), reference=f"{name}-{n}") for n, pk in enumerate(listings * 5)]
        return carry_out(importer, sheet_of(importer, as_csv(CHINESE, rows)))

    there, back = [lot.listing_id, second.pk], [second.pk, lot.listing_id]
    results = together(lambda: import_it("A", there), lambda: import_it("B", back))

    assert [getattr(result, "problems", result) for result in results] == [[], []]
    assert Pledge.objects.count() == 20
