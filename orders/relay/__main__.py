"""``python -m orders.relay CASES.json`` reads the lines and messages of a file of cases and prints what they come to.

The file has the shape of `tests/orders/relay/data`; what it expects is not looked at. ``-`` is standard input.
Exit status: 0; 2 where the file cannot be read, with a sentence on standard error.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from orders.relay import Context, Entry, read_line, read_text
from orders.relay.pastes import whole


def main(arguments: list[str]) -> int:
    """Run the command; returns the exit status."""
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m orders.relay CASES.json\n")
        return 2
    try:
        source = sys.stdin.read() if arguments[0] == "-" else Path(arguments[0]).read_text(encoding="utf-8")
        result = read_cases(json.loads(source))
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        sys.stderr.write(f"{arguments[0]} cannot be read as cases: {error}\n")
        return 2
    # A name may hold half a pair of surrogates: written as JSON escapes it.
    text = json.dumps(result, ensure_ascii=False, indent=1).encode("utf-8", "backslashreplace").decode()
    sys.stdout.write(text + "\n")
    return 0


def read_cases(cases: Mapping[str, Any]) -> dict[str, Any]:
    """{"lines": {id: [reading …]}, "messages": {id: {name: grams}}}."""
    lines = {
        case["id"]: [_said(entry) for entry in read_line(case["text"], context_of(case.get("context") or {}))]
        for case in cases.get("lines", ())
    }
    messages = {
        case["id"]: read_text(case["text"], context_of(case.get("context") or {})).final_g
        for case in cases.get("messages", ())
    }
    return {"lines": lines, "messages": messages}


def context_of(known: Mapping[str, Any]) -> Context:
    """A context of a case: kilograms there, grams here."""
    prior, packs = ({name: whole(kg) for name, kg in (known.get(key) or {}).items()} for key in ("prior_kg", "pack_kg"))
    return Context(prior, packs, known.get("default_unit"), known.get("sender"))


def _said(entry: Entry) -> dict[str, Any]:
    return {"name": entry.name, "action": str(entry.action), "qty_g": entry.qty_g, "qty_max_g": entry.qty_max_g}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
