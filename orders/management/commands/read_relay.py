"""`read_relay FILE [--listing ID] [--unit 斤] [--json]`: what a pasted relay means. Nothing is written."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from market.exceptions import Refused
from market.models import Listing
from market.quantities import describe
from orders.actions.relays import readable
from orders.queries.relay_words import words_of
from orders.queries.relays import goods_of_listing
from orders.readings import Goods, Known, Outcome, Row, hide_phones, outcome_of, read_rows


class Command(BaseCommand):
    help = "Say what each line of a relay text means and what it comes to, telephone numbers hidden. Writes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="text in UTF-8, as copied from the group")
        parser.add_argument("--listing", type=int, help="count in its packs, and leave out other produce")
        parser.add_argument("--unit", default="斤", help="what a bare number counts in (斤); empty to ask")
        parser.add_argument("--json", action="store_true", help="machine-readable output")

    def handle(self, *_args: Any, **options: Any) -> None:
        goods = _goods(options["listing"], options["unit"])
        rows = read_rows(hide_phones(_text(options["file"])), Known(), goods)
        outcome = outcome_of(rows, {})
        self.stdout.write(_as_json(rows, outcome) if options["json"] else _as_lines(rows, outcome))


def _goods(listing_id: int | None, unit: str) -> Goods:
    """Raises: CommandError."""
    if listing_id is None:
        return Goods(default_unit=unit)
    listing = Listing.objects.select_related("produce").filter(pk=listing_id).first()
    if listing is None:
        raise CommandError(_("没有编号 %(number)s 的货源") % {"number": listing_id})
    return goods_of_listing(listing, unit)


def _text(path: Path) -> str:
    """Raises: CommandError."""
    try:
        return readable(path.read_text(encoding="utf-8-sig"))
    except Refused as refusal:
        raise CommandError(str(refusal)) from None
    except UnicodeDecodeError:
        raise CommandError(_("“%(file)s”不是 UTF-8 文字，请另存为 UTF-8 再试") % {"file": path.name}) from None
    except OSError as error:
        raise CommandError(_("读不到“%(file)s”：%(why)s") % {"file": path.name, "why": error.strerror}) from None


def _as_lines(rows: list[Row], outcome: Outcome) -> str:
    said = [_line(row, outcome) for row in rows if not row.is_noise]
    count, weight = len(outcome.parts), describe(outcome.firm_g)
    waiting = sum(row.waits for row in rows)
    said.append(
        _("合计 %(count)s 户 %(weight)s，%(waiting)s 处要确认") % {"count": count, "weight": weight, "waiting": waiting}
    )
    return "\n".join(said)


def _line(row: Row, outcome: Outcome) -> str:
    words = words_of(row, outcome.steps.get(row.pk), outcome.parts)
    why = f"（{words.why}）" if words.why else ""
    return f"{row.no}\t{row.line}\t{row.stall} · {words.sentence}{why}"


def _as_json(rows: list[Row], outcome: Outcome) -> str:
    lines = [
        {
            "no": row.no,
            "line": row.line,
            "name": row.name or None,
            "action": row.action,
            "qty_g": row.firm_g,
            "qty_max_g": row.most_g,
            "flags": list(row.flags),
        }
        for row in rows
    ]
    final = {name: {"firm_g": part.firm_g, "most_g": part.most_g} for name, part in outcome.parts.items()}
    return json.dumps({"lines": lines, "final": final}, ensure_ascii=False, indent=1)
