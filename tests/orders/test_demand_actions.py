"""An open pledge is placed, changed, taken back and ended; every refusal writes nothing."""

import datetime as dt
import uuid
from dataclasses import replace
from decimal import Decimal

import pytest
from django.utils import timezone

from market.actions.ceilings import set_ceiling
from market.enums import Grade, PriceUnit, VerificationState
from market.exceptions import NotAllowed, NotVerified, PriceAboveCeiling, UnfitText, WrongState
from market.models import Event, Notice
from market.quantities import Quantity
from orders import exceptions as refusals
from orders.actions.demands import cancel_demand, change_demand, end_demands, place_demand
from orders.enums import DEMAND_MOVES, DemandState, OfferState
from orders.models import Demand, Offer
from tests.factories.days import DAY, dated
from tests.factories.orders import fresh, kg, make_dock
from tests.factories.talks import make_answer, make_demand, make_demand_terms, tomorrow

TODAY = timezone.localdate


@pytest.fixture
def ask(cast, reference, dock):
    def _ask(**changes) -> Demand:
        by = changes.pop("by", fresh(cast.buyer))
        return make_demand(
            reference["loofah"], changes.pop("dock", dock), changes.pop("text", "2000斤"), by=by, **changes
        )

    return _ask


def verbs(demand: Demand) -> list[str]:
    return list(Event.objects.about(demand).values_list("verb", flat=True))


def test_a_demand_is_open_with_what_was_said_and_one_event(ask, cast, reference, dock):
    demand = ask(
        text="3吨",
        most=Quantity.parse("4吨"),
        last_day=tomorrow() + dt.timedelta(days=4),
        variety=" 白关丝瓜 ",
        grade_at_least=Grade.SECOND,
        price_at_most=Decimal("2.40"),
        km_at_most=60,
        fresh_hours=6,
        is_whole=True,
        reference="8号单",
    )

    kept = Demand.objects.get()
    assert kept == demand
    assert (kept.buyer, kept.produce, kept.dock) == (cast.supermarket, reference["loofah"], dock)
    assert (kept.firm_g, kept.firm_typed, kept.most_g) == (3_000_000, "3吨", 4_000_000)
    assert (kept.first_day, kept.last_day) == (tomorrow(), tomorrow() + dt.timedelta(days=4))
    assert (kept.variety, kept.grade_at_least, kept.km_at_most, kept.fresh_hours) == ("白关丝瓜", "second", 60, 6)
    assert (kept.price_at_most, kept.price_unit, kept.is_whole) == (Decimal("2.40"), PriceUnit.JIN, True)
    assert kept.state == DemandState.OPEN
    event = Event.objects.about(kept).get()
    assert (event.verb, event.grams, event.by, event.on_behalf_of) == ("placed", 3_000_000, cast.buyer, None)


def test_a_repeat_with_the_same_key_is_the_same_demand_even_after_a_change(ask, dock):
    key = uuid.uuid4()
    first = ask(key=key)
    change_demand(first, terms=make_demand_terms(dock, "500斤"), by=fresh(first.placed_by))

    again = ask(key=key)

    assert again == first
    assert again.firm_g == 250_000
    assert Demand.objects.count() == 1
    with pytest.raises(refusals.DemandKeyUsedOtherwise, match="2,000 斤"):
        ask(key=key, text="3000斤")


@pytest.mark.parametrize(
    "other",
    [{"price_at_most": Decimal("1.20")}, {"km_at_most": 30}, {"window_to": dt.time(9)}, {"is_whole": True}],
    ids=str,
)
def test_the_same_key_with_other_conditions_is_refused(ask, other):
    """Back in the browser, a lower price, sent again: whoever answers would be paid the first."""
    key = uuid.uuid4()
    ask(key=key, price_at_most=Decimal("2.40"))

    with pytest.raises(refusals.DemandKeyUsedOtherwise):
        ask(key=key, **{"price_at_most": Decimal("2.40"), **other})
    assert Demand.objects.get().price_at_most == Decimal("2.40")


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"first_day": -DAY}, refusals.DemandStartsInThePast),
        ({"last_day": 0 * DAY}, refusals.DemandDaysBackwards),
        ({"last_day": 61 * DAY}, refusals.DemandTooLong),
        ({"first_day": 366 * DAY, "last_day": 366 * DAY},
         refusals.DemandTooFarAhead),
        ({"most": Quantity.of(1)}, refusals.MostBelowFirm),
        ({"window_to": dt.time(6)}, refusals.WindowBackwards),
        ({"window_to": dt.time(23)}, refusals.OutsideDockHours),
        ({"reference": "x" * 61}, refusals.ReferenceTooLong),
        ({"price_unit": PriceUnit.PACK}, refusals.DemandPriceByWeight),
        ({"price_at_most": Decimal("0")}, refusals.OfferPriceUnfit),
        ({"price_at_most": Decimal("12345678.00")}, UnfitText),
        ({"variety": "x" * 41}, UnfitText),
        ({"grade_at_least": "best"}, UnfitText),
        ({"km_at_most": 2001}, refusals.DemandNumberTooLarge),
        ({"fresh_hours": 241}, refusals.DemandNumberTooLarge),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_and_nothing_is_written(ask, changes, refusal):
    with pytest.raises(refusal) as refused:
        ask(**dated(changes))

    assert str(refused.value)
    assert Demand.objects.count() == 0
    assert not Event.objects.filter(subject="orders.demand").exists()


def test_sixty_days_from_today_are_welcome(ask):
    assert ask(first_day=TODAY(), last_day=TODAY() + dt.timedelta(days=59)).is_open


def test_a_price_above_a_ceiling_of_any_of_its_days_is_refused_with_its_reason(ask, cast, reference):
    day = tomorrow() + dt.timedelta(days=3)
    set_ceiling(
        produce=reference["loofah"],
        price=Decimal("2.00"),
        price_unit=PriceUnit.JIN,
        first_day=day,
        reason="应急保供",
        by=cast.commerce_desk,
    )

    assert ask(price_at_most=Decimal("2.50")).is_open  # over before the ceiling begins
    assert ask(price_at_most=Decimal("4.00"), price_unit=PriceUnit.KG, last_day=day).is_open
    with pytest.raises(PriceAboveCeiling, match="应急保供"):
        ask(price_at_most=Decimal("4.01"), price_unit=PriceUnit.KG, last_day=day)


@pytest.mark.parametrize("who", ["rival_buyer", "farmer", "outsider", "dispatcher", "agriculture_desk"])
def test_others_may_not_ask_for_the_buyer(ask, cast, who):
    with pytest.raises(NotAllowed):
        ask(by=fresh(cast.people()[who]))


def test_the_desk_takes_down_what_a_buyer_telephones_in_with_both_names(ask, cast):
    demand = ask(by=fresh(cast.commerce_desk))

    event = Event.objects.about(demand).get()
    assert (event.by, event.on_behalf_of) == (cast.commerce_desk, cast.supermarket)


def test_a_buyer_not_verified_may_not_ask(ask, cast, dock):
    cast.supermarket.verification = VerificationState.WAITING
    cast.supermarket.save()
    dock.organisation.refresh_from_db()

    with pytest.raises(NotVerified):
        ask()


def test_a_change_says_each_group_of_facts_once(ask, cast, dock):
    demand = ask()
    terms = replace(
        make_demand_terms(dock, "3000斤", last_day=tomorrow() + dt.timedelta(days=1)),
        price_at_most=Decimal("1.50"),
        grade_at_least=Grade.FIRST,
        most=kg("4000斤"),
        window_to=dt.time(9),
    )

    changed = change_demand(demand, terms=terms, by=fresh(cast.buyer))

    assert (changed.firm_g, changed.most_g, changed.price_at_most) == (1_500_000, 2_000_000, Decimal("1.50"))
    expected = [
        "changed",
        "stretch_changed",
        "price_changed",
        "last_day_changed",
        "conditions_changed",
        "delivery_changed",
    ]
    assert verbs(demand) == ["placed", *expected]
    change_demand(demand, terms=terms, by=fresh(cast.buyer))
    assert verbs(demand) == ["placed", *expected]


def test_a_change_is_refused_where_placing_would_be(ask, cast, dock):
    demand = ask()

    Demand.objects.filter(pk=demand.pk).update(first_day=TODAY() - dt.timedelta(days=2))
    terms = make_demand_terms(dock, last_day=TODAY() - dt.timedelta(days=1))

    with pytest.raises(refusals.DemandEndsInThePast):
        change_demand(demand, terms=terms, by=fresh(cast.buyer))
    with pytest.raises(NotAllowed):
        change_demand(demand, terms=make_demand_terms(dock), by=fresh(cast.commerce_desk))
    assert verbs(demand) == ["placed"]


def test_taking_back_refuses_the_offers_that_wait_and_tells_their_sellers(ask, cast, lot):
    demand = ask()
    offer = make_answer(demand, lot, by=fresh(cast.farmer))

    cancel_demand(demand, by=fresh(cast.buyer))
    cancel_demand(demand, by=fresh(cast.buyer))

    assert Demand.objects.get().state == DemandState.CANCELLED
    assert Offer.objects.get(pk=offer.pk).state == OfferState.REFUSED
    assert verbs(demand) == ["placed", "cancelled"]
    notice = Notice.objects.get(recipient=cast.household)
    assert (notice.facts["who"], notice.url) == (cast.supermarket.name, f"/orders/offers/{offer.pk}/")


def test_others_may_not_take_it_back(ask, cast):
    demand = ask()

    with pytest.raises(NotAllowed):
        cancel_demand(demand, by=fresh(cast.rival_buyer))


def test_the_clock_ends_what_is_past_and_nothing_else(ask):
    past, running = ask(), ask()
    yesterday = TODAY() - dt.timedelta(days=1)
    Demand.objects.filter(pk=past.pk).update(first_day=yesterday, last_day=yesterday)

    assert end_demands() == 1
    assert end_demands() == 0
    assert Demand.objects.get(pk=past.pk).state == DemandState.ENDED
    assert Demand.objects.get(pk=running.pk).is_open
    assert verbs(past) == ["placed", "ended"]


@pytest.mark.parametrize("state", DemandState)
def test_every_move_is_in_the_table(ask, cast, dock, state):
    """Cancelling, changing and the clock, from every state."""
    demand = ask()
    yesterday = TODAY() - dt.timedelta(days=1)
    Demand.objects.filter(pk=demand.pk).update(state=state)

    may_change = state == DemandState.OPEN
    if may_change:
        change_demand(demand, terms=make_demand_terms(dock, "900斤"), by=fresh(cast.buyer))
    else:
        with pytest.raises(refusals.DemandNotOpen):
            change_demand(demand, terms=make_demand_terms(dock, "900斤"), by=fresh(cast.buyer))
    if DemandState.CANCELLED in DEMAND_MOVES[state] or state == DemandState.CANCELLED:
        assert cancel_demand(demand, by=fresh(cast.buyer)).state == DemandState.CANCELLED
    else:
        with pytest.raises(WrongState):
            cancel_demand(demand, by=fresh(cast.buyer))
    Demand.objects.filter(pk=demand.pk).update(state=state, first_day=yesterday, last_day=yesterday)
    assert end_demands() == (DemandState.ENDED in DEMAND_MOVES[state])


def test_a_key_is_the_buyers_own(ask, cast, reference):
    """The same key of another buyer is another demand."""
    key = uuid.uuid4()
    ask(key=key)
    rival = make_dock(cast.rival_supermarket)
    place_demand(
        buyer=cast.rival_supermarket,
        produce=reference["loofah"],
        first_day=tomorrow(),
        terms=make_demand_terms(rival),
        key=key,
        by=fresh(cast.rival_buyer),
    )

    assert Demand.objects.count() == 2
