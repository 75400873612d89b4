"""What is said of the toll exemption: with its reason, leg by leg, and never as a promise."""

import datetime as dt
from decimal import Decimal

import pytest

from market.enums import DirectoryStatus, ProduceKind
from market.exceptions import NotAllowed
from market.models import Produce
from orders.logistics.actions.toll_rules import TollFacts, set_toll_rules
from orders.logistics.actions.trips import add_trip
from orders.logistics.exceptions_tolls import TollRulesUnfit
from orders.logistics.models import Load, TollRules, Truck
from orders.logistics.queries.conditions import toll_of_truck
from orders.logistics.queries.tolls import Goods, Outlook, judge, toll_forecast
from tests.factories.orders import make_dock, make_pledge

TRUCK = Truck(plate="湘B12345", rated_g=5_000_000, volume_l=20_000)


def produce(name, kind=ProduceKind.VEGETABLE, status=DirectoryStatus.YES, shrink=15):
    return Produce(name_zh=name, name_en=name, kind=kind, directory_status=status, shrink_permille=shrink)


LOOFAH, GOURD = produce("丝瓜"), produce("冬瓜")
RICE = produce("早稻", ProduceKind.GRAIN, DirectoryStatus.NO)
TOFU = produce("豆腐", ProduceKind.PROCESSED, DirectoryStatus.NO)
CHERRY = produce("圣女果", status=DirectoryStatus.NO)
TIPS = produce("红薯尖", status=DirectoryStatus.DISPUTED)
SPINACH = produce("空心菜", shrink=30)


@pytest.mark.parametrize(
    ("aboard", "outlook", "sentence"),
    [
        ([(LOOFAH, 3_000), (GOURD, 1_100)], Outlook.EXPECTED, "预计符合：丝瓜、冬瓜，满载率 82%"),
        ([(LOOFAH, 4_000)], Outlook.EXPECTED, "预计符合：丝瓜，满载率 80%"),
        ([(LOOFAH, 3_999)], Outlook.UNMET, "满载率 79%，不到 80%，不符合"),
        ([(LOOFAH, 5_000)], Outlook.EXPECTED, "预计符合：丝瓜，满载率 100%"),
        ([(LOOFAH, 5_001)], Outlook.UNMET, "超过核定载质量，不符合"),
        ([(LOOFAH, 4_500), (RICE, 25)], Outlook.UNMET, "混装早稻，不符合"),
        ([(RICE, 4_500)], Outlook.UNMET, "早稻是粮食，不在免费范围，不符合"),
        ([(TOFU, 4_500)], Outlook.UNMET, "豆腐不是鲜活农产品，不符合"),
        ([(LOOFAH, 4_000), (CHERRY, 500)], Outlook.STATION, "圣女果不在目录内，占 12%，需收费站认定"),
        ([(LOOFAH, 4_000), (CHERRY, 1_000)], Outlook.STATION, "圣女果不在目录内，占 20%，需收费站认定"),
        ([(LOOFAH, 3_999), (CHERRY, 1_000)], Outlook.UNMET, "圣女果不在目录内，占 21%，不符合"),
        ([(LOOFAH, 4_000), (TIPS, 100)], Outlook.STATION, "红薯尖是否在目录内说法不一，需收费站认定"),
        ([(SPINACH, 3_300)], Outlook.STATION, "按重量满载率 66%，按车厢容积可能装满，需收费站认定"),
        ([(SPINACH, 3_100)], Outlook.UNMET, "满载率 62%，不到 80%，不符合"),
    ],
)
def test_each_reason(aboard, outlook, sentence):
    assert judge([Goods(one, kg * 1000) for one, kg in aboard], TRUCK, None) == (outlook, sentence)


def test_it_never_promises():
    _outlook, sentence = judge([Goods(LOOFAH, 5_000_000)], TRUCK, None)
    assert sentence.startswith("预计")


def test_the_percentages_are_those_in_force():
    rules = TollRules(full_percent=90, admixture_percent=10)
    assert judge([Goods(LOOFAH, 4_400_000)], TRUCK, rules)[0] == Outlook.UNMET
    assert judge([Goods(LOOFAH, 4_000_000), Goods(CHERRY, 500_000)], TRUCK, rules)[0] == Outlook.UNMET


@pytest.fixture
def trip(day, reference):
    """4.2 t to two docks on a truck of 5 t."""
    dock = make_dock(day.cast.rival_supermarket, reference["lusong"])
    near, far = make_pledge(day.lot, dock, "2吨", by=day.cast.rival_buyer), day.pledge("2.2吨")
    wanted = [(pledge.allocations.get().pk, None) for pledge in (near, far)]
    return add_trip(day.day, day.truck(), wanted, by=day.cast.dispatcher)


def make_toll_rules(day, **facts):
    values = {"since": day - dt.timedelta(days=1), "source": "省通知", "motorway_from_m": 0, "motorway_percent": 100}
    rates = {"yuan_small": Decimal("0.40"), "yuan_medium": Decimal("0.70"), "yuan_large": Decimal("1.00")}
    return TollRules.objects.create(**{**values, **rates, **facts})


def test_each_leg_by_what_is_aboard(trip):
    first, second = toll_forecast(trip)
    assert (first.percent, first.outlook, first.yuan) == (84, Outlook.EXPECTED, None)
    assert second.outlook == Outlook.UNMET
    assert second.grams < 4_200_000


def test_what_was_loaded_counts_at_once(trip):
    load = trip.loads.order_by("pk").first()
    Load.objects.filter(pk=load.pk).update(loaded_g=1_000_000, state="loaded")
    first, _second = toll_forecast(trip)
    assert first.outlook == Outlook.UNMET


def test_money_where_rates_are_in_force(day, trip):
    make_toll_rules(day.day)
    way = toll_forecast(trip)[-1]
    assert way.yuan > 0
    TollRules.objects.update(yuan_medium=Decimal("1.40"))  # its 5 t are the upper end of the middle class
    assert toll_forecast(trip)[-1].yuan == pytest.approx(way.yuan * 2, abs=Decimal("0.01"))
    TollRules.objects.update(until=day.day - dt.timedelta(days=1))
    assert toll_forecast(trip)[-1].yuan is None


@pytest.mark.parametrize(
    ("rated_g", "yuan"),
    [(2_000_000, "0.40"), (2_000_001, "0.70"), (5_000_000, "0.70"), (5_000_001, "1.00")],
)
def test_forecast_and_plan_count_a_truck_in_the_same_class(day, rated_g, yuan):
    rules = make_toll_rules(day.day)
    truck = day.truck(rated_g=rated_g)
    assert rules.rate_for(rated_g) == Decimal(yuan)
    assert toll_of_truck(rules, truck).yuan_per_km == float(yuan)


def test_a_short_way_uses_no_motorway(day, trip):
    make_toll_rules(day.day, motorway_from_m=10_000_000)
    assert toll_forecast(trip)[-1].yuan is None


def test_it_costs_the_same_with_many_loads(trip, django_assert_num_queries):
    with django_assert_num_queries(4):
        toll_forecast(trip)


# --- writing the rates down ---


FACTS = {
    "source": "省通知",
    "since": dt.date(2021, 8, 1),
    "yuan_small": Decimal("0.45"),
    "yuan_medium": Decimal("0.90"),
    "yuan_large": Decimal("1.35"),
}


def test_the_dispatcher_writes_rates_down_once(day):
    first = set_toll_rules(TollFacts(**FACTS), by=day.cast.dispatcher)
    assert set_toll_rules(TollFacts(**FACTS), by=day.cast.dispatcher).pk == first.pk
    assert TollRules.objects.count() == 1


@pytest.mark.parametrize("person", ["haulier", "driver", "buyer", "outsider"])
def test_nobody_else_writes_rates(day, person):
    with pytest.raises(NotAllowed):
        set_toll_rules(TollFacts(**FACTS), by=getattr(day.cast, person))


@pytest.mark.parametrize(
    "wrong",
    [
        {"source": " "},
        {"until": dt.date(2021, 7, 31)},
        {"full_percent": 101},
        {"admixture_percent": -1},
        {"yuan_small": Decimal("NaN")},
        {"yuan_large": Decimal(100)},
        {"since": dt.date(9999, 12, 31)},
        {"motorway_from_m": -1},
    ],
)
def test_rates_that_cannot_be_are_refused(day, wrong):
    with pytest.raises(TollRulesUnfit):
        set_toll_rules(TollFacts(**{**FACTS, **wrong}), by=day.cast.dispatcher)
    assert TollRules.objects.count() == 0
