"""The JSON shapes of a Problem and a Result, and a sentence for everything that is wrong with one.

Every error names the field it is about, as in ``lots[3].available_g must be a whole number``. Fields that are
not known are ignored; optional ones may be left out or null.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from orders.matching.model import Allocation, Arc, FairShare, Lot, Pledge, Problem, ProblemError, Result

MOST_GRAMS = 10**12
MOST_SCORE = 10**7
"""Largest score per kilogram either way: grams times scores, and scores times nodes, stay within 64 bits."""


def read_problem(value: str | bytes | Mapping[str, Any]) -> Problem:
    """A Problem from its JSON. Raises: ProblemError."""
    fields = _load(value, "The problem")
    lots = tuple(_lot(item, f"lots[{n}]") for n, item in enumerate(_items(fields, "lots")))
    pledges = tuple(_pledge(item, f"pledges[{n}]") for n, item in enumerate(_items(fields, "pledges")))
    _refuse_twins("lots", [lot.id for lot in lots])
    _refuse_twins("pledges", [pledge.id for pledge in pledges])
    arcs = _arcs(_items(fields, "arcs"), [lot.id for lot in lots], [pledge.id for pledge in pledges])
    return Problem(lots, pledges, arcs, _fair_share(fields.get("fair_share")))


def refuse_malformed(problem: Problem) -> None:
    """The same refusals for a Problem that was not read from JSON. Raises: ProblemError."""
    for n, lot in enumerate(problem.lots):
        _lot(
            {"id": lot.id, "available_g": lot.available_g, "minimum_g": lot.minimum_g, "seller": lot.seller},
            f"lots[{n}]",
        )
    for n, item in enumerate(problem.pledges):
        _pledge({"id": item.id, "wanted_g": item.wanted_g, "whole": item.whole}, f"pledges[{n}]")
    _refuse_twins("lots", [lot.id for lot in problem.lots])
    _refuse_twins("pledges", [pledge.id for pledge in problem.pledges])
    _arcs(problem.arcs, [lot.id for lot in problem.lots], [pledge.id for pledge in problem.pledges])
    _fair_share({"bonus_per_kg": problem.fair_share.bonus_per_kg, "grams": problem.fair_share.grams})


def write_problem(problem: Problem) -> dict[str, Any]:
    """The JSON object of a Problem."""
    return {
        "lots": [
            {"id": lot.id, "seller": lot.seller, "available_g": lot.available_g, "minimum_g": lot.minimum_g}
            for lot in problem.lots
        ],
        "pledges": [{"id": item.id, "wanted_g": item.wanted_g, "whole": item.whole} for item in problem.pledges],
        "arcs": [{"lot": lot, "pledge": pledge, "score_per_kg": score} for lot, pledge, score in problem.arcs],
        "fair_share": {"bonus_per_kg": problem.fair_share.bonus_per_kg, "grams": dict(problem.fair_share.grams)},
    }


def read_result(value: str | bytes | Mapping[str, Any]) -> Result:
    """A Result from its JSON; whether it is a good one is the checker's business. Raises: ProblemError."""
    fields = _load(value, "The result")
    allocations = []
    for n, item in enumerate(_items(fields, "allocations")):
        entry = _object(item, f"allocations[{n}]")
        name = f"allocations[{n}]."
        grams = whole(entry.get("grams"), f"{name}grams", 0, MOST_GRAMS)
        allocations.append(Allocation(text(entry, "lot", name), text(entry, "pledge", name), grams))
    log = fields.get("log") or []
    cpu = fields.get("cpu_s", 0.0)
    if isinstance(cpu, bool) or not isinstance(cpu, int | float):
        raise ProblemError("cpu_s must be a number.")
    return Result(
        allocations=tuple(allocations),
        score_thousandths=_thousandths(fields, "score"),
        bound_thousandths=_thousandths(fields, "bound"),
        method=text(fields, "method", ""),
        cpu_s=float(cpu),
        note=str(fields.get("note", "")),
        log=tuple(str(line) for line in log) if isinstance(log, list) else (),
        is_cut=fields.get("cut") is True,
    )


def write_result(result: Result, *, with_log: bool = True) -> dict[str, Any]:
    """The JSON object of a Result."""
    value: dict[str, Any] = {
        "allocations": [{"lot": lot, "pledge": pledge, "grams": grams} for lot, pledge, grams in result.allocations],
        "score": result.score,
        "bound": result.bound,
        "method": result.method,
        "cpu_s": result.cpu_s,
    }
    if result.note and with_log:
        value["note"] = result.note
    if result.is_cut and with_log:
        value["cut"] = True
    if result.log and with_log:
        value["log"] = list(result.log)
    return value


def whole(value: Any, name: str, least: int, most: int) -> int:
    """Refuse everything but a whole number in that range; true and false are not numbers here."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise ProblemError(f"{name} must be a whole number.")
    if not least <= value <= most:
        raise ProblemError(f"{name} must be between {least} and {most}.")
    return value


def text(fields: Mapping[str, Any], key: str, prefix: str) -> str:
    """A non-empty text."""
    value = fields.get(key)
    if not isinstance(value, str) or not value:
        raise ProblemError(f"{prefix}{key} must be a non-empty text.")
    return value


def load_json(value: str | bytes, name: str = "The problem") -> Any:
    """Parse JSON text, its arcs made small at once. Raises: ProblemError."""
    try:
        return json.loads(value, object_hook=_shrinker())
    except (ValueError, RecursionError) as error:
        raise ProblemError(f"{name} is not JSON: {error}.") from error


def _load(value: str | bytes | Mapping[str, Any], name: str) -> Mapping[str, Any]:
    return _object(load_json(value, name) if isinstance(value, str | bytes) else value, name)


def _shrinker() -> Callable[[dict[str, Any]], Any]:
    """Makes arcs as they are read, equal names and numbers kept once: half a million small dictionaries would
    take hundreds of megabytes."""
    kept: dict[Any, Any] = {}

    def shrink(fields: dict[str, Any]) -> Any:
        if "score_per_kg" not in fields:
            return fields
        lot, pledge, score = fields.get("lot"), fields.get("pledge"), fields["score_per_kg"]
        # Anything else is refused later, where its position is known.
        if type(lot) is str and type(pledge) is str and type(score) is int:
            keep = kept.setdefault
            lot, pledge, score = keep(lot, lot), keep(pledge, pledge), keep(score, score)
        return Arc(lot, pledge, score)  # type: ignore[arg-type]

    return shrink


def _object(value: Any, name: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise ProblemError(f"{name} must be an object.")
    return value


def _items(fields: Mapping[str, Any], key: str) -> Sequence[Any]:
    if key not in fields:
        raise ProblemError(f"{key} is missing.")
    value = fields[key]
    if not isinstance(value, list | tuple) or isinstance(value, Arc):
        raise ProblemError(f"{key} must be a list.")
    return value


def _lot(item: Any, name: str) -> Lot:
    fields = _object(item, name)
    prefix = f"{name}."
    minimum = fields.get("minimum_g")
    return Lot(
        id=text(fields, "id", prefix),
        available_g=whole(fields.get("available_g"), f"{prefix}available_g", 0, MOST_GRAMS),
        minimum_g=0 if minimum is None else whole(minimum, f"{prefix}minimum_g", 0, MOST_GRAMS),
        seller=text(fields, "seller", prefix) if fields.get("seller") not in (None, "") else "",
    )


def _pledge(item: Any, name: str) -> Pledge:
    fields = _object(item, name)
    prefix = f"{name}."
    all_or_nothing = fields.get("whole")
    if all_or_nothing is not None and not isinstance(all_or_nothing, bool):
        raise ProblemError(f"{prefix}whole must be true or false.")
    wanted = whole(fields.get("wanted_g"), f"{prefix}wanted_g", 0, MOST_GRAMS)
    return Pledge(text(fields, "id", prefix), wanted, bool(all_or_nothing))


def _arcs(values: Sequence[Any], lots: list[str], pledges: list[str]) -> tuple[Arc, ...]:
    """Every arc checked. Two arcs of one pair are refused: which of them would a page explain?"""
    lot_at = {name: k for k, name in enumerate(lots)}
    pledge_at = {name: k for k, name in enumerate(pledges)}
    shrink = _shrinker()
    seen: set[int] = set()
    arcs = []
    for n, value in enumerate(values):
        arc = value if isinstance(value, Arc) else shrink(dict(_object(value, f"arcs[{n}]")))
        if not isinstance(arc, Arc):
            raise ProblemError(f"arcs[{n}].score_per_kg is missing.")
        lot, pledge, score = arc
        # One comparison of types for the half a million that are right; the sentence is for the others.
        if type(score) is not int or not -MOST_SCORE <= score <= MOST_SCORE:
            whole(score, f"arcs[{n}].score_per_kg", -MOST_SCORE, MOST_SCORE)
        if type(lot) is not str or lot not in lot_at:
            raise ProblemError(f"arcs[{n}].lot {lot!r} is not one of the lots.")
        if type(pledge) is not str or pledge not in pledge_at:
            raise ProblemError(f"arcs[{n}].pledge {pledge!r} is not one of the pledges.")
        pair = lot_at[lot] * len(pledges) + pledge_at[pledge]
        if pair in seen:
            raise ProblemError(f"arcs[{n}] is a second arc from lot {lot!r} to pledge {pledge!r}.")
        seen.add(pair)
        arcs.append(arc)
    return tuple(arcs)


def _fair_share(value: Any) -> FairShare:
    if value is None:
        return FairShare()
    fields = _object(value, "fair_share")
    bonus = whole(fields.get("bonus_per_kg", 0), "fair_share.bonus_per_kg", 0, MOST_SCORE)
    grams = _object(fields.get("grams") or {}, "fair_share.grams")
    return FairShare(
        bonus, {name: whole(g, f"fair_share.grams.{name}", 0, MOST_GRAMS) for name, g in sorted(grams.items())}
    )


def _refuse_twins(key: str, ids: list[str]) -> None:
    seen: set[str] = set()
    for position, name in enumerate(ids):
        if name in seen:
            raise ProblemError(f"{key}[{position}].id {name!r} is used twice.")
        seen.add(name)


def _thousandths(fields: Mapping[str, Any], key: str) -> int:
    value = fields.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > 10**20 or value != value:
        raise ProblemError(f"{key} must be a number.")
    return value * 1000 if isinstance(value, int) else round(value * 1000)
