"""Locking rows in the fixed order (docs/architecture.md): several of one kind by primary key, and read again.

`no_key`: those who only refer to a row need not wait for it.
"""

from collections.abc import Iterable
from typing import TypeVar

from django.db import models

Row = TypeVar("Row", bound=models.Model)


def lock_one(model: type[Row], pk: int | str) -> Row:
    """The row, locked until the transaction ends and read afresh."""
    return model._default_manager.select_for_update(no_key=True).get(pk=pk)


def lock_all(model: type[Row], ids: Iterable[int | None]) -> dict[int, Row]:
    """The rows by their key, locked one after the other in the order of the key. One statement."""
    wanted = {pk for pk in ids if pk is not None}
    rows = model._default_manager.select_for_update(no_key=True).filter(pk__in=wanted).order_by("pk")
    return {row.pk: row for row in rows}
