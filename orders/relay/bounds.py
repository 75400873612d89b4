"""A range said as two bounds: 3吨，最多4吨 and 100斤起，200斤封顶. They are written as 3吨-4吨 before anybody scans.

Only the signs between the two figures change, so every place still leads back to the original.
"""

from __future__ import annotations

import re

from orders.relay.signs import Tidy

_AMOUNT = r"[\d.零一二两三四五六七八九十百千万半]{{1,8}}\s*(?P<{unit}>公斤|千克|kg|斤|吨|t|担|件|筐|箱|袋)(?![a-z])"
_LOW, _HIGH = _AMOUNT.format(unit="unit"), _AMOUNT.format(unit="other")
_LEAST = r"(?P<least>(?:最少|至少|起码|不少于|最低|保底)\s*[要来订拿]?\s*)?"
_FLOOR = r"\s*(?P<floor>起步?|以上|保底|打底)?"
_STOP = r"[\s,，、;；]*"
_MOST = r"(?P<most>(?:但|且)?(?:最多|顶多|至多|不超过|最高|上限|(?:可以?|能)(?:加|拿|要)?到)(?:要|来|订|拿|收|加到|是)?\s*)?"
_CAP = r"\s*(?P<cap>封顶|以内|以下|为?上限|到顶)?"
_BOUNDS = re.compile(f"{_LEAST}(?P<low>{_LOW}){_FLOOR}{_STOP}{_MOST}(?P<high>{_HIGH}){_CAP}")


_COMMA = re.compile(r"(?<!\d)([1-9])([,，])([1-9])(?=\s*[百千万]?\s*(?:公斤|斤|吨|件|筐|箱|袋))")


_AND = re.compile(r"(?<=[斤吨担件筐箱袋])[零又](?=\s*[\d一二两三四五六七八九十半])")


_LETTER_O = re.compile(r"(?<=\d)o(?=[\do]*\s*(?:公斤|斤|吨|kg|件|筐|箱|袋))")


def respelled(known: Tidy) -> Tidy:
    """3，4吨 as 3、4吨, and 2筐零5斤 as 2筐+5斤."""
    known = Tidy(known.original, _LETTER_O.sub("0", _AND.sub("+", known.text)), known.at)
    found = _COMMA.search(known.text)
    if not found or int(found[3]) != int(found[1]) + 1:
        return known
    at = found.start(2)
    return Tidy(known.original, f"{known.text[:at]}、{known.text[at + 1 :]}", known.at)


def as_range(known: Tidy) -> Tidy:
    """`known` with its two bounds as a range; as it is where there are none."""
    found = _BOUNDS.search(known.text)
    if not found or not (found["most"] or found["cap"]) or found["unit"] != found["other"]:
        return known
    between = found.end("low")
    if found.start("high") <= between:
        return known
    keep = [
        *range(found.start("low")),
        *range(*found.span("low")),
        between,
        *range(*found.span("high")),
        *range(found.end(), len(known.text)),
    ]
    signs = dict.fromkeys(range(found.start(), found.start("low")), "，") | {between: "-"}
    text = "".join(signs.get(place, known.text[place]) for place in keep)
    return Tidy(known.original, text, tuple(known.at[place] for place in keep))
