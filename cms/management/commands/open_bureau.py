"""Open the bureau of a real installation. Repeating it changes nothing."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cms.actions.bureau import begin_installation
from market.exceptions import Refused
from market.models import Place


class Command(BaseCommand):
    help = "Open a bureau, verified at once: its person manages it and dispatches. Run `prepare` first."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--name", required=True, help="name of the bureau")
        parser.add_argument("--place", required=True, metavar="CODE", help="code of its place, e.g. 430211001000")
        parser.add_argument("--phone", required=True, help="mobile number of its person, who logs in with the SMS code")
        parser.add_argument("--person", required=True, help="name of the person")
        parser.add_argument("--desk", choices=["agriculture", "commerce"], default="", help="seat the person there")
        parser.add_argument("--superuser", action="store_true", help="the person administers the whole site")

    def handle(self, *_args: Any, **options: Any) -> None:
        place = Place.objects.filter(code=options["place"]).first()
        if place is None:
            raise CommandError(f"no place has the code {options['place']}; `manage.py prepare` loads the places")
        facts = {key: options[key] for key in ("phone", "person", "desk", "superuser")}
        try:
            bureau = begin_installation(options["name"], place, **facts)
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"{bureau.name}: open; {bureau.contact_name} logs in with {bureau.contact_phone}")
