"""The scenes of asking: open and standing pledges, an offer, and the desk's matching of the day."""

import datetime as dt
from decimal import Decimal

from cms.demo.company import Company
from cms.demo.demand import (
    ASKS,
    MORNING_ASKS,
    OFFER,
    RELAY,
    RELAY_PRODUCE,
    RELAY_SELLER,
    STANDING,
    Ask,
    EveryDay,
)
from market.models import Listing, Lot, Produce
from market.quantities import Quantity
from orders.actions.committing import carry_out, commit_match
from orders.actions.computing import run_match
from orders.actions.demands import DemandTerms, place_demand
from orders.actions.matching import request_match
from orders.actions.offers import OfferTerms, make_offer
from orders.actions.policies import publish_first_policies
from orders.actions.relays import read_relay
from orders.actions.standing import start_standing
from orders.enums import PolicyKind
from orders.models import Demand, MatchPolicy, MatchRun, Offer, RelayReading


def ask_on_the_eve(company: Company) -> list[Demand]:
    company.clock.at(-1, 16)
    for each in STANDING:
        _every_day(company, each)
    return [_ask(company, ask) for ask in ASKS]


def ask_in_the_morning(company: Company) -> Offer:
    for ask in MORNING_ASKS:
        _ask(company, ask)
    _paste_relay(company)
    return _offer_a_price(company)


def match_the_day(company: Company) -> MatchRun:
    """On the eve, before trucks are planned, the commerce desk proposes who gets what and carries it out."""
    publish_first_policies()
    company.clock.at(-1, 18)
    policy = MatchPolicy.objects.filter(kind=PolicyKind.CARE_FIRST).latest("version")
    run = request_match(company.clock.day, policy, by=company.person("commerce"))
    # Here and now, not in the background: the play goes on only when it is there.
    run = run_match(run.pk)
    company.clock.at(-1, 18, 30)
    commit_match(run, by=company.person("commerce"))
    return carry_out(run.pk)


def _ask(company: Company, ask: Ask) -> Demand:
    first = company.clock.day + dt.timedelta(days=ask.days)
    terms = DemandTerms(
        quantity=Quantity.parse(ask.quantity),
        most=Quantity.parse(ask.most) if ask.most else None,
        dock=company.docks[ask.buyer][ask.dock],
        window_from=dt.time(ask.window[0]),
        window_to=dt.time(ask.window[1]),
        last_day=first + dt.timedelta(days=ask.span - 1),
        grade_at_least=ask.grade,
        price_at_most=Decimal(ask.price) if ask.price else None,
        km_at_most=ask.km,
        is_whole=ask.whole,
    )
    return place_demand(
        buyer=company.parties[ask.buyer],
        produce=Produce.objects.get(slug=ask.produce),
        first_day=first,
        terms=terms,
        key=company.key(),
        by=company.manager_of(ask.buyer),
    )


def _every_day(company: Company, each: EveryDay) -> None:
    first = company.clock.day + dt.timedelta(days=1)
    seller = company.parties[each.seller]
    start_standing(
        buyer=company.parties[each.buyer],
        listing=Listing.objects.get(seller=seller, produce__slug=each.produce, live=True),
        quantity=Quantity.parse(each.quantity),
        dock=company.docks[each.buyer][0],
        window_from=dt.time(each.window[0]),
        window_to=dt.time(each.window[1]),
        first_day=first,
        last_day=first + dt.timedelta(days=each.span - 1),
        key=company.key(),
        by=company.manager_of(each.buyer),
    )


def _paste_relay(company: Company) -> RelayReading:
    seller, day = company.parties[RELAY_SELLER], company.clock.day + dt.timedelta(days=1)
    lot = Lot.objects.select_related("listing__produce").get(seller=seller, produce__slug=RELAY_PRODUCE, day=day)
    association, clerk = company.parties["association"], company.manager_of("association")
    return read_relay(association=association, lot=lot, text=RELAY, unit="斤", by=clerk)


def _offer_a_price(company: Company) -> Offer:
    day = company.clock.day + dt.timedelta(days=1)
    lot = Lot.objects.get(seller=company.parties[OFFER.seller], produce__slug=OFFER.produce, day=day)
    return make_offer(
        buyer=company.parties[OFFER.buyer],
        lot_id=lot.pk,
        terms=OfferTerms(Quantity.parse(OFFER.quantity), Decimal(OFFER.price), hours=24, note="先试一批，好的话天天要"),
        dock=company.docks[OFFER.buyer][0],
        window_from=dt.time(OFFER.window[0]),
        window_to=dt.time(OFFER.window[1]),
        key=company.key(),
        by=company.manager_of(OFFER.buyer),
    )
