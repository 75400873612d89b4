"""The game of everybody who can do something to a seller's lots: each public method is one step; refusals are part of it."""

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from market.exceptions import Refused
from market.imports import carry_out as import_sheet
from market.models import Lot, User
from market.quantities import Quantity
from orders.actions.accepting import accept_offer
from orders.actions.committing import carry_out, commit_match
from orders.actions.computing import run_match
from orders.actions.demands import DemandTerms, cancel_demand, change_demand, place_demand
from orders.actions.holds import confirm_hold, hold_lot, lapse_holds, release_hold
from orders.actions.matching import discard_match, request_match
from orders.actions.offers import (
    OfferTerms,
    counter_offer,
    expire_offers,
    make_offer,
    offer_instead,
    offer_to_demand,
    refuse_offer,
    withdraw_offer,
)
from orders.actions.pledges import cancel_pledge, change_pledge, place_pledge
from orders.actions.progress import mark_planned, mark_unplanned
from orders.actions.shortfalls import cut_pledge
from orders.actions.standing import skip_day, start_standing, unskip_day
from orders.actions.standing_days import place_due_standing
from orders.actions.stretches import grant_stretch
from orders.enums import OfferSide
from orders.imports.pledges import PledgeImport
from orders.models import Demand, MatchPolicy, MatchRun, Offer, Pledge, StandingPledge
from tests.factories.orders import fresh, make_dock
from tests.factories.pledge_rows import CHINESE, pledge_row
from tests.factories.sheets import as_csv, sheet_of


class SheetRefused(Refused):
    sentence = "%(problems)s"  # nothing of the sheet was taken


class Game:
    """Three buyers, one seller, the bureau and the clock; `lots` have a price, the price of `talk` is open (面议).

    A step takes a small number (who, which), grams, and more grams.
    """

    def __init__(self, cast: Any, lots: list[Lot], talk: Lot, clock: Any) -> None:
        self.cast, self.lots, self.talk, self.clock = cast, lots, talk, clock
        people = {cast.supermarket: cast.buyer, cast.rival_supermarket: cast.rival_buyer}
        people[cast.association] = cast.association_clerk
        self.by: dict[int, User] = {organisation.pk: fresh(person) for organisation, person in people.items()}
        self.docks = [organisation.docks.first() or make_dock(organisation) for organisation in people]
        self.farmer, self.desk = fresh(cast.farmer), fresh(cast.commerce_desk)
        self.changed_by_buyer: set[int] = set()  # demands that do not bound their pledges any more

    # --- buyers ---

    def place(self, number: int, grams: int, more: int) -> None:
        dock = self.docks[number % 3]
        lot = self.lots[number % len(self.lots)]
        most = Quantity.of(grams + more) if more % 2 else None
        place_pledge(**self._delivery(dock), lot_id=lot.pk, quantity=Quantity.of(grams), most=most, key=uuid.uuid4())

    def repeat(self, number: int, grams: int, _more: int) -> None:
        if pledge := self.nth(number):
            place_pledge(
                **self._delivery(pledge.dock), lot_id=pledge.lot_id, quantity=Quantity.of(grams), key=pledge.key
            )

    def change(self, number: int, grams: int, more: int) -> None:
        if pledge := self.nth(number):
            most = Quantity.of(grams + more) if more % 2 else None
            change_pledge(pledge, quantity=Quantity.of(grams), most=most, by=self.by[pledge.buyer_id])
            self.changed_by_buyer |= {pledge.demand_id} - {None}

    def cancel(self, number: int, _grams: int, _more: int) -> None:
        if pledge := self.nth(number):
            cancel_pledge(pledge, reason="不要了", by=self.by[pledge.buyer_id])

    def stand(self, number: int, grams: int, more: int) -> None:
        """The same every day of the lots."""
        dock = self.docks[number % 3]
        days = {"first_day": self.lots[0].day, "last_day": self.lots[-1].day}
        most = Quantity.of(grams + more) if more % 2 else None
        wanted = {"quantity": Quantity.of(grams), "most": most, "key": uuid.uuid4()}
        start_standing(**self._delivery(dock), **days, **wanted, listing=self.lots[0].listing)

    def skip(self, number: int, _grams: int, more: int) -> None:
        if standing := StandingPledge.objects.order_by("pk")[number : number + 1].first():
            turn = (skip_day, unskip_day)[more % 2]
            turn(standing, day=self.lots[more % len(self.lots)].day, by=self.by[standing.buyer_id])

    def evening(self, number: int, _grams: int, _more: int) -> None:
        """The clock on the eve of the first day, or of a later one."""
        eve = self.lots[number % len(self.lots)].day - dt.timedelta(days=1)
        place_due_standing(timezone.make_aware(dt.datetime.combine(eve, dt.time(20))))

    def bring_sheet(self, number: int, grams: int, more: int) -> None:
        """A sheet of two rows, taken whole or not at all."""
        dock, lot = self.docks[number % 2], self.lots[number % len(self.lots)]
        rows = [
            pledge_row(
                lot, dock, buyer=dock.organisation.name, day=lot.day.isoformat(), firm=str(size / 1000), reference=order
            )
            for size, order in ((grams, f"A{number}"), (more + 1, f"B{number}"))
        ]
        importer = PledgeImport(fresh(self.by[dock.organisation_id]))
        report = import_sheet(importer, sheet_of(importer, as_csv(CHINESE, rows)))
        if report.problems:
            raise SheetRefused(problems=report.problems)

    # --- open pledges ---

    def want(self, number: int, grams: int, more: int) -> None:
        dock = self.docks[number % 3]
        terms = self._wish(dock, grams, more)
        facts = {"produce": self.talk.listing.produce, "first_day": self.lots[0].day, "key": uuid.uuid4()}
        place_demand(buyer=dock.organisation, terms=terms, by=self.by[dock.organisation_id], **facts)

    def want_otherwise(self, number: int, grams: int, more: int) -> None:
        if demand := self.nth(number, Demand):
            change_demand(demand, terms=self._wish(demand.dock, grams, more), by=self.by[demand.buyer_id])
            self.changed_by_buyer.add(demand.pk)

    def want_no_more(self, number: int, _grams: int, _more: int) -> None:
        if demand := self.nth(number, Demand):
            cancel_demand(demand, by=self.by[demand.buyer_id])

    # --- offers ---

    def talk_price(self, number: int, grams: int, more: int) -> None:
        """A buyer names a price where it is open."""
        terms = self._terms(grams, more)
        make_offer(**self._delivery(self.docks[number % 3]), lot_id=self.talk.pk, terms=terms, key=uuid.uuid4())

    def answer(self, number: int, grams: int, more: int) -> None:
        if demand := self.nth(number, Demand):
            lot = [*self.lots, self.talk][more % 3]
            terms = self._terms(grams, more)
            offer_to_demand(demand=demand, lot_id=lot.pk, terms=terms, key=uuid.uuid4(), by=self.farmer)

    def substitute(self, number: int, grams: int, more: int) -> None:
        if pledge := self.nth(number):
            facts = {"terms": self._terms(grams, 0), "back_on_sale": bool(more % 2), "key": uuid.uuid4()}
            offer_instead(pledge=pledge, lot_id=self.talk.pk, by=self.farmer, **facts)

    def counter(self, number: int, grams: int, more: int) -> None:
        if offer := self.nth(number, Offer):
            terms = self._terms(grams, more)
            counter_offer(offer, terms=terms, key=uuid.uuid4(), by=self._other_side(offer))

    def accept(self, number: int, _grams: int, _more: int) -> None:
        if offer := self.nth(number, Offer):
            accept_offer(offer, by=self._other_side(offer))

    def decline(self, number: int, _grams: int, more: int) -> None:
        if offer := self.nth(number, Offer):
            if more % 2:
                refuse_offer(offer, by=self._other_side(offer))
            else:
                withdraw_offer(offer, by=self._own_side(offer))

    # --- matching ---

    def match(self, number: int, _grams: int, _more: int) -> None:
        """The desk asks for a matching of a day and the worker computes it."""
        policies = list(MatchPolicy.objects.order_by("pk"))
        lot = self.lots[number % len(self.lots)]
        run_match(request_match(lot.day, policies[number % len(policies)], by=self.desk).pk)

    def commit(self, number: int, _grams: int, more: int) -> None:
        """Whatever has happened since; one press in four comes twice."""
        if run := self.nth(number, MatchRun):
            for _press in range(2 if more % 4 == 0 else 1):
                commit_match(run, by=self.desk)
                carry_out(run.pk)

    def put_away(self, number: int, _grams: int, _more: int) -> None:
        if run := self.nth(number, MatchRun):
            discard_match(run, by=self.desk)

    # --- holds ---

    def hold(self, number: int, grams: int, _more: int) -> None:
        lot = self.lots[number % len(self.lots)]
        hold_lot(**self._delivery(self.docks[2]), lot_id=lot.pk, quantity=Quantity.of(grams), key=uuid.uuid4())

    def confirm(self, number: int, grams: int, more: int) -> None:
        if pledge := self.nth(number):
            lines = [("1号", Quantity.of(grams)), ("2号", Quantity.of(more + 1))] if more % 3 else []
            total = grams + more + 1 if lines else grams
            confirm_hold(pledge, quantity=Quantity.of(total), by=self.by[pledge.buyer_id], lines=lines)

    def give_up(self, number: int, _grams: int, _more: int) -> None:
        if pledge := self.nth(number):
            release_hold(pledge, by=self.by[pledge.buyer_id])

    def wait(self, number: int, _grams: int, _more: int) -> None:
        self.clock.shift(dt.timedelta(minutes=number * 10))
        lapse_holds()
        expire_offers()

    # --- the seller and the bureau ---

    def cut(self, number: int, grams: int, more: int) -> None:
        if pledge := self.nth(number):
            cut_pledge(pledge, to=Quantity.of(grams), reason="雨", back_on_sale=bool(more % 2), by=self.farmer)

    def refuse(self, number: int, _grams: int, more: int) -> None:
        if pledge := self.nth(number):
            cancel_pledge(pledge, reason="雨", back_on_sale=bool(more % 2), by=self.farmer)

    def grant(self, number: int, grams: int, _more: int) -> None:
        if pledge := self.nth(number):
            grant_stretch(pledge, grams=grams, why="match", by=None)

    def offer_otherwise(self, number: int, grams: int, _more: int) -> None:
        """The bureau publishes an edit of the listing."""
        listing = self.lots[0].listing
        with transaction.atomic():
            fresh_row = type(listing).objects.get(pk=listing.pk)
            fresh_row.quantity_per_day_g = max(1, grams)
            fresh_row.minimum_g = None
            fresh_row.save_revision(clean=False).publish()

    # --- trucks ---

    def plan(self, number: int, _grams: int, _more: int) -> None:
        if pledge := self.nth(number):
            mark_planned(pledge.pk, by=None)

    def unplan(self, number: int, _grams: int, _more: int) -> None:
        if pledge := self.nth(number):
            mark_unplanned(pledge.pk, by=None)

    # --- what the steps share ---

    def nth(self, number: int, model: type = Pledge) -> Any:
        rows = list(model.objects.order_by("pk"))
        return rows[number % len(rows)] if rows else None

    def _delivery(self, dock: Any) -> dict[str, Any]:
        buyer = dock.organisation
        facts = {"buyer": buyer, "dock": dock, "by": self.by[buyer.pk]}
        return {**facts, "window_from": dt.time(6), "window_to": dt.time(10)}

    def _wish(self, dock: Any, grams: int, more: int) -> DemandTerms:
        """As it comes, or whole; for the days of the lots."""
        most = Quantity.of(grams + more) if more % 2 else None
        facts = {"dock": dock, "window_from": dt.time(6), "window_to": dt.time(10)}
        return DemandTerms(Quantity.of(grams), most=most, last_day=self.lots[-1].day, is_whole=more % 5 == 0, **facts)

    def _terms(self, grams: int, more: int) -> OfferTerms:
        most = Quantity.of(grams + more) if more % 2 else None
        return OfferTerms(quantity=Quantity.of(grams), most=most, price=Decimal("1.10"), price_unit="jin")

    def _own_side(self, offer: Offer) -> User:
        return self.by[offer.buyer_id] if offer.side == OfferSide.BUYER else self.farmer

    def _other_side(self, offer: Offer) -> User:
        return self.farmer if offer.side == OfferSide.BUYER else self.by[offer.buyer_id]
