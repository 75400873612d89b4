"""Statements composed once for each process instead of once for each request.

Composing a statement costs Django more than running it: with a dozen joined columns 2 ms against 0.2. The few that stand in
the way of every pledge are written as querysets like every other, composed on first use, and from then on run with new
values; PostgreSQL plans them once for each connection (needs `prepare_threshold` in the database's options, and is
simply not done without). What it is worth and what it
risks stands in docs/decisions/0006-prepared-statements.md.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from types import SimpleNamespace
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Model
from django.db.models.query import get_related_populators
from django.db.models.sql import InsertQuery, UpdateQuery

_BIGINT = 2**63
_FIRST_SAMPLE = 8_370_311_000_000_001  # no key of ours


def whole_numbers(count: int) -> tuple[int, ...]:
    """Samples for arguments that are whole numbers."""
    return tuple(range(_FIRST_SAMPLE, _FIRST_SAMPLE + count))


def a_moment() -> dt.datetime:
    """Sample for an argument that is a moment."""
    return dt.datetime(1911, 10, 10, 3, 7, 11, 8_370, tzinfo=dt.UTC)


def _database() -> Any:
    """The connection itself: the proxy `django.db.connection` looks it up again for every attribute."""
    return connections[DEFAULT_DB_ALIAS]


def _cursor(database: Any) -> Any:
    """Django's cursor, checked and logged as always; on PostgreSQL over one whose statements the server keeps."""
    if database.vendor != "postgresql":
        return database.cursor()
    database.close_if_health_check_failed()
    database.ensure_connection()
    return database._prepare_cursor(_kept_class()(database.connection))


@cache
def _kept_class() -> Any:
    from psycopg import Cursor  # noqa: PLC0415 - SQLite runs without the driver

    class Kept(Cursor):
        def execute(self, query: Any, params: Any = None, **_kwargs: Any) -> Any:
            super().execute(query, params, prepare=True)
            self._query = SimpleNamespace(query=query.encode())  # type: ignore[assignment]  # what Django's log of statements says was sent
            return self

    return Kept


@dataclass(frozen=True)
class _Plan:
    sql: str
    values: tuple[Any, ...]  # what stands in the query itself; a sample marks the place of an argument
    model: Any = None
    names: tuple[str, ...] = ()
    fields: Any = None
    populators: tuple[Any, ...] = ()
    annotations: tuple[tuple[str, int], ...] = ()
    converters: tuple[tuple[int, list[Any], Any], ...] = ()


class _Statement:
    """`make(*arguments)` returns what to compose; `samples` stand for the arguments while it is composed.

    An argument is a whole number, a text or a moment that goes into the statement as it is. Samples are of the same types,
    all different, and found nowhere else in it. What `make` returns may depend on its arguments by their value only.
    """

    def __init__(self, make: Callable[..., Any], *samples: Any) -> None:
        self.make, self.samples = make, samples
        self._plans: dict[str, _Plan] = {}

    def _plan_for(self, database: Any) -> _Plan:
        plan = self._plans.get(database.vendor)
        if plan is None:
            plan = self._compose(database)
            missing = {_adapted(sample, database) for sample in self.samples} - set(plan.values)
            if missing:
                raise TypeError(f"arguments that are not in the statement: {missing}")
            self._plans[database.vendor] = plan
        return plan

    def _compose(self, database: Any) -> _Plan:
        raise NotImplementedError

    def _values(self, plan: _Plan, arguments: tuple[Any, ...], database: Any) -> list[Any]:
        pairs = zip(self.samples, arguments, strict=True)
        given = {_adapted(sample, database): _adapted(one, database) for sample, one in pairs}
        return [given.get(value, value) for value in plan.values]


def _adapted(value: Any, database: Any) -> Any:
    return database.ops.adapt_datetimefield_value(value) if isinstance(value, dt.datetime) else value


class Prepared(_Statement):
    """`make` returns a queryset of model rows; calling this gives its list."""

    def __call__(self, *arguments: Any) -> list[Any]:
        """The rows. One statement; none, and no row, for a number that no column can hold."""
        if any(isinstance(one, int) and not -_BIGINT <= one < _BIGINT for one in arguments):
            return []
        database = _database()
        plan = self._plan_for(database)
        with _cursor(database) as cursor:
            cursor.execute(plan.sql, self._values(plan, arguments, database))
            rows = cursor.fetchall()
        if plan.converters:
            rows = [_converted(row, plan, database) for row in rows]
        return [_instance(row, plan, database) for row in rows]

    def _compose(self, database: Any) -> _Plan:
        compiler = self.make(*self.samples).query.get_compiler(database.alias)
        sql, values = compiler.as_sql()
        select, info = compiler.select, compiler.klass_info
        fields = slice(info["select_fields"][0], info["select_fields"][-1] + 1)
        converters = compiler.get_converters([expression for expression, *_rest in select])
        return _Plan(
            sql=sql,
            values=tuple(values),
            model=info["model"],
            names=tuple(expression.target.attname for expression, *_rest in select[fields]),
            fields=fields,
            populators=tuple(get_related_populators(info, select, database.alias)),  # type: ignore[call-arg]
            annotations=tuple(compiler.annotation_col_map.items()),
            converters=tuple((at, *found) for at, found in converters.items()),
        )


class PreparedUpdate(_Statement):
    """`make` returns a queryset and what its rows become, by field; calling this updates and gives the number of rows."""

    def __call__(self, *arguments: Any) -> int:
        database = _database()
        plan = self._plan_for(database)
        with _cursor(database) as cursor:
            cursor.execute(plan.sql, self._values(plan, arguments, database))
            return cursor.rowcount

    def _compose(self, database: Any) -> _Plan:
        rows, become = self.make(*self.samples)
        query = rows.query.chain(UpdateQuery)
        query.add_update_values(become)
        sql, values = query.get_compiler(database.alias).as_sql()
        return _Plan(sql, tuple(values))


_inserts: dict[tuple[str, type[Model]], tuple[str, list[Any]]] = {}


def insert(row: Any) -> None:
    """INSERT a new row and give it its key, as `save(force_insert=True)`. One statement; sends no signal."""
    database, model = _database(), type(row)
    found = _inserts.get((database.vendor, model))
    if found is None:
        found = _inserts[database.vendor, model] = _composed_insert(row, database)
    sql, fields = found
    with _cursor(database) as cursor:
        cursor.execute(sql, [one.get_db_prep_save(one.pre_save(row, True), database) for one in fields])
        row.pk = cursor.fetchone()[0]
    row._state.adding, row._state.db = False, database.alias


def _composed_insert(row: Any, database: Any) -> tuple[str, list[Any]]:
    meta = row._meta
    fields = [one for one in meta.local_concrete_fields if one is not meta.pk]
    query = InsertQuery(type(row))
    query.insert_values(fields, [row])
    compiler = query.get_compiler(database.alias)
    compiler.returning_fields = [meta.pk]
    [(sql, _values)] = compiler.as_sql()
    return sql, fields


def _converted(row: Any, plan: _Plan, database: Any) -> list[Any]:
    values = list(row)
    for at, functions, expression in plan.converters:
        for function in functions:
            values[at] = function(values[at], expression, database)
    return values


def _instance(row: Any, plan: _Plan, database: Any) -> Any:
    made = plan.model.from_db(database.alias, plan.names, row[plan.fields])
    for populator in plan.populators:
        populator.populate(row, made)
    for name, at in plan.annotations:
        setattr(made, name, row[at])
    return made
