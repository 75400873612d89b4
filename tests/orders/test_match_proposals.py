"""What a run proposes and why: exact grams, exact sentences."""

import datetime as dt

import pytest
from django.utils import timezone, translation

from market.enums import Grade, OrganisationKind
from market.models import Lot, Organisation
from orders.enums import MatchState, PolicyKind
from orders.models import Pledge
from orders.queries.explanations import buyer_sentence, remainder_sentence, seller_sentence
from tests.factories import make_live_listing
from tests.factories.matching import committed, lines, make_lot, make_run, tomorrow
from tests.factories.orders import fresh, kg, make_dock, make_pledge
from tests.factories.talks import make_demand


def test_the_nearest_lot_is_taken_first_and_the_next_fills_up(cast, reference, desk, near, far):
    make_demand(reference["loofah"], make_dock(cast.supermarket), "6000斤", by=fresh(cast.buyer))

    run = make_run(desk, PolicyKind.NEAREST)

    assert (run.state, run.progress) == (MatchState.READY, 100)
    assert lines(run) == [
        ("步步高天元店", "白关丝瓜合作社", 2_500_000, 0),
        ("步步高天元店", "王建国家", 500_000, 0),
    ]
    assert run.summary["matched_g"] == run.summary["saved_g"] == 3_000_000
    assert run.summary["spoiling_g"] == 1_000_000
    assert (run.summary["met"], run.summary["partly"], run.summary["unmet"]) == (1, 0, 0)
    assert run.summary["score"] == run.summary["bound"]


def test_each_party_reads_one_sentence_made_of_facts(cast, reference, desk, near, far):
    make_demand(reference["loofah"], make_dock(cast.supermarket), "6000斤", by=fresh(cast.buyer))
    run = make_run(desk, PolicyKind.NEAREST)
    first, second = run.proposals.order_by("pk")

    assert seller_sentence(first) == "距离最近（22 公里），送到后还能放 43 小时"
    assert buyer_sentence(first) == buyer_sentence(second) == "您要 6,000 斤，全部落实，最近的 2 家供货"
    left = run.remainders.get()
    assert remainder_sentence(left) == (
        "还剩 2,000 斤（共 3,000 斤）没有人要：买方要的都够了。货还在集市上卖，快坏时会推给买过的买方"
    )


def test_what_is_firm_comes_before_what_is_welcome(cast, reference, desk, far):
    make_demand(reference["loofah"], make_dock(cast.supermarket), "1000斤", most="3000斤", by=fresh(cast.buyer))
    make_demand(reference["loofah"], make_dock(cast.rival_supermarket), "1500斤", by=fresh(cast.rival_buyer))

    assert lines(make_run(desk)) == [
        ("步步高天元店", "王建国家", 500_000, 250_000),
        ("千惠便利", "王建国家", 750_000, 0),
    ]


def test_the_stretch_of_a_pledge_saves_what_would_spoil(cast, reference, desk, far):
    pledge = make_pledge(far, make_dock(cast.supermarket), "1000斤", by=fresh(cast.buyer), most=kg("1500斤"))

    run = committed(make_run(desk), desk)

    assert lines(run) == [("步步高天元店", "王建国家", 0, 250_000)]
    assert Pledge.objects.get(pk=pledge.pk).granted_g == 250_000
    assert Lot.objects.get(pk=far.pk).reserved_g == 750_000
    assert buyer_sentence(run.proposals.get()) == "您说可以多收，这批货卖不完会坏，送到后还能放 43 小时"


def test_a_minimum_keeps_no_pledge_from_its_own_stretch(cast, reference, desk):
    lot = make_lot(
        cast.household, reference["loofah"], reference["village"], "3000斤", by=cast.farmer, minimum_g=500_000
    )
    make_pledge(lot, make_dock(cast.supermarket), "1000斤", by=fresh(cast.buyer), most=kg("1100斤"))

    assert lines(make_run(desk)) == [("步步高天元店", "王建国家", 0, 50_000)]


def test_goods_that_keep_are_not_pressed_on_anybody(cast, reference, desk):
    lot = make_lot(
        cast.household,
        reference["rice"],
        reference["village"],
        "3000斤",
        by=cast.farmer,
        last_day=tomorrow() + dt.timedelta(days=20),
    )
    make_pledge(lot, make_dock(cast.supermarket), "1000斤", by=fresh(cast.buyer), most=kg("1500斤"))

    assert lines(make_run(desk)) == []


def test_hospitals_and_canteens_come_first_under_their_policy(cast, reference, desk, far):
    make_demand(reference["loofah"], make_dock(cast.supermarket), "3000斤", by=fresh(cast.buyer))
    Organisation.objects.filter(pk=cast.rival_supermarket.pk).update(kind=OrganisationKind.CANTEEN)
    dock = make_dock(Organisation.objects.get(pk=cast.rival_supermarket.pk))
    make_demand(reference["loofah"], dock, "2000斤", by=fresh(cast.rival_buyer))

    run = make_run(desk, PolicyKind.CARE_FIRST)

    assert lines(run) == [("步步高天元店", "王建国家", 500_000, 0), ("千惠便利", "王建国家", 1_000_000, 0)]
    care = run.proposals.get(buyer=cast.rival_supermarket)
    assert buyer_sentence(care) == "先满足医院食堂，您要 2,000 斤，全部落实，最近的 1 家供货"
    unmet = run.remainders.get()
    assert remainder_sentence(unmet) == "您要 3,000 斤，还差 2,000 斤：合适的货分完了。可以再等新上架的货，或者放宽条件"


def test_scarce_goods_are_shared_in_proportion_to_the_gram(cast, reference, desk, far):
    make_demand(reference["loofah"], make_dock(cast.supermarket), "3000斤", by=fresh(cast.buyer))
    make_demand(reference["loofah"], make_dock(cast.rival_supermarket), "1500斤", by=fresh(cast.rival_buyer))

    run = make_run(desk, PolicyKind.PRO_RATA)

    assert lines(run) == [("步步高天元店", "王建国家", 1_000_000, 0), ("千惠便利", "王建国家", 500_000, 0)]
    assert buyer_sentence(run.proposals.first()) == "您要 3,000 斤，按比例分到 2,000 斤，最近的 1 家供货"


def test_asking_for_more_than_there_is_gets_nobody_a_larger_share(cast, reference, desk, far):
    make_demand(reference["loofah"], make_dock(cast.supermarket), "300000斤", by=fresh(cast.buyer))
    make_demand(reference["loofah"], make_dock(cast.rival_supermarket), "1500斤", by=fresh(cast.rival_buyer))

    run = make_run(desk, PolicyKind.PRO_RATA)

    assert lines(run) == [("步步高天元店", "王建国家", 1_000_000, 0), ("千惠便利", "王建国家", 500_000, 0)]


def test_every_seller_has_a_first_share(cast, reference, desk, near, far):
    """Without the share the cooperative, nearer and large enough, would sell all of it."""
    make_demand(reference["loofah"], make_dock(cast.supermarket), "3000斤", by=fresh(cast.buyer))
    assert lines(make_run(desk, PolicyKind.NEAREST)) == [("步步高天元店", "白关丝瓜合作社", 1_500_000, 0)]

    run = make_run(desk, PolicyKind.FIRST_SHARE)

    assert lines(run) == [
        ("步步高天元店", "白关丝瓜合作社", 975_000, 0),
        ("步步高天元店", "王建国家", 525_000, 0),
    ]
    assert seller_sentence(run.proposals.get(lot=far)).startswith("在每家先保的一份里，路程 ")


def test_whole_or_not_at_all(cast, reference, desk, far):
    make_demand(
        reference["loofah"], make_dock(cast.supermarket), "4000斤", most="9000斤", by=fresh(cast.buyer), is_whole=True
    )

    run = make_run(desk)

    assert lines(run) == []
    assert {rest.code for rest in run.remainders.all()} == {"whole", "minimum"}


@pytest.mark.parametrize(
    ("condition", "code"),
    [
        ({"variety": "白关丝瓜"}, "variety"),
        ({"grade_at_least": Grade.PREMIUM}, "grade"),
        ({"price_at_most": "1.19"}, "price"),
        ({"km_at_most": 5}, "distance"),
        ({"fresh_hours": 100}, "freshness"),
    ],
)
def test_the_reason_is_what_comes_nearest_to_fitting(cast, reference, desk, near, far, condition, code):
    from decimal import Decimal

    if "price_at_most" in condition:
        condition = {"price_at_most": Decimal(condition["price_at_most"])}
    make_demand(reference["loofah"], make_dock(cast.supermarket), "100斤", by=fresh(cast.buyer), **condition)

    run = make_run(desk)

    assert lines(run) == []
    assert run.remainders.get(demand__isnull=False).code == code
    assert run.summary["unmet"] == 1


def test_nothing_of_the_produce_at_all(cast, reference, desk, near):
    make_demand(reference["peach"], make_dock(cast.supermarket), "100斤", by=fresh(cast.buyer))

    run = make_run(desk)

    assert run.remainders.get(demand__isnull=False).code == "no_lot"
    assert run.remainders.get(lot__isnull=False).code == "no_demand"


def test_a_ceiling_keeps_dear_lots_out(cast, reference, desk, far):
    from decimal import Decimal

    from market.actions.ceilings import set_ceiling

    make_demand(reference["loofah"], make_dock(cast.supermarket), "1000斤", by=fresh(cast.buyer))
    set_ceiling(
        produce=reference["loofah"], price=Decimal("1.00"), price_unit="jin", first_day=timezone.localdate(),
        reason="疫情期间限价", by=desk,
    )  # fmt: skip

    run = make_run(desk)

    assert lines(run) == []
    assert run.remainders.get(demand__isnull=False).code == "ceiling"


def test_the_sentences_are_said_in_the_reader_s_language_without_failing(cast, reference, desk, near, far):
    make_demand(reference["loofah"], make_dock(cast.supermarket), "6000斤", most="7000斤", by=fresh(cast.buyer))
    run = make_run(desk)

    with translation.override("en"):
        said = [seller_sentence(row) + buyer_sentence(row) for row in run.proposals.all()]
        said += [remainder_sentence(rest) for rest in run.remainders.all()]

    assert all(said)


def test_gathering_costs_the_same_with_one_and_with_many(cast, reference, desk, near, far, django_assert_num_queries):
    from orders.queries.match_problem import gather

    dock = make_dock(cast.supermarket)
    make_demand(reference["loofah"], dock, "100斤", by=fresh(cast.buyer))
    gather(tomorrow())  # places and produce are kept from here on
    with django_assert_num_queries(5):
        gather(tomorrow())
    for _ in range(3):
        make_demand(reference["loofah"], dock, "100斤", by=fresh(cast.buyer))
        make_live_listing(cast.household, reference["loofah"], reference["village"], by=cast.farmer)
        make_pledge(near, dock, "10斤", by=fresh(cast.buyer), most=kg("20斤"))
    with django_assert_num_queries(5):
        gather(tomorrow())
