"""How an import is said: on the page, on the terminal, for machines."""

from typing import Any

from django.utils.translation import gettext as _

from .engine import Outcome, Report


def outcome_words() -> dict[str, tuple[str, str]]:
    """The badge and the word of what a row does."""
    return {
        Outcome.NEW: ("live", _("新增")),
        Outcome.CHANGED: ("warm", _("更新")),
        Outcome.UNCHANGED: ("done", _("已有，不变")),
    }


def counts(report: Report) -> str:
    return _("新增 %(new)d 行，更新 %(changed)d 行，不变 %(unchanged)d 行") % {
        "new": report.count(Outcome.NEW),
        "changed": report.count(Outcome.CHANGED),
        "unchanged": report.count(Outcome.UNCHANGED),
    }


def as_data(report: Report, *, dry_run: bool) -> dict[str, Any]:
    """For `--json`."""
    return {
        "dry_run": dry_run,
        **{outcome.value: 0 if report.problems else report.count(outcome) for outcome in Outcome},
        "notes": [{"row": one.row.number, "note": one.note} for one in report.results if one.note],
        "problems": [
            {"row": one.row, "column": one.column, "title": one.title, "message": one.message}
            for one in report.problems
        ],
    }
