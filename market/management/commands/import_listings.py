"""`import_listings FILE [--dry-run] [--json] [--as PHONE]`"""

from market.imports.commands import ImportCommand
from market.imports.listings import ListingImport


class Command(ImportCommand):
    help = "Hand in the listings of a sheet for review: all rows or none."
    importer = ListingImport
