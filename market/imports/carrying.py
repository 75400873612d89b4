"""The rows of an upload on their way from the preview to the confirmation: signed, and kept nowhere."""

from django.core import signing

from market.models import User
from market.sheets import Row, Sheet

KEPT_SECONDS = 3600


def seal(sheet: Sheet, kind: str, user: User) -> str:
    """The rows as a text only this person can hand in again, for this kind of import, within an hour."""
    rows = [[row.number, row.cells] for row in sheet.rows]
    return signing.dumps([rows, sheet.digest, sheet.letters, sheet.titles], salt=_salt(kind, user), compress=True)


def unseal(text: str, kind: str, user: User) -> Sheet | None:
    """The rows that were sealed; None for anything else and after an hour."""
    try:
        rows, digest, letters, titles = signing.loads(text, salt=_salt(kind, user), max_age=KEPT_SECONDS)
    except signing.BadSignature:
        return None
    return Sheet([Row(number, cells) for number, cells in rows], digest, letters, titles)


def _salt(kind: str, user: User) -> str:
    return f"import:{kind}:{user.pk}"
