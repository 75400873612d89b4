"""`import_trucks FILE [--dry-run] [--json] [--as PHONE]`"""

from market.imports.commands import ImportCommand
from orders.logistics.imports.trucks import TruckImport


class Command(ImportCommand):
    help = "Register or update the trucks, drivers and passes of a sheet: all rows or none."
    importer = TruckImport
