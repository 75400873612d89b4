"""Open the bureau of a real installation, or one of its police units and checkpoints. Repeating it changes nothing."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cms.actions.bureau import begin_authority, begin_installation
from market.actions.organisations import AUTHORITIES
from market.enums import OrganisationKind
from market.exceptions import Refused
from market.models import Organisation, Place
from orders.logistics.enums import PassIssuer


class Command(BaseCommand):
    help = "Open a bureau (its person dispatches), police unit (issues passes) or checkpoint, verified at once. Run `prepare` first."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--name", required=True, help="name of the bureau")
        parser.add_argument("--place", required=True, metavar="CODE", help="code of its place, e.g. 430211001000")
        parser.add_argument("--phone", required=True, help="mobile number of its person, who logs in with the SMS code")
        parser.add_argument("--person", required=True, help="name of the person")
        parser.add_argument("--kind", choices=sorted(AUTHORITIES), default="bureau", help="what is opened")
        parser.add_argument("--issuer", choices=PassIssuer.values, default="", help="issues passes under this name")
        parser.add_argument("--desk", choices=["agriculture", "commerce"], default="", help="seat the person there")
        parser.add_argument("--superuser", action="store_true", help="the person administers the whole site")

    def handle(self, *_args: Any, **options: Any) -> None:
        place = Place.objects.filter(code=options["place"]).first()
        if place is None:
            raise CommandError(f"no place has the code {options['place']}; `manage.py prepare` loads the places")
        try:
            bureau = self._open(place, options)
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"{bureau.name}: open; {bureau.contact_name} logs in with {bureau.contact_phone}")

    def _open(self, place: Place, options: dict[str, Any]) -> Organisation:
        facts = {key: options[key] for key in ("phone", "person")}
        if options["kind"] == OrganisationKind.BUREAU and not options["issuer"]:
            return begin_installation(
                options["name"], place, desk=options["desk"], superuser=options["superuser"], **facts
            )
        return begin_authority(options["name"], options["kind"], place, issuer=options["issuer"], **facts)
