"""Sheets people send, made into listings, pledges and trucks by the same actions as the web.

Read every row, try all of them, then do all of them or none. A row that was imported before changes nothing: its key is
made of what the row says (docs/imports.md), so a file saved again by another program is still the same rows.
"""

from .cells import CellError, Cells
from .engine import Importer, Outcome, Report, Result, carry_out, try_out
from .keys import content_key

__all__ = [
    "CellError",
    "Cells",
    "Importer",
    "Outcome",
    "Report",
    "Result",
    "carry_out",
    "content_key",
    "try_out",
]
