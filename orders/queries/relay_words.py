"""A row of a relay reading in people's words: what it does, what is uncertain and why, and the answers one can tap."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from market.quantities import describe, growers_words
from market.wording import run_on
from orders.readings import ALIKE, OTHER_CROP, SEEN, VANISHED, Part, Row, Step
from orders.relay import Action

# Why a line must be asked. What is no question ("range", "phone_in_text") is not here.
_WHY = {
    "approximate": _lazy("只写了大概的数"),
    "ambiguous": _lazy("有两种读法"),
    "typo_unit": _lazy("单位像是写错了字"),
    "number_unclear": _lazy("数字看不清楚"),
    "question": _lazy("像是在问，不是在要"),
    "conditional": _lazy("带条件"),
    "each": _lazy("写的是每户多少"),
    "several_amounts": _lazy("写了不止一个数"),
    "not_understood": _lazy("看不懂"),
    "pack_weight_missing": _lazy("这批货没有写每件多重"),
    "unit_unknown": _lazy("这个单位没有准重量"),
    "unit_missing": _lazy("没有写单位"),
    "no_quantity": _lazy("没有写要多少"),
    "name_missing": _lazy("没有写名字"),
    "same_name": _lazy("这个名字已经要过，没写“再”也没写“改”"),
    "daily": _lazy("写的是每天要，这批货只有一天"),
    "zero": _lazy("写的是零"),
    "cut_too_large": _lazy("减得比已经要的还多"),
    "which_crop": _lazy("没有说是哪一种菜"),
    "name_alike": _lazy("和另一个名字很像"),
    "unknown_name": _lazy("前面没有这个名字"),
    "unknown_number": _lazy("不知道说的是第几号"),
    "no_prior": _lazy("前面没有要过，不知道翻倍是多少"),
    "refers_back": _lazy("说的是别人的数"),
    "too_long": _lazy("这一行太长"),
    "transfer": _lazy("转给别人"),
    SEEN: _lazy("这句话上次已经算过"),
    VANISHED: _lazy("后来贴的接龙里没有这个名字了"),
}


@dataclass(frozen=True)
class Choice:
    """An answer one can tap: `how` and `stall` as `orders.actions.relays.correct_row` takes them."""

    label: str
    how: str
    stall: str
    icon: str = "check"


@dataclass(frozen=True)
class RowWords:
    """What a row says on the page. `kind` is its look: waits, new, change, cancel, same, skipped."""

    sentence: str
    why: str
    kind: str
    icon: str
    choices: tuple[Choice, ...] = ()


def words_of(row: Row, step: Step | None, parts: Mapping[str, Part]) -> RowWords:
    if row.waits:
        return RowWords(_proposal(row), _why(row), "waits", "circle-question-mark", tuple(_choices(row, parts)))
    if not row.counts or step is None:
        return RowWords(*_ignored(row))
    kind, icon = _look(step)
    return RowWords(_does(row, step), "", kind, icon)


def _ignored(row: Row) -> tuple[str, str, str, str]:
    why = ""
    if OTHER_CROP in row.flags:
        why = _("是%(crop)s，不是这批货") % {"crop": row.crop}
    if row.has_vanished:
        return _("还要，不变"), why, "same", "check"
    return _("不算"), why, "skipped", "minus"


def _look(step: Step) -> tuple[str, str]:
    if step.after is None:
        return "cancel", "circle-x"
    if step.before is None:
        return "new", "plus"
    return ("same", "check") if step.before == step.after else ("change", "pencil")


def _does(row: Row, step: Step) -> str:
    """新增 100 斤 = 50 公斤; 再加 50 斤，共 150 斤 = 75 公斤; 从 100 斤 改为 60 斤 = 30 公斤."""
    before, after = step.before, step.after
    if after is None:
        return _("不要了，原来 %(before)s") % {"before": describe(before.firm_g)} if before else _("不要了，本来就没有")
    if before is None:
        return _("新增 %(after)s") % {"after": part_words(after)}
    if before == after:
        return _("不变，%(after)s") % {"after": part_words(after)}
    words = {"after": part_words(after), "before": growers_words(before.firm_g)}
    if row.action == Action.ADD and row.firm_g:
        words["part"] = growers_words(abs(row.firm_g))
        return (_("再加 %(part)s，共 %(after)s") if row.firm_g > 0 else _("减 %(part)s，还有 %(after)s")) % words
    return _("从 %(before)s改为 %(after)s") % words


def part_words(part: Part) -> str:
    """100 斤 = 50 公斤, with what more would be welcome."""
    if part.most_g == part.firm_g:
        return describe(part.firm_g)
    words = {"firm": describe(part.firm_g), "most": growers_words(part.most_g)}
    return _("%(firm)s（最多可收 %(most)s）") % words


def _proposal(row: Row) -> str:
    if row.has_vanished:
        return _("还要吗？")
    if not row.firm_g:
        return _("要多少？") if row.stall else _("谁要，要多少？")
    words = {"grams": describe(abs(row.firm_g))}
    return _("是不是 %(grams)s？") % words if row.stall else _("是谁要 %(grams)s？") % words


def _why(row: Row) -> str:
    said = [str(_WHY[flag]) for flag in row.flags if flag in _WHY]
    if ALIKE in row.flags or (row.maybe and "name_alike" in row.flags):
        said.append(_("和摊位“%(stall)s”很像") % {"stall": row.maybe})
    return run_on(said)


def _choices(row: Row, parts: Mapping[str, Part]) -> list[Choice]:
    if row.has_vanished:
        return [_skip(_("还要，不变")), Choice(_("不要了"), "cancel", row.stall, "x")]
    if SEEN in row.flags:
        return [_skip(_("上次算过了")), *_amounts(row, row.stall, parts, only_more=True)]
    if row.maybe:
        named = _("“%(stall)s”") % {"stall": row.maybe}
        return [*_amounts(row, row.maybe, parts, named), *_amounts(row, row.stall, parts, _("新摊位")), _skip()]
    return [*_amounts(row, row.stall, parts), _skip()]


def _amounts(
    row: Row, stall: str, parts: Mapping[str, Part], named: str = "", *, only_more: bool = False
) -> list[Choice]:
    """What the row's grams can mean for the stall; none where it says no grams."""
    grams = growers_words(abs(row.firm_g or 0))
    said = {"named": named, "grams": grams}
    if row.read == Action.CANCEL and stall:
        return [Choice(_join(named, _("不要了")), "cancel", stall, "x")]
    if not stall or not row.firm_g:
        return []
    if row.firm_g < 0:
        return [Choice(_join(named, _("减 %(grams)s") % said), "cut", stall, "minus")]
    more = Choice(_join(named, _("再加 %(grams)s") % said), "add", stall, "plus")
    if only_more or (row.read == Action.ADD and stall in parts):
        return [more]
    if stall not in parts:
        return [Choice(_join(named, _("要 %(grams)s") % said), "total", stall)]
    return [Choice(_join(named, _("一共 %(grams)s") % said), "total", stall), more]


def _join(named: str, words: str) -> str:
    return f"{named} {words}".strip()


def _skip(label: str = "") -> Choice:
    return Choice(label or _("不算"), "skip", "", "minus")
