"""One sentence for every party of a matching, in the reader's language, from the facts that `match_outcome` kept. No statement."""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from market.quantities import format_grams
from orders import fitting
from orders.models import MatchProposal, MatchRemainder
from orders.queries.match_outcome import ENOUGH, MINIMUM, NO_DEMAND, NO_LOT, TAKEN, WHOLE
from orders.scoring import CEILING

DAYS_FROM = 72  # hours are said as days

# Short, for a table and its filter: why a demand is not met, or a lot is left.
CODES: dict[str, Promise] = {
    NO_LOT: gettext_lazy("这天没有人供这种货"),
    NO_DEMAND: gettext_lazy("这天没有人求购这种货"),
    TAKEN: gettext_lazy("合适的货分完了"),
    ENOUGH: gettext_lazy("买方要的都够了"),
    MINIMUM: gettext_lazy("余下的不够起订量"),
    WHOLE: gettext_lazy("凑不齐，买方不拆开要"),
    CEILING: gettext_lazy("单价高于限价"),
    fitting.OWN: gettext_lazy("是自己的货"),
    fitting.VARIETY: gettext_lazy("品种不合"),
    fitting.GRADE: gettext_lazy("等级不够"),
    fitting.OPEN_PRICE: gettext_lazy("面议，买方有最高价"),
    fitting.PRICE: gettext_lazy("单价高于买方的最高价"),
    fitting.DISTANCE: gettext_lazy("路太远"),
    fitting.FRESHNESS: gettext_lazy("送到后放不够久"),
}
# What would cure it: for the buyer, for the seller.
BUYER_CURES: dict[str, Promise] = {
    NO_LOT: gettext_lazy("可以换一种农产品或换一天"),
    TAKEN: gettext_lazy("可以再等新上架的货，或者放宽条件"),
    MINIMUM: gettext_lazy("可以多要一点，凑够卖方的起订量"),
    WHOLE: gettext_lazy("可以去掉“不够就不要”，先拿到一部分"),
    CEILING: gettext_lazy("卖方降价以后可以再配"),
    fitting.VARIETY: gettext_lazy("可以不限品种"),
    fitting.GRADE: gettext_lazy("可以放低等级"),
    fitting.OPEN_PRICE: gettext_lazy("可以去掉最高价，或者直接向卖方还价"),
    fitting.PRICE: gettext_lazy("可以提高最高价，或者直接向卖方还价"),
    fitting.DISTANCE: gettext_lazy("可以放宽路程"),
    fitting.FRESHNESS: gettext_lazy("可以提早收货或少要几个小时"),
}
SELLER_CURES: dict[str, Promise] = {
    NO_DEMAND: gettext_lazy("货还在集市上卖，快坏时会推给买过的买方"),
    ENOUGH: gettext_lazy("货还在集市上卖，快坏时会推给买过的买方"),
    MINIMUM: gettext_lazy("可以降低起订量"),
    CEILING: gettext_lazy("请把单价降到限价以内"),
    fitting.OPEN_PRICE: gettext_lazy("可以定一个价"),
    fitting.PRICE: gettext_lazy("可以降一点价，或者向买方报价"),
    fitting.DISTANCE: gettext_lazy("可以等近处的买方，或者向买方报价"),
}


def for_seller(why: Mapping[str, Any], *, is_stretch: bool) -> str:
    """在每家先保的一份里，距离最近，送到后还能放 9 小时."""
    parts = [_("买方是医院食堂，优先") if why.get("care") else "", _("在每家先保的一份里") if why.get("share") else ""]
    if is_stretch:
        parts.append(_("买方说可以多收，用来救快坏的货"))
    elif why.get("rank") == 0 and why.get("km") is not None:
        parts.append(_("距离最近（%(km)s 公里）") % {"km": why["km"]})
    elif why.get("km") is not None:
        parts.append(_("路程 %(km)s 公里") % {"km": why["km"]})
    return _joined([*parts, _hours(why.get("hours", 0))])


def for_buyer(why: Mapping[str, Any], *, is_stretch: bool) -> str:
    """先满足医院食堂，要 3 吨，按比例分到 1.8 吨，最近的 2 家供货."""
    first = _("先满足医院食堂") if why.get("care") else ""
    if is_stretch:
        return _joined([first, _("您说可以多收，这批货卖不完会坏"), _hours(why.get("hours", 0))])
    return _joined([first, _share_of(why), _more(why), _from_whom(why)])


def _share_of(why: Mapping[str, Any]) -> str:
    wanted, got = format_grams(why["want_g"]), format_grams(why["got_g"])
    if not why["want_g"]:
        return ""
    if why["got_g"] >= why["want_g"]:
        return _("您要 %(wanted)s，全部落实") % {"wanted": wanted}
    if why["pro_rata"]:
        return _("您要 %(wanted)s，按比例分到 %(got)s") % {"wanted": wanted, "got": got}
    return _("您要 %(wanted)s，分到 %(got)s") % {"wanted": wanted, "got": got}


def _more(why: Mapping[str, Any]) -> str:
    return _("您说可以多收，另加 %(more)s") % {"more": format_grams(why["more_g"])} if why["more_g"] else ""


def _from_whom(why: Mapping[str, Any]) -> str:
    count = why["sellers"]
    if why["nearest"]:
        return ngettext("最近的 %(count)d 家供货", "最近的 %(count)d 家供货", count) % {"count": count}
    return ngettext("%(count)d 家供货", "%(count)d 家供货", count) % {"count": count}


def _hours(hours: int) -> str:
    if hours < 1:
        return _("送到后要马上卖")
    if hours >= DAYS_FROM:
        days = hours // 24
        return ngettext("送到后还能放 %(count)d 天", "送到后还能放 %(count)d 天", days) % {"count": days}
    return ngettext("送到后还能放 %(count)d 小时", "送到后还能放 %(count)d 小时", hours) % {"count": hours}


def _joined(parts: list[str]) -> str:
    return _("，").join(part for part in parts if part)


def seller_sentence(proposal: MatchProposal) -> str:
    return for_seller(proposal.why, is_stretch=proposal.demand_id is None)


def buyer_sentence(proposal: MatchProposal) -> str:
    return for_buyer(proposal.why, is_stretch=proposal.demand_id is None)


def remainder_sentence(rest: MatchRemainder) -> str:
    """您要 3 吨，还差 1.2 吨：合适的货分完了。可以再等新上架的货，或者放宽条件."""
    facts = {"of": format_grams(rest.of_g), "grams": format_grams(rest.grams), "reason": code_word(rest.code)}
    if rest.demand_id is not None:
        said, cure = _("您要 %(of)s，还差 %(grams)s：%(reason)s"), BUYER_CURES.get(rest.code)
    else:
        said, cure = _("还剩 %(grams)s（共 %(of)s）没有人要：%(reason)s"), SELLER_CURES.get(rest.code)
    return _("%(said)s。%(cure)s") % {"said": said % facts, "cure": cure} if cure else said % facts


def code_word(code: str) -> str:
    return str(CODES.get(code, code))
