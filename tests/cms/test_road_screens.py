"""道路设置 in the back office: the commerce desk keeps bans, transfer points, yards, distances and toll rules."""

from typing import Any

import pytest
from django.urls import reverse

from market.exceptions import NotAllowed
from market.models import Event
from orders.logistics.actions.roads import drop, keep
from orders.logistics.models import RoadDistance, TollRules, TransferPoint, Trip, TruckBan, Yard
from tests.cms.test_chinese_screens import english_in

BAN = {
    "over_g": "4.5",
    "from_time": "07:00",
    "to_time": "09:00",
    "since": "2021-08-01",
    "until": "",
    "source": "交警通告",
}
POINT = {
    "name": "白关接驳点", "address": "收费站广场", "lat": "27.8", "lon": "113.2", "opens_at": "04:00", "closes_at": "22:00",
    "contact_name": "周调度", "contact_phone": "073122222222", "is_active": "on",
}  # fmt: skip
YARD = {"opens_at": "05:00", "closes_at": "18:00", "gate_minutes": "5", "minutes_a_tonne": "10"}
WAY = {"metres": "12", "seconds": "25", "note": "绕行"}
TOLLS = {
    "source": "交通部 2019 年 99 号", "since": "2021-01-01", "until": "", "full_percent": "80", "admixture_percent": "20",
    "yuan_small": "0.45", "yuan_medium": "0.90", "yuan_large": "1.35", "motorway_percent": "60", "motorway_from_m": "12",
}  # fmt: skip
KINDS = ["truckban", "transferpoint", "yard", "roaddistance", "tollrules"]


def url(kind: str, name: str, *args: Any) -> str:
    return reverse(f"wagtailsnippets_logistics_{kind}:{name}", args=args)


@pytest.fixture
def forms(cast, reference) -> dict[str, dict[str, Any]]:
    town, village = reference["tianyuan"].pk, reference["village"].parent_id
    return {
        "truckban": {**BAN, "place": town},
        "transferpoint": {**POINT, "place": town, "keeper": cast.bureau.pk},
        "yard": {**YARD, "organisation": cast.household.pk},
        "roaddistance": {**WAY, "from_place": village, "to_place": town},
        "tollrules": TOLLS,
    }


@pytest.mark.parametrize(
    ("kind", "model"),
    list(zip(KINDS, [TruckBan, TransferPoint, Yard, RoadDistance, TollRules], strict=True)),
)
def test_commerce_writes_one_changes_it_and_both_stand_in_its_history(kind, model, forms, commerce):
    first = commerce.post(url(kind, "add"), forms[kind])
    made = model.objects.get()
    again = commerce.post(url(kind, "edit", made.pk), forms[kind])

    assert (first.status_code, again.status_code) == (302, 302)
    assert [event.verb for event in Event.objects.about(made).order_by("pk")] == ["registered", "updated"]
    for page in (url(kind, "list"), url(kind, "add"), url(kind, "edit", made.pk)):
        assert english_in(commerce.get(page).content.decode()) == set()


def test_a_clerk_writes_tonnes_kilometres_and_minutes(forms, commerce):
    commerce.post(url("truckban", "add"), forms["truckban"])
    commerce.post(url("roaddistance", "add"), forms["roaddistance"])
    commerce.post(url("tollrules", "add"), forms["tollrules"])
    ban, way, tolls = TruckBan.objects.get(), RoadDistance.objects.get(), TollRules.objects.get()

    assert (ban.over_g, way.metres, way.seconds, tolls.motorway_from_m) == (4_500_000, 12_000, 1500, 12_000)
    assert 'value="4.5"' in commerce.get(url("truckban", "edit", ban.pk)).text
    shown = commerce.get(url("roaddistance", "edit", way.pk)).text
    assert 'value="12"' in shown
    assert 'value="25"' in shown
    assert "4.5" in commerce.get(url("truckban", "list")).text


@pytest.mark.parametrize(
    ("kind", "changes", "said"),
    [
        ("truckban", {"to_time": "06:00"}, "结束时间要晚于开始时间"),
        ("truckban", {"over_g": "4500000"}, "小于或等于"),
        ("transferpoint", {"closes_at": "03:00"}, "关闭时间要晚于开放时间"),
        ("yard", {"closes_at": "03:00"}, "停止装货的时间要晚于开始装货的时间"),
        ("tollrules", {"full_percent": "180"}, "百分比最多 100"),
    ],
)
def test_unfit_facts_are_refused_with_a_sentence(kind, changes, said, forms, commerce):
    response = commerce.post(url(kind, "add"), {**forms[kind], **changes})

    assert response.status_code == 200
    assert said in response.content.decode()
    assert not any(model.objects.exists() for model in (TruckBan, TransferPoint, Yard, TollRules))


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("transferpoint", "已经有同名的接驳点"),
        ("yard", "这个单位已经有装货点"),
        ("roaddistance", "这两个地点之间已经更正过"),
    ],
)
def test_the_same_again_is_refused_with_what_to_do(kind, said, forms, commerce):
    commerce.post(url(kind, "add"), forms[kind])

    again = commerce.post(url(kind, "add"), forms[kind]).text

    assert said in again
    assert "已存在" not in again
    assert "已经存在" not in again


def test_a_wrong_correction_is_dropped_and_that_is_remembered(forms, commerce):
    commerce.post(url("roaddistance", "add"), forms["roaddistance"])
    made = RoadDistance.objects.get()

    commerce.post(url("roaddistance", "delete", made.pk))

    assert not RoadDistance.objects.exists()
    assert Event.objects.filter(subject_id=made.pk, verb="dropped").count() == 1


def test_agriculture_sees_none_of_it(agriculture):
    for kind in KINDS:
        assert agriculture.get(url(kind, "list")).status_code in {302, 403}


@pytest.mark.parametrize("who", ["farmer", "buyer", "haulier", "driver", "agriculture_desk", "officer"])
def test_others_keep_nothing(cast, reference, who):
    ban = TruckBan(place=reference["tianyuan"], **{**BAN, "over_g": 4_500_000, "until": None})

    with pytest.raises(NotAllowed):
        keep(ban, by=getattr(cast, who))
    with pytest.raises(NotAllowed):
        drop(ban, by=getattr(cast, who))
    assert not TruckBan.objects.exists()


def test_nothing_else_is_kept_through_this_door(cast):
    with pytest.raises(TypeError):
        keep(Trip(), by=cast.dispatcher)
    with pytest.raises(TypeError):
        drop(TollRules(), by=cast.dispatcher)
