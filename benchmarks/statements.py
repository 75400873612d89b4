"""Statements over a million receipts on PostgreSQL: `python -m tests.postgres python -m benchmarks.statements`.

500 sellers, 200 buyers, 100,000 pledges of a year with ten receipts each, 20,000 adjustments. Rows are made by the database
itself, unchecked, on the throw-away server that `tests.postgres` starts; then each screen's query is timed, the second time.
"""

import datetime as dt
import os
import time
from collections.abc import Callable
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.utils import timezone  # noqa: E402

from market.models import Organisation, Produce  # noqa: E402
from orders.logistics.models import Load, Receipt, StatementAdjustment  # noqa: E402
from orders.logistics.queries import statements  # noqa: E402
from orders.models import Allocation, Pledge  # noqa: E402

PLEDGES, RECEIPTS, ADJUSTMENTS = 100_000, 1_000_000, 20_000
USUAL = {
    "CharField": "''", "TextField": "''", "BooleanField": "true", "DateTimeField": "now()", "DateField": "current_date",
    "TimeField": "'06:00'", "UUIDField": "gen_random_uuid()", "DecimalField": "1", "JSONField": "'{}'",
}  # fmt: skip


def generate(model: Any, count: int, **columns: str) -> None:
    """`count` rows, g = 1, 2, …; what is not said is empty, one or now."""
    values = {}
    for field in model._meta.concrete_fields:
        usual = "g" if field.primary_key else "null" if field.null else USUAL.get(field.get_internal_type(), "1")
        values[f'"{field.column}"'] = columns.get(field.column, usual)
    with connection.cursor() as cursor:
        cursor.execute(
            f'insert into "{model._meta.db_table}" ({", ".join(values)}) '
            f"select {', '.join(values.values())} from generate_series(1, {count}) g"
        )


def build() -> None:
    call_command("migrate", verbosity=0)
    place, day = "'430203100201'", "(current_date - (g % 365))"
    sides = {"seller_id": "1 + g % 500", "buyer_id": "501 + (g / 7) % 200"}
    with connection.cursor() as cursor:
        cursor.execute("set session_replication_role = replica")  # no foreign keys: only what statements read is there
    kind = "case when g <= 500 then 'cooperative' else 'retailer' end"
    generate(Organisation, 700, name="'单位' || g", kind=kind, verification="'verified'", place_id=place)
    generate(Produce, 1, slug="'sigua'", name_zh="'丝瓜'", kind="'vegetable'", directory_status="'yes'")
    terms = {
        "price": "case when g % 50 = 0 then null else 1.27 end",
        "price_unit": "case when g % 9 = 0 then 'pack' else 'jin' end",
        "pack_word": "'筐'", "pack_g": "17777", "grade": "'first'", "place_id": place, "produce_id": "1",
    }  # fmt: skip
    grams = {"firm_g": "1000000", "most_g": "1000000", "granted_g": "0", "short_g": "0"}
    pledges = {**sides, **terms, **grams, "day": day, "state": "'received'", "lot_id": "g", "window_to": "'10:00'"}
    generate(Pledge, PLEDGES, **pledges)
    generate(Allocation, PLEDGES, lot_id="g", pledge_id="g", grams="1000000")
    generate(Load, PLEDGES, allocation_id="g", state="'delivered'", planned_g="1000000", loaded_g="1000000")
    load = f"1 + g % {PLEDGES}"
    at = f"(current_date - (({load}) % 365)) + interval '6 hours' + (g % 36000) * interval '1 second'"
    generate(Receipt, RECEIPTS, load_id=load, accepted_g="90000 + g % 9999", rejected_g="g % 7", reason="'x'", at=at)
    generate(StatementAdjustment, ADJUSTMENTS, **sides, day=day, amount="-1.23", reason="'x'")
    with connection.cursor() as cursor:
        cursor.execute("analyze")


def timed(name: str, read: Callable[[], Any]) -> None:
    read()
    wall, cpu = time.perf_counter(), time.process_time()
    read()
    print(f"{name:44} {1000 * (time.perf_counter() - wall):8.0f} {1000 * (time.process_time() - cpu):8.0f}")


def main() -> None:
    if connection.vendor != "postgresql":
        raise SystemExit("needs PostgreSQL: python -m tests.postgres python -m benchmarks.statements")
    build()
    seller, buyer = Organisation.objects.get(pk=7), Organisation.objects.get(pk=601)
    one = Pledge.objects.values_list("seller", "buyer").earliest("pk")
    pair = dict(zip(("seller", "buyer"), one, strict=True))
    today = timezone.localdate()
    print(f"{RECEIPTS:,} receipts{'':30} {'wall ms':>8} {'CPU ms':>8}")
    for word, days in (("30 days", 30), ("a year", 365)):
        period = statements.Period(today - dt.timedelta(days=days - 1), today)
        timed(f"a seller's overview, {word}", lambda period=period: statements.overview_of(seller, period))
        timed(f"a buyer's overview, {word}", lambda period=period: statements.overview_of(buyer, period))
        timed(f"a page between two, {word}", lambda period=period: statements.statement_page(period, pair, 1))
        timed(f"all lines between two, {word}", lambda period=period: statements.lines_of(period, pair))
        timed(f"the desk's list of sellers, {word}", lambda period=period: statements.everybody(period, "seller"))


if __name__ == "__main__":
    main()
