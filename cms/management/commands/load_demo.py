"""The demo day: 8 August 2021, played through the actions."""

import argparse
import datetime as dt
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cms.demo.play import DEFAULT_SEED, DEFAULT_STAGE, STAGES, Loaded, play
from market.exceptions import Refused


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"“{text}”不是日期，请写成 2021-08-08 这样") from error


class Command(BaseCommand):
    help = "Load the demo day as far as a stage, moved to today; --on 2021-08-08 keeps the original date."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--seed", type=int, default=DEFAULT_SEED, help="the same seed tells the same story")
        parser.add_argument("--stage", choices=STAGES, default=DEFAULT_STAGE)
        parser.add_argument("--on", type=_day, metavar="YYYY-MM-DD", help="today or a past day")
        parser.add_argument("--json", action="store_true", help="print what is there as JSON")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            loaded = play(options["stage"], seed=options["seed"], on=options["on"])
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(loaded.to_json() if options["json"] else _sentence(loaded))


def _sentence(loaded: Loaded) -> str:
    counts = (
        f"{loaded.organisations} 个单位，{loaded.listings} 条货源，{loaded.lots} 份当日货源，"
        f"{loaded.pledges} 笔认购，{loaded.trips} 个车次，{loaded.receipts} 条收货记录"
    )
    if loaded.fresh:
        return f"演示数据已装好（{loaded.day}）：{counts}"
    return (
        f"演示数据早已装好（{loaded.day}），没有改动：{counts}。要换成今天的，请先删掉 var/market.sqlite3 再 make run"
    )
