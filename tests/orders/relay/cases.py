"""Cases of relay text in JSON: a line with what stands around it and what a person reads in it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from orders.relay.pastes import whole

FOLDER = Path(__file__).parent / "data"
FILES = sorted(FOLDER.glob("*.json"))


def cases(kind: str) -> list[tuple[str, dict[str, Any]]]:
    """(id, case) of every file; `kind` is "lines" or "messages"."""
    found = [case for path in FILES for case in json.loads(path.read_text(encoding="utf-8")).get(kind, ())]
    return [(case["id"], case) for case in found]


def grams(kilograms: float | None) -> int | None:
    return None if kilograms is None else whole(kilograms)


def expected_line(case: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "name": one["name"],
            "action": one["action"],
            "qty_g": grams(one.get("qty_kg")),
            "qty_max_g": grams(one.get("qty_max_kg")),
        }
        for one in case["expect"]
    ]
