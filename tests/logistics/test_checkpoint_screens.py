"""The officer's page as the server gives it, where its records arrive, and the desk's lists of visits, alarms, checkpoints."""

import json
import time
import uuid

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from market.enums import Role
from market.models import Event
from orders.logistics.actions.checkpoints import CheckpointFacts, change_checkpoint, open_checkpoint
from orders.logistics.actions.visits import record_visits
from orders.logistics.checkpoint_words import REASONS, sentences_of
from orders.logistics.codes.verdicts import VERDICTS
from orders.logistics.exceptions_visits import CheckpointNameTaken, HalfAPoint, NotACheckpointUnit
from orders.logistics.models import Checkpoint, CheckpointAlarm, CheckpointVisit
from tests.factories.checkpoints import make_checkpoint, make_scan
from tests.pages import logged_in, words_of

DEVICE = uuid.UUID("11111111-1111-4111-8111-111111111111")
PERSONS = 5  # session, person, memberships, and twice what the person may in the back office
SYNC = "/logistics/checkpoint/sync/"


@pytest.fixture
def here(cast):
    cache.clear()  # what was sent in a minute is counted there
    return make_checkpoint(cast.checkpoint)


def setup_of(page) -> dict:
    text = page.content.decode().split('<script id="setup" type="application/json">')[1].split("</script>")[0]
    return json.loads(text)


def scans(here, cast, count):
    found = []
    for number in range(count):
        found.append(make_scan(DEVICE, here, cast.officer, after=found[-1] if found else None, token=f"{number:016x}"))
    return found


def batch(here, *records, **facts) -> dict:
    sent = [{**scan.facts, "hash": scan.hash, "text": ""} for scan in records]
    values = {"device": str(DEVICE), "checkpoint": here.pk, "now": int(time.time()), "bundle": 3}
    return {**values, "records": sent, "decisions": [], **facts}


def send(person, body) -> object:
    return logged_in(person).post(SYNC, json.dumps(body), content_type="application/json")


# --- the page ---


def test_every_reason_has_a_sentence_and_a_cure():
    assert set(REASONS) == set(VERDICTS)
    assert all(str(say) and str(cure) for say, cure in REASONS.values())
    assert sentences_of(["expired", "no such"]) == ["通行码已过期"]


def test_the_page_holds_what_the_phone_needs_and_no_inline_script(here, cast):
    page = logged_in(cast.officer).get(reverse("logistics:checkpoint"))

    setup = setup_of(page)
    assert setup["checkpoints"] == [
        {"id": here.pk, "name": here.name, "place": here.place_id, "lat": here.lat, "lon": here.lon}
    ]
    assert (setup["user"], setup["pin"]) == (cast.officer.pk, None)
    assert set(setup["words"]["reasons"]) == set(VERDICTS)
    policy = page.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'self'" in policy
    assert page.headers["X-App-Version"]


def test_the_page_is_for_officers_with_a_checkpoint_in_use(here, cast):
    here.is_active = False
    here.save()

    page = logged_in(cast.officer).get(reverse("logistics:checkpoint"))

    assert page.status_code == 404
    assert "还没有使用中的查验点" in words_of(page)
    assert "X-App-Version" not in page.headers


def test_the_worker_names_every_module_and_its_scope_is_the_page(here, cast, client):
    body = client.get(reverse("logistics:checkpoint_worker")).content.decode()

    setup = json.loads(body.split("const SETUP = ")[1].split(";\n")[0])
    assert setup["page"] == reverse("logistics:checkpoint")
    names = {url.rsplit("/", 1)[1] for url in setup["files"]}
    assert names >= {"app.js", "device.js", "verdicts.js", "decode.js", "byte-utils.js", "jsQR.js", "checkpoint.css"}
    manifest = client.get(reverse("logistics:checkpoint_manifest")).json()
    assert (manifest["start_url"], manifest["scope"], manifest["display"]) == (
        setup["page"],
        setup["page"],
        "standalone",
    )
    assert [icon["sizes"] for icon in manifest["icons"]] == ["192x192", "512x512"]


def test_a_page_costs_two_statements_beside_the_persons(here, cast, django_assert_num_queries):
    browser = logged_in(cast.officer)
    for number in (1, 3):
        while Checkpoint.objects.count() < number:
            make_checkpoint(cast.checkpoint, f"查验点{Checkpoint.objects.count()}")
        with django_assert_num_queries(2 + PERSONS):
            browser.get(reverse("logistics:checkpoint"))


# --- what arrives ---


def test_records_and_decisions_arrive_together(here, cast):
    one, two = scans(here, cast, 2)
    decisions = [{"seq": 1, "state": "passed", "reason": ""}, {"seq": 2, "state": "held", "reason": ""}]

    answer = send(cast.officer, batch(here, one, two, decisions=decisions)).json()

    assert [row["hash"] for row in answer["records"]] == [one.hash, two.hash]
    assert [row["alarms"] for row in answer["records"]] == [["never_issued"]] * 2
    assert answer["decisions"] == [
        {"seq": 1, "refused": ""},
        {"seq": 2, "refused": "处理和核验结论不一致，请写原因"},
    ]
    assert list(CheckpointVisit.objects.order_by("seq").values_list("state", flat=True)) == ["passed", "seen"]
    again = send(cast.officer, batch(here, one, two, decisions=decisions[:1])).json()
    assert again["records"] == answer["records"]
    assert CheckpointVisit.objects.count() == 2


@pytest.mark.parametrize(
    "change",
    [
        {"records": "x"}, {"records": [1]}, {"device": "x"}, {"now": "1"}, {"now": -1}, {"now": 10**18}, {"bundle": 2**40},
        {"checkpoint": None}, {"decisions": [{"seq": 1, "state": "seen", "reason": ""}]}, {"decisions": [{"seq": 0}]},
    ],
)  # fmt: skip
def test_a_batch_of_another_shape_is_refused_whole(here, cast, change):
    assert send(cast.officer, batch(here, *scans(here, cast, 1), **change)).status_code == 400
    assert CheckpointVisit.objects.count() == 0


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("token", "xyz"), ("token", "AB" * 8), ("hash", ""), ("previous", "0"), ("verdict", "green"), ("seq", 0), ("seq", True),
        ("plate", "x" * 11), ("plate", "\ud800"), ("plate", "a\x00b"), ("reasons", ["a" * 40]), ("reasons", "genuine"),
        ("seen_at", 2**40), ("seen_at", -1), ("v", 2), ("text", "x" * 3000), ("device", "e6827a93-1522-41d1-a989-7e1ca3a82f14"),
    ],
)  # fmt: skip
def test_a_record_of_another_shape_is_refused(here, cast, name, value):
    body = batch(here, *scans(here, cast, 1))
    body["records"][0][name] = value

    assert send(cast.officer, body).status_code == 400
    assert CheckpointVisit.objects.count() == 0


def test_garbage_others_checkpoints_and_another_units_device_are_refused(here, cast):
    other = make_checkpoint(cast.police, "交警查验点")
    assert logged_in(cast.officer).post(SYNC, b"\xff{", content_type="application/json").status_code == 400
    assert logged_in(cast.officer).post(SYNC, {"records": "x"}).status_code == 400
    assert send(cast.officer, batch(other)).status_code == 404
    assert send(cast.driver, batch(here)).status_code == 404
    send(cast.officer, batch(here, *scans(here, cast, 1)))
    here_too = make_checkpoint(cast.checkpoint, "另一处")
    refused = send(cast.officer, batch(here_too))
    assert (refused.status_code, "别的查验点" in refused.json()["refused"]) == (409, True)


# --- the desk ---


@pytest.fixture
def seen(here, cast):
    def see(count: int):
        made = [*scans(here, cast, count)]
        record_visits(here, DEVICE, made, by=cast.officer)

    return see


@pytest.mark.parametrize(("name", "statements"), [("visits", 4), ("alarms", 3)])
def test_lists_cost_the_same_whatever_the_rows(seen, cast, django_assert_num_queries, name, statements):
    browser = logged_in(cast.dispatcher)
    for count in (1, 4):
        seen(count)
        with django_assert_num_queries(statements + PERSONS):
            page = browser.get(reverse(f"logistics:{name}"))
        assert words_of(page).count("湘B12345") >= count


def test_a_visit_costs_the_same_whatever_its_alarms(seen, cast, django_assert_num_queries):
    seen(1)
    visit = CheckpointVisit.objects.get()
    browser = logged_in(cast.officer)
    with django_assert_num_queries(3 + PERSONS):
        words = words_of(browser.get(reverse("logistics:visit", args=[visit.pk])))
    assert [said for said in ("通行码有效", "签名有效但系统没有签发过", "劝返") if said not in words] == []


def test_checkpoints_cost_the_same_whatever_the_rows(here, seen, cast, django_assert_num_queries):
    seen(2)
    browser = logged_in(cast.supervisor)
    for number in (1, 3):
        while Checkpoint.objects.count() < number:
            make_checkpoint(cast.checkpoint, f"查验点{Checkpoint.objects.count()}")
        with django_assert_num_queries(2 + PERSONS):
            page = browser.get(reverse("logistics:checkpoints"))
    assert "2 次" in words_of(page)


def test_officers_see_their_own_checkpoint_only(seen, cast, reference):
    seen(1)
    cast.police.memberships.create(user=cast.outsider, role=Role.OFFICER)
    visit = CheckpointVisit.objects.get()

    other = logged_in(cast.outsider)
    assert "没有查验记录" in words_of(other.get(reverse("logistics:visits")))
    assert other.get(reverse("logistics:visit", args=[visit.pk])).status_code == 404
    assert "湘B12345" in words_of(logged_in(cast.officer).get(reverse("logistics:visits")))
    assert "湘B12345" in words_of(logged_in(cast.issuer).get(reverse("logistics:visits")))


def test_filters(seen, here, cast):
    seen(2)
    CheckpointVisit.objects.filter(seq=2).update(plate="湘A00001", verdict="refuse")
    browser = logged_in(cast.dispatcher)

    def shown(**query):
        return words_of(browser.get(reverse("logistics:visits"), query)).count("湘")

    day = timezone.localdate().isoformat()
    assert shown() == 2
    assert (shown(plate="a000"), shown(verdict="refuse"), shown(state="held")) == (1, 1, 0)
    assert (shown(checkpoint=here.pk, day=day), shown(day="2021-08-08"), shown(verdict="x", day="y")) == (2, 0, 2)
    alarms = browser.get(reverse("logistics:alarms"), {"open": "on", "kind": "copied"})
    assert "没有查验警报" in words_of(alarms)


def test_an_alarm_is_handled_with_a_note_on_the_desk(seen, cast):
    seen(1)
    alarm = CheckpointAlarm.objects.get()
    url = reverse("logistics:alarm_handle", args=[alarm.pk])
    browser = logged_in(cast.dispatcher)

    assert "请写处理结果" in browser.post(url, {"note": ""}, follow=True).content.decode()
    browser.post(url, {"note": "已电话核实"})

    alarm.refresh_from_db()
    assert (alarm.note, alarm.handled_by) == ("已电话核实", cast.dispatcher)
    assert "已处理：已电话核实" in words_of(browser.get(reverse("logistics:alarms")))
    assert logged_in(cast.officer).post(url, {"note": "x"}).status_code == 404


def test_an_officer_decides_on_the_desk_too(seen, cast):
    seen(1)
    visit = CheckpointVisit.objects.get()
    url = reverse("logistics:visit_decide", args=[visit.pk])

    assert "请选怎么处理" in logged_in(cast.officer).post(url, {"to": "seen"}, follow=True).content.decode()
    logged_in(cast.dispatcher).post(url, {"to": "passed"})
    visit.refresh_from_db()
    assert visit.state == "seen"
    logged_in(cast.officer).post(url, {"to": "passed"})
    visit.refresh_from_db()
    assert visit.state == "passed"


# --- setting up ---


def test_the_bureau_sets_a_checkpoint_up_and_changes_it(cast, reference):
    browser = logged_in(cast.supervisor)
    form = {
        "name": "云龙收费站", "organisation": cast.police.pk, "place": reference["tianyuan"].code,
        "lat": "27.9", "lon": "", "is_active": "on",
    }  # fmt: skip
    assert "纬度和经度要一起填" in browser.post(reverse("logistics:checkpoint_new"), form).content.decode()
    assert Checkpoint.objects.count() == 0

    browser.post(reverse("logistics:checkpoint_new"), {**form, "lon": "113.1"})
    browser.post(reverse("logistics:checkpoint_new"), {**form, "lon": "113.1"})
    one = Checkpoint.objects.get()
    assert (one.name, one.organisation, one.place, one.lat, one.lon, one.is_active) == (
        "云龙收费站", cast.police, reference["tianyuan"], 27.9, 113.1, True,
    )  # fmt: skip
    browser.post(reverse("logistics:checkpoint_change", args=[one.pk]), {**form, "lat": "", "name": "云龙出口"})

    one.refresh_from_db()
    assert (one.name, one.lat, one.is_active) == ("云龙出口", None, True)
    assert [event.verb for event in Event.objects.about(one).order_by("pk")] == ["opened", "changed"]


def test_refusals_of_setting_up(here, cast, reference):
    facts = CheckpointFacts(cast.police, here.name, reference["tianyuan"])
    with pytest.raises(CheckpointNameTaken):
        open_checkpoint(facts, by=cast.dispatcher)
    with pytest.raises(
        CheckpointNameTaken
    ):  # the same name and place, but another point: it is changed, not opened again
        open_checkpoint(CheckpointFacts(here.organisation, here.name, here.place, 27.5, 113.0), by=cast.dispatcher)
    with pytest.raises(NotACheckpointUnit):
        open_checkpoint(CheckpointFacts(cast.carrier, "新", reference["tianyuan"]), by=cast.dispatcher)
    with pytest.raises(HalfAPoint):
        change_checkpoint(here, CheckpointFacts(cast.police, "新", reference["tianyuan"], lon=1.0), by=cast.dispatcher)
    assert Checkpoint.objects.count() == 1
    assert Event.objects.count() == 0


def test_what_is_sent_too_often_is_refused_for_a_minute(here, cast):
    phone, body = logged_in(cast.officer), json.dumps(batch(here))
    said = [phone.post(SYNC, body, content_type="application/json") for _number in range(61)]

    assert [one.status_code for one in said] == [200] * 60 + [429]
    assert "过一分钟" in said[-1].json()["refused"]
    assert not CheckpointVisit.objects.exists()
