"""Reads composed once for each process instead of once for each request.

Composing a SELECT costs Django more than running it: with a dozen joined columns 2 ms against 0.2. The few reads that stand
in front of every pledge (session, person, memberships with docks, lot with listing) are written as querysets like every
other, composed on first use, and from then on run with new values. `benchmarks/pledges.py` measures what it is worth.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.db.models.query import get_related_populators

_BIGINT = 2**63
_FIRST_SAMPLE = 8_370_311_000_000_001  # no key of ours


def whole_numbers(count: int) -> tuple[int, ...]:
    """Samples for arguments that are whole numbers."""
    return tuple(range(_FIRST_SAMPLE, _FIRST_SAMPLE + count))


@dataclass(frozen=True)
class _Plan:
    sql: str
    values: tuple[Any, ...]  # what stands in the query itself; a sample marks the place of an argument
    model: Any
    names: list[str]
    fields: slice
    populators: list[Any]
    annotations: list[tuple[str, int]]
    converters: list[tuple[int, list[Any], Any]]


class Prepared:
    """`Prepared(make, *samples)`: `make(*arguments)` returns a queryset of model rows; calling this gives its list.

    Each argument is a whole number or a text that goes into the query as it is. `samples` stand for them while the query is
    composed: one of the same type for each, all different, and found nowhere else in it. What `make` returns may depend on
    its arguments by their value only.
    """

    def __init__(self, make: Callable[..., QuerySet], *samples: int | str) -> None:
        self.make, self.samples = make, samples
        self._plans: dict[str, _Plan] = {}

    def __call__(self, *arguments: int | str) -> list[Any]:
        """The rows. One statement; none, and no row, for a number that no column can hold."""
        if any(isinstance(one, int) and not -_BIGINT <= one < _BIGINT for one in arguments):
            return []
        plan = self._plans.get(connection.vendor) or self._compose()
        given = dict(zip(self.samples, arguments, strict=True))
        with connection.cursor() as cursor:
            cursor.execute(plan.sql, [given.get(value, value) for value in plan.values])
            rows = cursor.fetchall()
        if plan.converters:
            rows = [_converted(row, plan) for row in rows]
        return [_instance(row, plan) for row in rows]

    def _compose(self) -> _Plan:
        compiler = self.make(*self.samples).query.get_compiler(connection.alias)
        sql, values = compiler.as_sql()
        missing = set(self.samples) - set(values)
        if missing:
            raise TypeError(f"arguments that are not in the query: {missing}")
        select, info = compiler.select, compiler.klass_info
        fields = slice(info["select_fields"][0], info["select_fields"][-1] + 1)
        converters = compiler.get_converters([expression for expression, *_rest in select])
        plan = self._plans[connection.vendor] = _Plan(
            sql=sql,
            values=tuple(values),
            model=info["model"],
            names=[expression.target.attname for expression, *_rest in select[fields]],
            fields=fields,
            populators=get_related_populators(info, select, connection.alias),
            annotations=list(compiler.annotation_col_map.items()),
            converters=[(at, *found) for at, found in converters.items()],
        )
        return plan


def _converted(row: Any, plan: _Plan) -> list[Any]:
    values = list(row)
    for at, functions, expression in plan.converters:
        for function in functions:
            values[at] = function(values[at], expression, connection)
    return values


def _instance(row: Any, plan: _Plan) -> Any:
    made = plan.model.from_db(connection.alias, plan.names, row[plan.fields])
    for populator in plan.populators:
        populator.populate(row, made)
    for name, at in plan.annotations:
        setattr(made, name, row[at])
    return made
