"""Building blocks for tests. What a rule guards is made through the action that guards it, not written by hand."""

from .market import (
    make_listing,
    make_live_listing,
    make_organisation,
    make_photo,
    make_reference,
    make_submitted_listing,
    make_terms,
    make_user,
    new_organisation,
    new_user,
)
from .selling import approve, decide, picture, signed_in

__all__ = [
    "approve",
    "decide",
    "make_listing",
    "make_live_listing",
    "make_organisation",
    "make_photo",
    "make_reference",
    "make_submitted_listing",
    "make_terms",
    "make_user",
    "new_organisation",
    "new_user",
    "picture",
    "signed_in",
]
