"""Text that a spreadsheet would run as a formula: refused on the way in, made harmless on the way out."""

import re

# Excel with an East Asian keyboard takes the full-width signs as well.
_STARTS = "=+-@＝＋－＠"
_HARMLESS = re.compile(
    r"""
    [+\-＋－] \s? \d[\d,]* (\.\d+)? \s? (%|℃|°C|度)?    # a signed number, a temperature
    | [+＋] \d{1,3} ([ -]? \d{2,})+                      # a telephone number
    | [+\-＋－]+                                         # a dash for "none"
    """,
    re.VERBOSE,
)


def looks_like_formula(text: str) -> bool:
    """Whether a spreadsheet might run this text. Signed numbers, telephone numbers and dashes are not formulas."""
    text = text.strip()
    return text.startswith(tuple(_STARTS)) and not _HARMLESS.fullmatch(text)


def safe_cell(value: object) -> object:
    """Return the value with an apostrophe before text that a spreadsheet might run; the rest unchanged."""
    return f"'{value}" if isinstance(value, str) and looks_like_formula(value) else value
