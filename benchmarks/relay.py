"""The relay reader on the cases of the tests: lines a second and the correct share. Never a timed test.

    python -m benchmarks.relay [CASES.json …] [--seconds 2]

Without a file it reads all of `tests/orders/relay/data`. A line is correct when names, actions, grams and the upper
ends of ranges are all as a person reads it; a message when each name ends with the grams it should. The last row is one
paste of a megabyte: a list of sixty names posted again and again.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.servers import markdown_table
from orders.relay import read_line, read_text
from orders.relay.__main__ import context_of, read_cases
from orders.relay.pastes import whole

ROOT = Path(__file__).resolve().parents[1]
COLUMNS = ("cases", "kind", "group", "number", "correct", "share", "lines/s")
MEGABYTE = 1_000_000


def grams(kilograms: float | None) -> int | None:
    return None if kilograms is None else whole(kilograms)


def is_line_right(case: dict[str, Any]) -> bool:
    said = read_cases({"lines": [case]})["lines"][case["id"]]
    wanted = [
        (one["name"], one["action"], grams(one.get("qty_kg")), grams(one.get("qty_max_kg"))) for one in case["expect"]
    ]
    return [tuple(one.values()) for one in said] == wanted


def is_message_right(case: dict[str, Any]) -> bool:
    said = read_cases({"messages": [case]})["messages"][case["id"]]
    return said == {name: grams(kg) for name, kg in case["final_kg"].items()}


def rate(read: Callable[[], int], seconds: float) -> float:
    """Lines a second of `read`, which returns how many it read, over so many seconds."""
    began, lines = time.perf_counter(), 0
    while (spent := time.perf_counter() - began) < seconds or not lines:
        lines += read()
    return lines / spent


def read_all(cases: Sequence[dict[str, Any]]) -> int:
    for case in cases:
        read_line(case["text"], context_of(case.get("context") or {}))
    return len(cases)


def read_messages(cases: Sequence[dict[str, Any]]) -> int:
    return sum(len(read_text(case["text"], context_of(case.get("context") or {})).entries) for case in cases)


def rows_of(path: Path, seconds: float) -> list[list[object]]:
    content = json.loads(path.read_text(encoding="utf-8"))
    lines, messages = content.get("lines", []), content.get("messages", [])
    rows = []
    for group in dict.fromkeys(case.get("group", "") for case in lines):
        members = [case for case in lines if case.get("group", "") == group]
        speed = rate(lambda members=members: read_all(members), seconds / 8)
        rows.append(row(path, "line", group, [is_line_right(case) for case in members], speed))
    if messages:
        speed = rate(lambda: read_messages(messages), seconds / 8)
        rows.append(row(path, "message", "", [is_message_right(case) for case in messages], speed))
    return rows


def row(path: Path, kind: str, group: str, right: list[bool], speed: float) -> list[object]:
    share = f"{100 * sum(right) / len(right):.1f} %"
    return [path.stem, kind, group, len(right), sum(right), share, f"{speed:,.0f}"]


def megabyte() -> list[object]:
    one = "\n".join(["#接龙", "白关丝瓜", *(f"{number}. 小{number}店 {number}斤" for number in range(1, 61))])
    copies = [one] * (MEGABYTE // len(one.encode()) + 1)
    copies[-1] += "\n61. 王姐 50斤"
    began = time.perf_counter()
    reading = read_text("\n\n".join(copies))
    spent = time.perf_counter() - began
    right = reading.final_g == {f"小{number}店": number * 500 for number in range(1, 61)} | {"王姐": 25_000}
    return [
        "1 MB",
        "paste",
        f"{spent:.1f} s",
        1,
        int(right),
        f"{100 * right} %",
        f"{len(reading.entries) / spent:,.0f}",
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--seconds", type=float, default=2)
    options = parser.parse_args()
    files = options.files or sorted((ROOT / "tests" / "orders" / "relay" / "data").glob("*.json"))
    rows = [one for path in files for one in rows_of(path, options.seconds)]
    print(markdown_table(COLUMNS, [*rows, megabyte()]))


if __name__ == "__main__":
    main()
