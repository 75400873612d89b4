"""What the clock does with the days of standing pledges: exact grams, one row a day, both sides told."""

import datetime as dt
import re
from decimal import Decimal

import pytest
from django.utils import timezone, translation

from market.actions.organisations import suspend_organisation
from market.models import Event, Listing, Lot, Notice
from market.sentences import sentence_of
from orders.actions import standing_days
from orders.actions.pledges import cancel_pledge
from orders.actions.standing import accept_price, pause_standing, resume_standing
from orders.actions.standing_days import last_due_day, place_due_standing, place_standing_day
from orders.enums import PledgeState, StandingOutcome, StandingState
from orders.models import Dock, Pledge, StandingDay, StandingPledge
from tests.factories.orders import fresh, make_dock, make_pledge
from tests.factories.standing import make_standing

TODAY = timezone.localdate
DAY = dt.timedelta(days=1)


def at(day: dt.date, hour: int, minute: int = 0) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time(hour, minute)))


@pytest.fixture
def standing(cast, listing, dock) -> StandingPledge:
    """100 斤 tomorrow and the day after."""
    return make_standing(listing, dock, by=fresh(cast.buyer))


def outcomes() -> list[tuple]:
    return list(StandingDay.objects.order_by("day", "pk").values_list("day", "outcome", "missing_g"))


def told(cast) -> dict[str, int]:
    """Notices of days by organisation."""
    rows = Notice.objects.exclude(key__endswith="started")
    return {name: rows.filter(recipient__name=name).count() for name in (cast.supermarket.name, cast.household.name)}


def test_a_day_is_an_ordinary_pledge_with_the_wishes_of_the_standing_one(cast, lot, dock):
    standing = make_standing(
        lot.listing, dock, "3吨", most=None, by=fresh(cast.buyer), reference="CG-1", fresh_hours=10
    )

    row = place_standing_day(standing.pk, lot.day)

    pledge = Pledge.objects.get()
    assert (row.outcome, row.pledge, row.missing_g, row.reason) == (StandingOutcome.PLACED, pledge, 0, "")
    assert (pledge.state, pledge.lot, pledge.day, pledge.firm_g, pledge.firm_typed) == (
        PledgeState.PLACED,
        lot,
        lot.day,
        3_000_000,
        "3吨",
    )
    assert (pledge.buyer, pledge.dock, pledge.standing, pledge.placed_by) == (
        cast.supermarket,
        dock,
        standing,
        cast.buyer,
    )
    assert (pledge.reference, pledge.fresh_hours, pledge.price) == ("CG-1", 10, Decimal("1.20"))
    assert Lot.objects.get(pk=lot.pk).reserved_g == 3_000_000
    assert Event.objects.about(pledge).get().by is None
    assert told(cast) == {cast.supermarket.name: 0, cast.household.name: 0}


def test_a_repeat_places_nothing_more(lot, standing):
    place_standing_day(standing.pk, lot.day)

    assert place_standing_day(standing.pk, lot.day) is None
    assert (Pledge.objects.count(), StandingDay.objects.count()) == (1, 1)
    assert Lot.objects.get(pk=lot.pk).reserved_g == 50_000


def test_a_day_cancelled_by_the_buyer_is_not_placed_again(cast, lot, standing):
    row = place_standing_day(standing.pk, lot.day)
    cancel_pledge(row.pledge, reason="不要了", by=fresh(cast.buyer))

    assert place_standing_day(standing.pk, lot.day) is None
    assert Lot.objects.get(pk=lot.pk).reserved_g == 0


def test_of_too_little_what_is_left_is_placed_and_both_sides_hear_what_is_missing(cast, lot, standing):
    Lot.objects.filter(pk=lot.pk).update(offered_g=30_000)

    row = place_standing_day(standing.pk, lot.day)

    pledge = Pledge.objects.get()
    assert (row.outcome, row.pledge, row.missing_g) == (StandingOutcome.SHORT, pledge, 20_000)
    assert (pledge.firm_g, pledge.most_g, pledge.firm_typed) == (30_000, 50_000, "60斤")
    assert Lot.objects.get(pk=lot.pk).remaining_g == 0
    assert told(cast) == {cast.supermarket.name: 1, cast.household.name: 1}
    facts = Notice.objects.filter(recipient=cast.supermarket).get().facts
    assert (facts["got_g"], facts["missing_g"]) == (30_000, 20_000)


def test_less_than_the_sellers_minimum_is_not_worth_a_truck(cast, lot, standing):
    Lot.objects.filter(pk=lot.pk).update(offered_g=24_999)

    row = place_standing_day(standing.pk, lot.day)

    assert (row.outcome, row.pledge, row.missing_g) == (StandingOutcome.FAILED, None, 50_000)
    assert row.reason_words == "只剩 49.998 斤 = 24.999 公斤，不到起订量 50 斤 = 25 公斤"
    with translation.override("en"):
        assert row.reason_words == (
            "Only 49.998 jin = 24.999 kg are left, less than the smallest pledge of 50 jin = 25 kg"
        )
    assert Pledge.objects.count() == 0


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda cast, lot, dock: Lot.objects.filter(pk=lot.pk).update(offered_g=0), "刚被认购完"),
        (lambda cast, lot, dock: Lot.objects.filter(pk=lot.pk).delete(), "没有供货"),
        (lambda cast, lot, dock: Listing.objects.get(pk=lot.listing_id).unpublish(), "已经下架"),
        (lambda cast, lot, dock: suspend_organisation(cast.household, reason="查", by=cast.commerce_desk), "已经下架"),
        (
            lambda cast, lot, dock: suspend_organisation(cast.supermarket, reason="查", by=cast.commerce_desk),
            "没有通过",
        ),
        (lambda cast, lot, dock: Dock.objects.filter(pk=dock.pk).update(is_active=False), "停用"),
        (lambda cast, lot, dock: Listing.objects.filter(pk=lot.listing_id).update(minimum_g=60_000), "起订量"),
        (lambda cast, lot, dock: Listing.objects.filter(pk=lot.listing_id).update(price=Decimal("1.21")), "1.21 元/斤"),
        (lambda cast, lot, dock: Listing.objects.filter(pk=lot.listing_id).update(price=None), "面议"),
    ],
)
def test_what_stands_in_the_way_is_the_reason_and_nothing_is_written(cast, lot, dock, standing, spoil, reason):
    spoil(cast, lot, dock)
    Notice.objects.all().delete()

    row = place_standing_day(standing.pk, lot.day)

    assert (row.outcome, row.pledge, row.missing_g) == (StandingOutcome.FAILED, None, 50_000)
    said = [row.reason_words, *(sentence_of(notice.text, notice.facts) for notice in Notice.objects.all())]
    assert len(said) == 3
    assert all(reason in sentence for sentence in said)
    assert not any("%(" in sentence for sentence in said)
    with translation.override("en"):
        english = StandingDay.objects.get().reason_words
    assert not re.search("[一-鿿]", english.replace(dock.name, "").replace(standing.buyer.name, "")), english
    assert Pledge.objects.count() == 0
    assert Lot.objects.filter(reserved_g__gt=0).count() == 0
    assert told(cast) == {cast.supermarket.name: 1, cast.household.name: 1}
    assert Event.objects.about(standing).get(verb="day_failed").grams == 50_000


def test_a_lower_price_needs_no_word_and_a_higher_one_that_was_agreed_to_neither(cast, lot, standing):
    Listing.objects.filter(pk=lot.listing_id).update(price=Decimal("1.10"))
    assert place_standing_day(standing.pk, lot.day).pledge.price == Decimal("1.10")
    Listing.objects.filter(pk=lot.listing_id).update(price=Decimal("1.90"))

    accept_price(standing, by=fresh(cast.buyer))

    assert place_standing_day(standing.pk, lot.day + DAY).pledge.price == Decimal("1.90")


def test_paused_places_nothing_and_resumed_goes_on(cast, lot, standing):
    pause_standing(standing, by=fresh(cast.buyer))
    assert place_standing_day(standing.pk, lot.day) is None
    assert place_due_standing(at(TODAY(), 18)) == 0
    resume_standing(standing, by=fresh(cast.buyer))

    assert place_due_standing(at(TODAY(), 18)) == 1
    assert outcomes() == [(lot.day, "placed", 0)]


def test_a_day_that_is_none_of_it_is_left_alone(standing):
    assert place_standing_day(standing.pk, TODAY()) is None
    assert place_standing_day(standing.pk, TODAY() + 9 * DAY) is None
    assert outcomes() == []


# --- the clock ---


def test_tomorrow_is_due_from_the_hour_on(settings):
    settings.STANDING_HOUR = 17

    assert last_due_day(at(TODAY(), 16, 59)) == TODAY()
    assert last_due_day(at(TODAY(), 17)) == TODAY() + DAY


def test_the_clock_places_each_day_on_its_eve_and_again_changes_nothing(lot, standing):
    assert place_due_standing(at(TODAY(), 16, 59)) == 0
    assert place_due_standing(at(TODAY(), 17)) == 1
    assert place_due_standing(at(TODAY(), 17, 1)) == 0
    assert place_due_standing(at(TODAY(), 23, 59)) == 0

    assert outcomes() == [(lot.day, "placed", 0)]


def test_the_clock_that_stood_still_places_until_the_window_begins(cast, lot, standing):
    assert place_due_standing(at(lot.day, 5, 59)) == 1

    assert outcomes() == [(lot.day, "placed", 0)]


def test_after_that_the_day_has_failed_and_is_told_once(cast, lot, standing):
    assert place_due_standing(at(lot.day, 6)) == 1
    assert place_due_standing(at(lot.day, 7)) == 0

    assert outcomes() == [(lot.day, "failed", 50_000)]
    assert "没有按时下单" in StandingDay.objects.get().reason_words
    assert told(cast) == {cast.supermarket.name: 1, cast.household.name: 1}
    assert Pledge.objects.count() == 0


def test_every_day_missed_has_its_row_and_the_end_comes_by_itself(cast, lot, standing):
    assert place_due_standing(at(lot.day + 3 * DAY, 9)) == 2

    assert outcomes() == [(lot.day, "failed", 50_000), (lot.day + DAY, "failed", 50_000)]
    standing.refresh_from_db()
    assert standing.state == StandingState.ENDED
    assert Event.objects.about(standing).get(verb="ended").by is None
    assert place_due_standing(at(lot.day + 3 * DAY, 9, 1)) == 0


def test_the_last_day_itself_is_not_over(lot, standing):
    place_due_standing(at(lot.day + DAY, 23))

    standing.refresh_from_db()
    assert standing.state == StandingState.RUNNING


def test_a_paused_one_ends_too(cast, lot, standing):
    pause_standing(standing, by=fresh(cast.buyer))

    place_due_standing(at(lot.day + 3 * DAY, 9))

    standing.refresh_from_db()
    assert (standing.state, outcomes()) == (StandingState.ENDED, [])


def test_of_what_does_not_reach_for_all_the_oldest_has_its_part_first(cast, lot, dock, standing):
    rival = make_dock(cast.rival_supermarket)
    younger = make_standing(lot.listing, rival, "100斤", by=fresh(cast.rival_buyer))
    Lot.objects.filter(pk=lot.pk).update(offered_g=80_000)

    place_due_standing(at(TODAY(), 17))

    first, second = StandingDay.objects.get(standing=standing), StandingDay.objects.get(standing=younger)
    assert (first.outcome, second.outcome, second.missing_g) == ("placed", "short", 20_000)


def test_one_that_breaks_does_not_stop_the_others(cast, lot, dock, standing, monkeypatch):
    younger = make_standing(lot.listing, make_dock(cast.rival_supermarket), "100斤", by=fresh(cast.rival_buyer))
    place = standing_days.place_wanted

    def break_first(wanted, *args, **kwargs):
        if wanted.buyer.pk == cast.supermarket.pk:
            raise RuntimeError("broken")
        return place(wanted, *args, **kwargs)

    monkeypatch.setattr(standing_days, "place_wanted", break_first)

    assert place_due_standing(at(TODAY(), 17)) == 1
    assert StandingDay.objects.get().standing == younger
    monkeypatch.undo()
    assert place_due_standing(at(TODAY(), 17, 1)) == 1


def test_nothing_due_costs_two_statements(lot, standing, django_assert_num_queries):
    place_due_standing(at(TODAY(), 17))

    with django_assert_num_queries(2):
        place_due_standing(at(TODAY(), 17, 1))


def test_a_pledge_of_the_day_beside_it_is_another_matter(cast, lot, dock, standing):
    make_pledge(lot, dock, "100斤", by=fresh(cast.buyer))

    place_standing_day(standing.pk, lot.day)

    assert Lot.objects.get(pk=lot.pk).reserved_g == 100_000
