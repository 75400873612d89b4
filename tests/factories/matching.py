"""A day with something to match, and its runs."""

import datetime as dt
from typing import Any

from market.models import Listing, Lot, Organisation, Place, Produce, User
from market.quantities import Quantity
from orders.actions.committing import carry_out, commit_match
from orders.actions.computing import run_match
from orders.actions.matching import request_match
from orders.actions.policies import publish_first_policies
from orders.enums import PolicyKind
from orders.models import MatchPolicy, MatchProposal, MatchRun
from tests.factories.market import make_live_listing
from tests.factories.talks import tomorrow


def make_policy(kind: PolicyKind = PolicyKind.SOONEST) -> MatchPolicy:
    """The last published version of the kind."""
    publish_first_policies()
    return MatchPolicy.objects.filter(kind=kind).latest("version")


def make_lot(seller: Organisation, produce: Produce, place: Place, text: str, *, by: User, **fields: Any) -> Lot:
    """Tomorrow's lot of a listing of so much a day."""
    values = {"quantity_per_day_g": Quantity.parse(text).grams, "quantity_typed": text, **fields}
    listing: Listing = make_live_listing(seller, produce, place, by=by, **values)
    return listing.lots.get(day=tomorrow())


def make_run(by: User, kind: PolicyKind = PolicyKind.SOONEST, day: dt.date | None = None) -> MatchRun:
    """Requested and computed; on_commit does not come in a test that is rolled back."""
    run = request_match(day or tomorrow(), make_policy(kind), by=by)
    return MatchRun.objects.get(pk=run_match(run.pk).pk)


def committed(run: MatchRun, by: User) -> MatchRun:
    """Committed and carried out."""
    commit_match(run, by=by)
    return carry_out(run.pk)


def lines(run: MatchRun) -> list[tuple[str, str, int, int]]:
    """Buyer, seller, firm and stretch grams of each proposal."""
    rows = MatchProposal.objects.filter(run=run).select_related("lot__seller", "buyer").order_by("buyer__pk", "pk")
    return [(row.buyer.name, row.lot.seller.name, row.firm_g, row.stretch_g) for row in rows]
