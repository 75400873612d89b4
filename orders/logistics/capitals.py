"""Money in Chinese capitals (人民币大写), as it is written on receipts so that no figure can be changed by a stroke.

By the rules of the central bank for bills: a run of zeros is said once, 整 follows yuan and jiao, nothing follows fen.
"""

from decimal import Decimal

DIGITS = "零壹贰叁肆伍陆柒捌玖"
STEPS = ("", "拾", "佰", "仟")
GROUPS = ("", "万", "亿", "万亿")
MOST = Decimal(10) ** 16


def capitals(amount: Decimal) -> str:
    """人民币壹万贰仟伍佰柒拾叁元伍角陆分. Raises: ValueError for more than two places or 16 digits before them."""
    fen = amount.scaleb(2)
    if not amount.is_finite() or fen != int(fen) or abs(amount) >= MOST:
        raise ValueError(amount)
    yuan, rest = divmod(abs(int(fen)), 100)
    jiao, cents = divmod(rest, 10)
    said = f"{_whole(yuan)}元" if yuan or not rest else ""
    if jiao:
        said += f"{DIGITS[jiao]}角"
    elif cents and yuan:
        said += "零"
    said += f"{DIGITS[cents]}分" if cents else "整"
    return f"人民币{'负' if fen < 0 else ''}{said}"


def _whole(yuan: int) -> str:
    """Whole yuan, by groups of four digits."""
    if not yuan:
        return DIGITS[0]
    said, gap = "", False
    for step in range(len(GROUPS) - 1, -1, -1):
        four = yuan // 10_000**step % 10_000
        if not four:
            gap = bool(said)
            continue
        said += (DIGITS[0] if said and (gap or four < 1000) else "") + _four(four) + GROUPS[step]
        gap = False
    return said


def _four(four: int) -> str:
    said, gap = "", False
    for step in range(3, -1, -1):
        digit = four // 10**step % 10
        if digit:
            said += (DIGITS[0] if gap and said else "") + DIGITS[digit] + STEPS[step]
        gap = not digit
    return said
