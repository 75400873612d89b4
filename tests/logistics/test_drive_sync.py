"""What a driver's phone sends: each report once, in order, answered by a sentence; nothing hostile gets further than that."""

import datetime as dt
import io
import json
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from market.models import Event, Notice
from orders.logistics.actions.reports import moment
from orders.logistics.actions.trips import add_load, add_trip, unplan_load
from orders.logistics.enums import LoadState, TripState
from orders.logistics.models import Evidence, RoadReport, Stop
from orders.logistics.views.throttle import MOST_A_MINUTE
from tests.factories.logistics import driver_of, stops
from tests.factories.reports import answers, report, send

URL = "logistics:drive_sync"


pytestmark = pytest.mark.usefixtures("_fresh_counts")


@pytest.fixture
def delivery(trip) -> Stop:
    return stops(trip)[1]


def jpeg() -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (400, 300), (9, 120, 60)).save(made, "JPEG")
    return made.getvalue()


def events(verb: str) -> int:
    return Event.objects.filter(verb=verb).count()


# --- order, repeats, refusals -----------------------------------------------------------------------------------------


def test_a_whole_trip_in_one_envelope(phone, trip, pickup, delivery):
    load = trip.loads.get()

    said = answers(
        phone,
        report("arrive", stop=pickup.pk),
        report("loaded", load=load.pk, quantity="480", unit="公斤"),
        report("depart", stop=pickup.pk),
        report("arrive", stop=delivery.pk),
        report("depart", stop=delivery.pk),
    )

    assert said == [("done", "")] * 5
    trip.refresh_from_db()
    load.refresh_from_db()
    assert (trip.state, load.state, load.loaded_g) == (TripState.COMPLETED, LoadState.LOADED, 480_000)
    assert list(RoadReport.objects.values_list("verb", "trip", "refusal")) == [
        (verb, trip.pk, "") for verb in ("arrive", "loaded", "depart", "arrive", "depart")
    ]


def test_a_repeat_answers_what_the_first_answered_and_does_nothing(phone, trip, pickup):
    load = trip.loads.get()
    first = report("arrive", stop=pickup.pk)
    wrong = report("loaded", load=load.pk, quantity="1001斤")
    said = answers(phone, first, wrong)

    assert said[0] == ("done", "")
    assert said[1][0] == "refused"
    assert "1,000 斤" in said[1][1]
    assert answers(phone, first, wrong) == said
    assert answers(phone, wrong, first) == said[::-1]
    assert (RoadReport.objects.count(), events("arrived"), events("loading")) == (2, 1, 1)


def test_a_key_says_what_it_said_even_for_other_facts(phone, trip, pickup, delivery):
    first = report("arrive", stop=pickup.pk)
    answers(phone, first)

    assert answers(phone, {**first, "verb": "depart", "facts": {"stop": delivery.pk}}) == [("done", "")]
    assert RoadReport.objects.get().verb == "arrive"


def test_after_a_refusal_the_same_trip_waits_and_other_things_go_on(phone, trip, pickup):
    load = trip.loads.get()
    last = report("depart", stop=pickup.pk)
    wrong = report("loaded", load=load.pk, quantity="2吨")

    said = answers(
        phone,
        report("arrive", stop=pickup.pk),
        wrong,
        last,
        report("problem", stop=pickup.pk, kind="delay", note="堵车"),
    )

    assert [state for state, _ in said] == ["done", "refused", "waiting", "done"]
    assert set(RoadReport.objects.values_list("verb", flat=True)) == {"arrive", "loaded", "problem"}
    assert [state for state, _ in answers(phone, report("loaded", load=load.pk, quantity="1000斤"), last)] == [
        "done",
        "done",
    ]
    trip.refresh_from_db()
    assert trip.state == TripState.EN_ROUTE


def test_a_load_taken_off_meanwhile_leaves_the_driver_at_the_same_stops(phone, day, pickup, trip):
    """The dispatcher changed the trip while its driver, out of reach, drove it as it was."""
    day.pledge("600斤")
    gone = trip.loads.get()
    kept = add_load(trip, day.pledge("300斤").allocations.get().pk, None, by=day.cast.dispatcher)
    before = [stop.pk for stop in stops(trip)]
    codes = [stop.code for stop in stops(trip)]
    unplan_load(gone, reason="买方不要了", by=day.cast.dispatcher)

    assert [stop.pk for stop in stops(trip)] == before
    assert [stop.code for stop in stops(trip)] == codes
    said = answers(phone, report("arrive", stop=before[0]), report("loaded", load=kept.pk, quantity="300斤"))
    assert [state for state, _ in said] == ["done", "done"]


def test_a_refusal_holds_up_no_other_trip(phone, trip, pickup, day):
    other = day.truck(driver=trip.driver)
    day.pledge("600斤")
    second = add_trip(day.day, other, [(day.pledge("400斤").allocations.get().pk, None)], by=day.cast.dispatcher)

    said = answers(
        phone,
        report("depart", stop=pickup.pk),
        report("arrive", stop=pickup.pk),
        report("arrive", stop=stops(second)[0].pk),
    )

    assert [state for state, _ in said] == ["refused", "waiting", "done"]


@pytest.mark.parametrize("person", ["haulier", "buyer", "farmer", "outsider"])
def test_who_is_no_driver_is_not_heard(day, trip, pickup, person):
    browser = Client()
    browser.force_login(getattr(day.cast, person))

    said = send(browser, report("arrive", stop=pickup.pk))

    assert said.status_code == 404
    assert "不是司机" in said.json()["error"]
    assert not RoadReport.objects.exists()


def test_other_peoples_trips_and_what_is_not_there_sound_alike(day, trip, pickup):
    stranger = Client()
    stranger.force_login(day.truck().driver.user)
    load = trip.loads.get()

    said = answers(
        stranger,
        report("arrive", stop=pickup.pk),
        report("arrive", stop=99_999_999),
        report("loaded", load=load.pk, quantity="1斤"),
        report("photo", stop=pickup.pk),
        report("problem", stop=pickup.pk, kind="other", note="x"),
    )

    assert {state for state, _ in said} == {"refused"}
    assert len({sentence for _, sentence in said}) == 1
    assert "不在您的车次里" in said[0][1]
    assert list(RoadReport.objects.values_list("trip", flat=True)) == [None] * 5
    pickup.refresh_from_db()
    assert pickup.arrived_at is None


def test_the_same_key_of_two_people_is_two_reports(phone, day, trip, pickup):
    key = uuid.uuid4()
    stranger = Client()
    stranger.force_login(day.truck().driver.user)

    assert answers(stranger, report("arrive", key=key, stop=pickup.pk))[0][0] == "refused"
    assert answers(phone, report("arrive", key=key, stop=pickup.pk)) == [("done", "")]


def test_a_dispatcher_reports_for_a_driver_who_calls_in(day, trip, pickup):
    browser = Client()
    browser.force_login(day.cast.dispatcher)

    assert answers(browser, report("arrive", stop=pickup.pk)) == [("done", "")]


# --- when it was ------------------------------------------------------------------------------------------------------


def test_the_phones_time_counts_and_both_are_kept(phone, trip, pickup):
    made_at = timezone.now()
    kept = RoadReport.objects
    answers(phone, report("arrive", made_at, stop=pickup.pk))

    pickup.refresh_from_db()
    assert pickup.arrived_at == made_at
    assert kept.get().made_at == made_at < kept.get().received_at


def test_a_time_that_cannot_be_is_replaced_by_ours(trip):
    now = trip.created_at + dt.timedelta(hours=3)

    assert moment(trip.created_at + dt.timedelta(hours=1), trip, now) == trip.created_at + dt.timedelta(hours=1)
    assert moment(now + dt.timedelta(minutes=1), trip, now) == now
    assert moment(now + dt.timedelta(days=1), trip, now) == now
    assert moment(trip.created_at - dt.timedelta(seconds=1), trip, now) == now


def test_a_clock_that_is_wrong_is_put_right_by_when_it_was_sent(phone, trip, pickup):
    """The phone is a day behind: what it did a second before sending was a second ago."""
    yesterday = timezone.now() - dt.timedelta(days=1)
    first = report("arrive", yesterday - dt.timedelta(seconds=0), stop=pickup.pk)

    answers(phone, first, sent_at=yesterday.isoformat())

    pickup.refresh_from_db()
    assert abs(pickup.arrived_at - timezone.now()) < dt.timedelta(seconds=30)
    assert RoadReport.objects.get().made_at == yesterday


# --- what is sent wrong -----------------------------------------------------------------------------------------------

GOOD = {"key": str(uuid.uuid4()), "verb": "arrive", "facts": {"stop": 1}, "made_at": "2021-08-08T08:00:00+08:00"}
DEEP = "[" * 100_000


@pytest.mark.parametrize(
    "body",
    [
        "", "null", "[]", "7", '"x"', "{", DEEP[:60_000], '{"reports": 7}', '{"reports": [7]}', '{"reports": [null]}',
        '{"reports": [{}]}', '{"reports": [NaN]}', '{"reports": [1e999]}', '{"reports": ["\\ud800"]}', "\x00", "\xff\xfe",
        json.dumps({"reports": [{**GOOD, "key": 5}]}),
        json.dumps({"reports": [{**GOOD, "key": "x"}]}),
        json.dumps({"reports": [{**GOOD, "verb": "steal"}]}),
        json.dumps({"reports": [{**GOOD, "verb": ["arrive"]}]}),
        json.dumps({"reports": [{**GOOD, "facts": []}]}),
        json.dumps({"reports": [{**GOOD, "facts": {"stop": [1]}}]}),
        json.dumps({"reports": [{**GOOD, "facts": {"stop": {"a": 1}}}]}),
        json.dumps({"reports": [{**GOOD, "facts": {str(n): n for n in range(21)}}]}),
        json.dumps({"reports": [{**GOOD, "made_at": 5}]}),
        json.dumps({"reports": [{**GOOD, "made_at": "yesterday"}]}),
        json.dumps({"reports": [{**GOOD, "made_at": "2021-08-08T08:00:00"}]}),
        json.dumps({"reports": [{**GOOD, "made_at": "2021-99-08T08:00:00Z"}]}),
        json.dumps({"reports": [{**GOOD, "made_at": "0001-01-01T00:00:00+14:00"}]}),
        json.dumps({"reports": [{**GOOD, "made_at": "9999-12-31T23:59:59-12:00"}]}),
        json.dumps({"reports": [], "sent_at": "soon"}),
        json.dumps({"reports": [GOOD] * 51}),
    ],
)  # fmt: skip
def test_what_no_phone_of_ours_sends_is_answered_400_with_a_sentence(phone, body):
    said = phone.post(reverse(URL), body, content_type="application/json")

    assert said.status_code == 400, said.content
    assert said.json()["error"].strip()
    assert not RoadReport.objects.exists()


@pytest.mark.parametrize("value", ["x" * 10_000, "9" * 400, -1, 0, 1.5, 10**30, True, None, "\x00", "<b>", "%s%(a)s"])
@pytest.mark.parametrize(
    ("verb", "names"),
    [
        ("arrive", "stop"), ("depart", "stop"), ("loaded", "load quantity unit"), ("not_loaded", "load reason"),
        ("problem", "stop kind note lat lon"), ("photo", "stop"), ("handover", "stop code reason"), ("seal", "stop number"),
    ],
)  # fmt: skip
def test_facts_that_cannot_be_are_refused_by_a_sentence(phone, verb, names, value):
    said = answers(phone, report(verb, **dict.fromkeys(names.split(), value)))

    assert said[0][0] == "refused"
    assert 0 < len(said[0][1]) <= 300
    assert RoadReport.objects.get().refusal == said[0][1]


def test_the_sentence_names_the_report_that_is_to_blame(phone, trip, pickup):
    good, bad = report("arrive", stop=pickup.pk), report("fly", stop=pickup.pk)

    said = send(phone, good, bad)

    assert (said.status_code, said.json()["key"]) == (400, bad["key"])
    assert not RoadReport.objects.exists()


def test_too_much_and_too_often_are_answered_in_json(phone, trip, pickup):
    assert phone.post(reverse(URL), "x" * 70_000, content_type="application/json").status_code == 413
    for _ in range(MOST_A_MINUTE):
        assert send(phone).status_code == 200
    said = send(phone, report("arrive", stop=pickup.pk))
    assert said.status_code == 429
    assert "过一分钟" in said.json()["error"]
    assert not RoadReport.objects.exists()


def test_nobody_logged_in_and_somebody_else_are_told_apart(phone, trip, pickup):
    assert send(Client(), report("arrive", stop=pickup.pk)).status_code == 401
    said = send(phone, report("arrive", stop=pickup.pk), user=driver_of(trip).pk + 1)
    assert (said.status_code, RoadReport.objects.count()) == (409, 0)
    assert send(phone, report("arrive", stop=pickup.pk), user=driver_of(trip).pk).status_code == 200


def test_it_asks_for_the_token_of_the_form(trip, pickup):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(driver_of(trip))

    assert send(browser, report("arrive", stop=pickup.pk)).status_code == 403
    assert not RoadReport.objects.exists()


# --- photographs and problems -----------------------------------------------------------------------------------------


def send_photo(phone, one, content=None):
    body = {"reports": json.dumps({"reports": [one]}), one["key"]: SimpleUploadedFile("a.jpg", content or jpeg())}
    return phone.post(reverse(URL), body)


def test_a_photo_is_cleaned_and_kept_once(phone, trip, pickup):
    one = report("photo", stop=pickup.pk)

    for _ in range(2):
        assert send_photo(phone, one).json()["answers"][0]["state"] == "done"

    kept = Evidence.objects.get()
    assert (kept.trip, kept.stop, kept.kind, str(kept.key)) == (trip, pickup, "road", one["key"])
    assert kept.picture.read()[:3] == b"\xff\xd8\xff"
    assert answers(phone, one) == [("done", "")]  # the picture need not be sent again


def test_what_is_no_photo_is_refused(phone, pickup):
    said = send_photo(phone, report("photo", stop=pickup.pk), b"GIF89a not a picture").json()["answers"][0]

    assert (said["state"], Evidence.objects.count()) == ("refused", 0)
    assert answers(phone, report("photo", stop=pickup.pk))[0] == ("refused", "没有收到照片，请重新拍一张")


@pytest.mark.parametrize(("kind", "verb"), [("delay", "delayed"), ("road_closed", "road_closed"), ("other", "problem")])
def test_a_problem_reaches_the_dispatchers_once(phone, day, trip, pickup, kind, verb):
    one = report("problem", stop=pickup.pk, kind=kind, note="白关桥封了")

    answers(phone, one)
    answers(phone, one)

    assert Event.objects.get(verb=verb).reason == "白关桥封了"
    notice = Notice.objects.get(key=f"problem-{one['key']}")
    assert notice.facts["plate"] == trip.truck.plate
    assert str(trip.pk) in notice.url
