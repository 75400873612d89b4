"""The seller cannot bring all of it: what was promised stays on record, the rest goes back on sale or is gone."""

import pytest

from market.enums import VerificationState
from market.exceptions import NotAllowed
from market.models import Event, Lot, Notice, Organisation
from orders.actions.pledges import cancel_pledge, change_pledge
from orders.actions.shortfalls import cut_pledge
from orders.actions.stretches import grant_stretch
from orders.enums import CHANGEABLE_PLEDGES, PledgeState
from orders.exceptions import CutIsNoCut, NotChangeable, ReasonMissing
from orders.models import Allocation, Pledge
from tests.factories.orders import fresh, kg

OFFERED = 10_000_000


def cut(pledge, cast, to="60斤", **changes):
    facts = {"to": kg(to), "reason": "昨夜大雨", "back_on_sale": True, "by": fresh(cast.farmer), **changes}
    return cut_pledge(pledge, **facts)


def stock(lot: Lot) -> tuple[int, int, int]:
    now = Lot.objects.get(pk=lot.pk)
    return now.offered_g, now.reserved_g, now.withdrawn_g


def quantities(pledge: Pledge) -> tuple[int, int, int, int]:
    now = Pledge.objects.get(pk=pledge.pk)
    return now.firm_g, now.granted_g, now.short_g, Allocation.objects.live().get(pledge=pledge).grams


def test_what_is_cut_goes_back_on_sale(pledge, lot, cast):
    cut(pledge, cast)

    assert quantities(pledge) == (50_000, 0, 20_000, 30_000)
    assert stock(lot) == (OFFERED, 30_000, 0)


def test_what_is_gone_does_not_go_back_on_sale(pledge, lot, cast):
    cut(pledge, cast, back_on_sale=False)

    assert quantities(pledge) == (50_000, 0, 20_000, 30_000)
    assert stock(lot) == (OFFERED - 20_000, 30_000, 20_000)


def test_the_buyer_is_told_once_and_the_history_keeps_the_reason(pledge, cast):
    cut(pledge, cast)
    cut(pledge, cast)

    event = Event.objects.about(pledge).last()
    assert (event.verb, event.grams, event.reason, event.by) == ("cut", 30_000, "昨夜大雨", cast.farmer)
    assert Event.objects.about(pledge).filter(verb="cut").count() == 1
    [notice] = Notice.objects.filter(recipient=cast.supermarket)
    assert notice.facts["short_g"] == 20_000


def test_a_helper_cuts_on_behalf_of_the_grower(pledge, cast):
    cut(pledge, cast, by=fresh(cast.helper))

    event = Event.objects.about(pledge).last()
    assert (event.by, event.on_behalf_of) == (cast.helper, cast.household)


def test_granted_stretch_goes_before_the_firm_part(place, lot, cast):
    pledge = grant_stretch(place(most=kg("200斤")), grams=30_000, why="match", by=None)

    cut(pledge, cast, to="120斤")
    assert quantities(pledge) == (50_000, 10_000, 0, 60_000)

    cut(pledge, cast, to="40斤")
    assert quantities(pledge) == (50_000, 0, 30_000, 20_000)
    assert stock(lot) == (OFFERED, 20_000, 0)


def test_a_repeat_changes_nothing_where_only_the_granted_stretch_was_cut(place, lot, cast):
    pledge = grant_stretch(place(most=kg("200斤")), grams=30_000, why="match", by=None)

    for _again in range(2):
        cut(pledge, cast, to="120斤")

    assert quantities(pledge) == (50_000, 10_000, 0, 60_000)
    assert Event.objects.about(pledge).filter(verb="cut").count() == 1


def test_the_buyer_is_told_of_every_cut_also_to_the_same_weight(pledge, cast):
    cut(pledge, cast)
    change_pledge(Pledge.objects.get(pk=pledge.pk), quantity=kg("150斤"), by=fresh(cast.buyer))
    cut(pledge, cast)

    assert Event.objects.about(pledge).filter(verb="cut").count() == 2
    assert Notice.objects.filter(recipient=cast.supermarket).count() == 2


@pytest.mark.parametrize("who", ["buyer", "rival_farmer", "cooperative_manager", "dispatcher", "outsider"])
def test_only_the_seller_and_the_desk_may_cut(pledge, lot, cast, who):
    with pytest.raises(NotAllowed):
        cut(pledge, cast, by=fresh(getattr(cast, who)))

    assert quantities(pledge) == (50_000, 0, 0, 50_000)
    assert stock(lot) == (OFFERED, 50_000, 0)
    assert not Notice.objects.exists()


def test_the_desk_cuts_for_a_grower_who_telephones(pledge, cast):
    cut(pledge, cast, by=fresh(cast.commerce_desk))

    event = Event.objects.about(pledge).last()
    assert (event.by, event.on_behalf_of) == (cast.commerce_desk, cast.household)


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [({"to": kg("100斤")}, CutIsNoCut), ({"to": kg("101斤")}, CutIsNoCut), ({"reason": "  "}, ReasonMissing)],
)
def test_a_cut_that_is_none_or_has_no_reason_is_refused(pledge, lot, cast, changes, refusal):
    with pytest.raises(refusal):
        cut_pledge(pledge, **{"to": kg("60斤"), "reason": "雨", "back_on_sale": True, "by": cast.farmer, **changes})

    assert quantities(pledge) == (50_000, 0, 0, 50_000)
    assert stock(lot) == (OFFERED, 50_000, 0)


@pytest.mark.parametrize("state", sorted(set(PledgeState) - CHANGEABLE_PLEDGES - {PledgeState.HELD}))
def test_what_is_on_the_way_or_over_is_not_cut(pledge, lot, cast, state):
    Pledge.objects.filter(pk=pledge.pk).update(state=state)

    with pytest.raises(NotChangeable):
        cut(pledge, cast)

    assert stock(lot) == (OFFERED, 50_000, 0)


def test_the_buyer_may_lower_a_short_pledge_to_what_is_brought(pledge, lot, cast):
    cut(pledge, cast)

    change_pledge(pledge, quantity=kg("60斤"), by=fresh(cast.buyer))

    assert quantities(pledge) == (30_000, 0, 0, 30_000)
    assert stock(lot) == (OFFERED, 30_000, 0)


def test_a_raise_of_a_short_pledge_is_reserved_on_top(pledge, lot, cast):
    cut(pledge, cast)

    change_pledge(pledge, quantity=kg("140斤"), by=fresh(cast.buyer))

    assert quantities(pledge) == (70_000, 0, 20_000, 50_000)
    assert stock(lot) == (OFFERED, 50_000, 0)


def test_the_seller_cancels_what_cannot_be_brought_at_all(pledge, lot, cast):
    cancel_pledge(pledge, reason="地淹了", by=fresh(cast.farmer), back_on_sale=False)
    cancel_pledge(pledge, reason="地淹了", by=fresh(cast.farmer), back_on_sale=False)

    assert Pledge.objects.get(pk=pledge.pk).state == PledgeState.CANCELLED
    assert stock(lot) == (OFFERED - 50_000, 0, 50_000)
    assert Event.objects.about(pledge).filter(verb="cancelled_by_seller").count() == 1
    assert Notice.objects.filter(recipient=cast.supermarket).count() == 1


def test_a_buyer_cannot_take_the_sellers_goods_off_sale_by_cancelling(pledge, lot, cast):
    cancel_pledge(pledge, reason="不要了", by=fresh(cast.buyer), back_on_sale=False)

    assert stock(lot) == (OFFERED, 0, 0)
    assert Notice.objects.filter(recipient=cast.household).count() == 1


def test_a_suspended_seller_may_still_say_what_is_missing(pledge, cast):
    Organisation.objects.filter(pk=cast.household.pk).update(verification=VerificationState.SUSPENDED)

    assert cut(pledge, cast).short_g == 20_000
