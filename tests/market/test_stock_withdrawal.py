"""收回: unsold grams off one day, guarded, told in the history, and kept off by the next publication."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from market.actions.lots import reserve, withdraw_stock
from market.exceptions import NotAllowed, OfferBelowReserved, ReasonNeeded, StockMoved, WithdrawnTooMuch
from market.models import Event, Listing, Lot, User
from tests.factories import make_live_listing, signed_in
from tests.pages import words_of

OFFERED = 10_000_000


@pytest.fixture
def listing(cast, reference) -> Listing:
    return make_live_listing(cast.household, reference["loofah"], reference["village"], by=cast.farmer)


@pytest.fixture
def lot(listing) -> Lot:
    return listing.lots.get(day=timezone.localdate() + dt.timedelta(days=1))


def again(user: User) -> User:
    return User.objects.get(pk=user.pk)


def take_back(lot: Lot, cast, grams: int = 150_000, **changes) -> Lot:
    return withdraw_stock(lot, **{"grams": grams, "reason": "坏了", "by": again(cast.farmer), **changes})


def stock(lot: Lot) -> tuple[int, int, int, bool]:
    now = Lot.objects.get(pk=lot.pk)
    return now.offered_g, now.reserved_g, now.withdrawn_g, now.is_open


def told(listing: Listing) -> list[Event]:
    return list(Event.objects.about(listing).filter(verb="stock_withdrawn"))


# --- the action ---


def test_what_is_taken_back_is_off_the_offer_and_in_the_history(lot, listing, cast):
    reserve(lot.pk, 1_000_000)

    now = take_back(lot, cast, reason=" 坏了 ")

    [event] = told(listing)
    assert stock(lot) == (OFFERED - 150_000, 1_000_000, 150_000, True)
    assert now.remaining_g == OFFERED - 1_150_000
    assert (event.grams, event.reason, event.by, event.on_behalf_of, event.from_state) == (
        150_000,
        "坏了",
        cast.farmer,
        None,
        lot.day.isoformat(),
    )
    assert [one.withdrawn_g for one in listing.lots.exclude(pk=lot.pk)] == [0, 0]


def test_all_that_is_left_may_go_and_what_is_promised_stays(lot, cast):
    reserve(lot.pk, 1_000_000)

    take_back(lot, cast, OFFERED - 1_000_000)

    assert stock(lot) == (1_000_000, 1_000_000, OFFERED - 1_000_000, True)


def test_a_day_of_which_nothing_is_left_is_off_the_board_and_comes_back_with_a_larger_offer(lot, listing, cast):
    take_back(lot, cast, OFFERED)
    assert stock(lot) == (0, 0, OFFERED, False)

    republish(listing, cast.farmer, quantity_per_day_g=OFFERED)
    assert stock(lot) == (0, 0, OFFERED, False)

    republish(listing, cast.farmer, quantity_per_day_g=OFFERED + 500_000)
    assert stock(lot) == (500_000, 0, OFFERED, True)


def republish(listing: Listing, by: User, **changes) -> None:
    draft = Listing.objects.get(pk=listing.pk).get_latest_revision_as_object()
    for name, value in changes.items():
        setattr(draft, name, value)
    draft.save_revision(user=by).publish()


def test_a_new_publication_keeps_it_off(lot, listing, cast):
    take_back(lot, cast)

    republish(listing, cast.farmer, quantity_per_day_g=OFFERED, note="换个说明")

    assert stock(lot) == (OFFERED - 150_000, 0, 150_000, True)
    assert {one.offered_g for one in listing.lots.exclude(pk=lot.pk)} == {OFFERED}


def test_and_an_edit_may_not_lower_what_is_left_below_what_is_promised(lot, listing, cast):
    reserve(lot.pk, 1_000_000)
    take_back(lot, cast, OFFERED - 1_000_000)

    with pytest.raises(OfferBelowReserved):
        republish(listing, cast.farmer, quantity_per_day_g=OFFERED - 500)

    assert stock(lot) == (1_000_000, 1_000_000, OFFERED - 1_000_000, True)


def test_more_than_is_left_is_refused_and_writes_nothing(lot, listing, cast):
    reserve(lot.pk, OFFERED - 100_000)

    with pytest.raises(WithdrawnTooMuch) as refused:
        take_back(lot, cast, 100_001)

    assert str(refused.value) == "这一天最多还能收回 200 斤 = 100 公斤，其余的已经有人认购"
    assert stock(lot) == (OFFERED, OFFERED - 100_000, 0, True)
    assert told(listing) == []


def test_a_form_sent_twice_takes_back_once(lot, listing, cast):
    for _ in range(2):
        take_back(lot, cast, known_g=0)

    assert stock(lot)[2] == 150_000
    assert len(told(listing)) == 1


def test_a_form_opened_before_something_else_changed_is_refused(lot, listing, cast):
    take_back(lot, cast, 50_000, known_g=0)

    with pytest.raises(StockMoved):
        take_back(lot, cast, 150_000, known_g=0)

    assert stock(lot)[2] == 50_000
    assert take_back(lot, cast, 150_000, known_g=50_000).withdrawn_g == 200_000
    with pytest.raises(StockMoved):
        take_back(lot, cast, 50_000, known_g=0)


@pytest.mark.parametrize("reason", ["", "  ", "坏" * 201])
def test_it_wants_a_reason(reason, lot, cast):
    with pytest.raises(ReasonNeeded):
        take_back(lot, cast, reason=reason)

    assert stock(lot) == (OFFERED, 0, 0, True)


@pytest.mark.parametrize("grams", [0, -5])
def test_nothing_and_less_cannot_be_taken_back(grams, lot, cast):
    with pytest.raises(ValueError, match="nothing"):
        take_back(lot, cast, grams)

    assert stock(lot) == (OFFERED, 0, 0, True)


def test_who_may(lot, cast):
    may = {"farmer", "helper", "commerce_desk", "admin"}

    found = set()
    for role, person in cast.people().items():
        try:
            take_back(lot, cast, 500, by=again(person))
        except NotAllowed:
            continue
        found.add(role)

    assert found == may
    assert stock(lot)[2] == 500 * len(may)


def test_a_helper_and_the_desk_do_it_on_behalf_of_the_grower(lot, listing, cast):
    for person in (cast.helper, cast.commerce_desk):
        take_back(lot, cast, 500, by=again(person))

    assert [(event.by, event.on_behalf_of) for event in told(listing)] == [
        (cast.helper, cast.household),
        (cast.commerce_desk, cast.household),
    ]


# --- the screen ---


def page_url(lot: Lot) -> str:
    return reverse("market:withdraw_day", args=[lot.pk])


def form_of(**changes) -> dict:
    return {"known": "0", "quantity": "300斤", "reason": "坏了", **changes}


def test_the_page_of_the_listing_leads_there_for_every_day_with_something_left(lot, listing, cast):
    browser = signed_in(cast.farmer)
    full = listing.lots.exclude(pk=lot.pk).first()
    reserve(full.pk, OFFERED)

    html = browser.get(reverse("market:listing", args=[listing.pk])).content.decode()

    assert page_url(lot) in html
    assert page_url(full) not in html


def test_taking_back_is_said_on_the_page_of_the_listing(lot, listing, cast):
    reserve(lot.pk, 1_000_000)
    browser = signed_in(cast.farmer)
    words = words_of(browser.get(page_url(lot)))
    assert "还有 1.8 万斤 = 9 吨 没人认购" in words
    assert "已经认购的 2,000 斤 = 1 吨 不能收回" in words

    page = browser.post(page_url(lot), form_of(), follow=True)

    words = words_of(page)
    assert "已收回 300 斤 = 150 公斤，买家看不到了" in words
    assert "没人认购的 300 斤 = 150 公斤" in words
    assert stock(lot) == (OFFERED - 150_000, 1_000_000, 150_000, True)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"quantity": ""}, "请写收回多少"),
        ({"quantity": "三大堆"}, "不认识单位“大堆”"),
        ({"quantity": "9万斤"}, "这一天最多还能收回 2 万斤 = 10 吨"),
        ({"reason": ""}, "请写为什么收回"),
        ({"known": "7"}, "这一天的数刚刚变过"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_written(changes, said, lot, cast):
    page = signed_in(cast.farmer).post(page_url(lot), form_of(**changes))

    assert said in words_of(page)
    assert stock(lot) == (OFFERED, 0, 0, True)


def test_a_second_tap_takes_back_once(lot, listing, cast):
    browser = signed_in(cast.farmer)
    for _ in range(2):
        assert browser.post(page_url(lot), form_of()).status_code == 302

    assert stock(lot)[2] == 150_000


def test_a_lot_with_nothing_offered_any_more_says_it_is_gone(lot, client, cast):
    take_back(lot, cast, OFFERED)

    assert "这批货已经下架" in words_of(client.get(reverse("market:lot", args=[lot.pk])))
