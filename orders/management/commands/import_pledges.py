"""`import_pledges FILE [--dry-run] [--json] [--as PHONE]`"""

from market.imports.commands import ImportCommand
from orders.imports.pledges import PledgeImport


class Command(ImportCommand):
    help = "Place the pledges of a sheet: all rows or none."
    importer = PledgeImport
