"""What the three import commands share."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from market.accounts import normalise_phone
from market.models import User
from market.sheets import SheetError, read_sheet

from .engine import Importer, Report, carry_out, try_out
from .words import as_data, counts


class ImportCommand(BaseCommand):
    """All rows or none. The exit status is 1 where anything is refused."""

    importer: ClassVar[type[Importer]]

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="a CSV or XLSX file with Chinese or English titles")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen; write nothing")
        parser.add_argument("--json", action="store_true", help="print the result for a machine")
        parser.add_argument("--as", dest="phone", help="the telephone number of the person who imports")

    def handle(self, *_args: Any, **options: Any) -> None:
        importer = self.importer(self._person(options["phone"]))
        report = self._run(importer, Path(options["file"]), options["dry_run"])
        if options["json"]:
            data = as_data(report, dry_run=options["dry_run"])
            self.stdout.write(json.dumps(data, ensure_ascii=False, indent=2))
        else:
            self._say(report, options["dry_run"])
        if report.problems:
            raise SystemExit(1)

    def _run(self, importer: Importer, path: Path, dry_run: bool) -> Report:
        try:
            with path.open("rb") as file:
                sheet = read_sheet(file, path.name, importer.columns)
        except OSError as error:
            raise CommandError(f"读不到文件 {path}：{error.strerror}") from error
        except SheetError as error:
            return Report(problems=error.problems)
        return try_out(importer, sheet) if dry_run else carry_out(importer, sheet)

    def _say(self, report: Report, dry_run: bool) -> None:
        for problem in report.problems:
            self.stderr.write(str(problem))
        for result in report.results:
            if result.note:
                self.stdout.write(f"第 {result.row.number} 行：{result.note}")
        if report.problems:
            self.stderr.write(f"共 {len(report.problems)} 处要改，没有写入任何内容")
        else:
            self.stdout.write(counts(report) + ("（试运行，没有写入）" if dry_run else ""))

    def _person(self, phone: str | None) -> User:
        """The person named, or the first superuser. Both must be allowed to import. Raises: CommandError."""
        people = User.objects.filter(is_active=True).order_by("pk")
        if phone is None:
            person = people.filter(is_superuser=True).first()
        else:
            try:
                person = people.filter(phone=normalise_phone(phone)).first()
            except ValidationError as error:
                raise CommandError(error.messages[0]) from error
        if person is None or not self.importer.is_open_to(person):
            raise CommandError("请用 --as 手机号 指明由谁导入；这个人要有权导入这种表格")
        return person
