"""Locking rows in the fixed order (docs/architecture.md): several of one kind by primary key, and read again.

`no_key`: those who only refer to a row need not wait for it.
"""

from collections.abc import Iterable
from typing import TypeVar

from django.db import models

from orders.logistics.models import Pass, Truck

Row = TypeVar("Row", bound=models.Model)


def lock_one(model: type[Row], pk: int | str) -> Row:
    """The row, locked until the transaction ends and read afresh."""
    return model._default_manager.select_for_update(no_key=True).get(pk=pk)


def lock_all(model: type[Row], ids: Iterable[int | None]) -> dict[int, Row]:
    """The rows by their key, locked one after the other in the order of the key. One statement."""
    wanted = {pk for pk in ids if pk is not None}
    rows = model._default_manager.select_for_update(no_key=True).filter(pk__in=wanted).order_by("pk")
    return {row.pk: row for row in rows}


def lock_passes_of(trucks: Iterable[Truck | int]) -> dict[int, Pass]:
    """Every pass of these trucks, whatever its state: after the trucks and their drivers."""
    return lock_all(Pass, Pass.objects.filter(truck__in=trucks).values_list("pk", flat=True))
