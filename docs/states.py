"""Writes docs/states.md from the tables of allowed moves: `python -m docs.states`."""

import os
from collections.abc import Mapping
from pathlib import Path

TABLES = (
    ("Organisation (verification)", "market.enums", "VERIFICATION_MOVES"),
    ("Pledge", "orders.enums", "PLEDGE_MOVES"),
    ("Demand (open pledge)", "orders.enums", "DEMAND_MOVES"),
    ("Standing pledge", "orders.enums", "STANDING_MOVES"),
    ("Offer", "orders.enums", "OFFER_MOVES"),
    ("Matching run", "orders.enums", "MATCH_MOVES"),
    ("Pass", "orders.logistics.enums", "PASS_MOVES"),
    ("Pass code", "orders.logistics.enums", "CODE_MOVES"),
    ("Signer key", "orders.logistics.enums", "KEY_MOVES"),
    ("Visit to a checkpoint", "orders.logistics.enums", "VISIT_MOVES"),
    ("Risk area", "orders.logistics.enums", "AREA_MOVES"),
    ("Trip", "orders.logistics.enums", "TRIP_MOVES"),
    ("Load", "orders.logistics.enums", "LOAD_MOVES"),
    ("Breakdown", "orders.logistics.enums", "BREAKDOWN_MOVES"),
    ("Dispute", "orders.logistics.enums", "DISPUTE_MOVES"),
    ("Planning run", "orders.logistics.enums", "RUN_MOVES"),
)


def page() -> str:
    """The whole page, in the order of TABLES."""
    from importlib import import_module

    parts = [
        "# States\n\nGenerated from the tables in `enums.py` by `python -m docs.states`; a test fails when it is stale.\n"
        "A listing has no state of its own: Wagtail's workflow holds it (`market.enums.ListingStage` names what its seller sees).\n"
    ]
    parts += [_section(title, getattr(import_module(module), table)) for title, module, table in TABLES]
    return "\n".join(parts)


def _section(title: str, moves: Mapping) -> str:
    rows = [f"| `{state}` {state.label} | {_targets(moves, state)} |" for state in type(next(iter(moves)))]
    return "\n".join([f"## {title}\n", "| from | to |", "| --- | --- |", *rows, ""])


def _targets(moves: Mapping, state: object) -> str:
    targets = sorted(moves.get(state, ()))
    return ", ".join(f"`{to}` {to.label}" for to in targets) or "(end)"


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
    import django

    django.setup()
    Path(__file__).with_suffix(".md").write_text(page(), encoding="utf-8")
