"""Tables that people send and get: spreadsheets and CSV files read into plain text cells, and XLSX written.

Here: file formats, header rows, cell text, and where in the sheet a problem stands. Not here: what a cell means;
the importers turn the text into listings, pledges and trucks and report with `Sheet.problem`.
"""

from .formulas import looks_like_formula, safe_cell
from .problems import Problem, SheetError, column_letter
from .reading import MAX_BYTES, MAX_ROWS, Column, Row, Sheet, read_sheet
from .writing import write_xlsx

__all__ = [
    "MAX_BYTES",
    "MAX_ROWS",
    "Column",
    "Problem",
    "Row",
    "Sheet",
    "SheetError",
    "column_letter",
    "looks_like_formula",
    "read_sheet",
    "safe_cell",
    "write_xlsx",
]
