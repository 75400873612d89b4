"""限价: which ceiling binds, exactly; what is refused at the seller's door, and who is told."""

import datetime as dt
from decimal import Decimal
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from market.actions.ceilings import end_ceiling, lowest_ceiling, require_under_ceiling, set_ceiling
from market.actions.listings import edit_listing, submit_listing
from market.enums import PriceUnit
from market.exceptions import NotAllowed, PriceAboveCeiling, UnfitText
from market.imports import carry_out
from market.imports.listings import ListingImport
from market.models import Event, Listing, Notice, PriceCeiling, User
from market.quantities import Pack, price_per_kg
from market.queries.ceilings import ceilings_ahead, listings_above
from market.sentences import sentence_of
from market.wording import calendar_day
from tests.factories import make_live_listing, make_submitted_listing, make_terms
from tests.factories.ceilings import make_ceiling
from tests.factories.listing_rows import CHINESE, row
from tests.factories.sheets import as_csv, sheet_of
from tests.pages import words_of

TODAY = timezone.localdate


def day(n: int) -> dt.date:
    return TODAY() + dt.timedelta(days=n)


def again(user: User) -> User:
    return User.objects.get(pk=user.pk)


@pytest.fixture
def loofah(reference):
    return reference["loofah"]


@pytest.fixture
def desk(cast) -> User:
    return cast.commerce_desk


def refused(produce, price: str, unit: str, on: dt.date | None = None, pack: Pack | None = None) -> bool:
    try:
        require_under_ceiling(produce.pk, price_per_kg(Decimal(price), unit, pack), on or TODAY())
    except PriceAboveCeiling:
        return True
    return False


# --- which one binds ---


def test_the_lowest_of_several_binds(loofah, desk):
    make_ceiling(loofah, "2.40", by=desk)
    lower = make_ceiling(loofah, "4.60", price_unit=PriceUnit.KG, by=desk)
    make_ceiling(loofah, "5000", price_unit=PriceUnit.TONNE, by=desk)

    assert lowest_ceiling(loofah.pk, TODAY()) == lower
    assert (refused(loofah, "2.31", "斤"), refused(loofah, "2.30", "斤")) == (True, False)


def test_a_double_tap_sets_one_so_that_ending_it_frees_the_price(loofah, desk):
    first, again = (make_ceiling(loofah, "2.00", by=desk) for _ in range(2))

    assert again == first
    assert Event.objects.filter(verb="set").count() == 1
    end_ceiling(first, reason="货源恢复", by=desk)
    require_under_ceiling(loofah.pk, price_per_kg(Decimal("9.00"), "斤"), timezone.localdate())
    assert make_ceiling(loofah, "2.00", by=desk) != first  # set anew after it was ended


def test_two_that_differ_in_the_fifth_place_are_told_apart(loofah, desk):
    make_ceiling(loofah, "2400.56", price_unit=PriceUnit.TONNE, by=desk)
    lower = make_ceiling(loofah, "2400.55", price_unit=PriceUnit.TONNE, by=desk)
    make_ceiling(loofah, "2400.57", price_unit=PriceUnit.TONNE, by=desk)

    assert lowest_ceiling(loofah.pk, TODAY()) == lower
    assert (refused(loofah, "2400.56", "吨"), refused(loofah, "2400.55", "吨")) == (True, False)


@pytest.mark.parametrize(
    ("price", "unit", "is_refused"),
    [
        ("2.40", "斤", False), ("2.41", "斤", True), ("4.80", "公斤", False), ("4.81", "公斤", True),
        ("4800", "吨", False), ("4800.01", "吨", True), ("96", "筐", False), ("96.01", "筐", True),
    ],
)  # fmt: skip
def test_prices_in_every_unit_compare_exactly(price, unit, is_refused, loofah, desk):
    make_ceiling(loofah, "2.40", by=desk)

    assert refused(loofah, price, unit, pack=Pack("筐", 20_000)) is is_refused


def test_a_pack_whose_kilogram_has_no_end_is_not_rounded(loofah, desk):
    """10 yuan for 3 kg are 3.3333… a kg: above 3.33, below 3.34."""
    make_ceiling(loofah, "3.34", price_unit=PriceUnit.KG, by=desk)
    assert not refused(loofah, "10", "袋", pack=Pack("袋", 3_000))
    make_ceiling(loofah, "3.33", price_unit=PriceUnit.KG, by=desk)
    assert refused(loofah, "10", "袋", pack=Pack("袋", 3_000))


@pytest.mark.parametrize(("n", "binds"), [(-1, False), (0, False), (1, True), (2, True), (3, False)])
def test_it_binds_from_its_first_day_to_its_last(n, binds, loofah, desk):
    make_ceiling(loofah, "2.40", first_day=day(1), last_day=day(2), by=desk)

    assert refused(loofah, "3", "斤", day(n)) is binds


def test_other_produce_and_an_open_price_are_free(loofah, reference, desk):
    make_ceiling(loofah, "2.40", by=desk)

    require_under_ceiling(loofah.pk, None, TODAY())
    assert not refused(reference["peach"], "99", "斤")


def test_an_ended_one_binds_nobody(loofah, desk):
    ceiling = end_ceiling(make_ceiling(loofah, "2.40", by=desk), reason="供应恢复", by=desk)
    again_ended = end_ceiling(ceiling, reason="再取消一次", by=desk)

    events = Event.objects.about(ceiling)
    assert not refused(loofah, "9", "斤")
    assert [(event.verb, event.by, event.reason) for event in events] == [
        ("set", desk, "封控期间防止哄抬价格"),
        ("ended", desk, "供应恢复"),
    ]
    assert again_ended.ended_at == ceiling.ended_at
    assert ceilings_ahead() == []


# --- setting one ---


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"price": "0"}, "price"),
        ({"price": "-1"}, "price"),
        ({"price_unit": PriceUnit.PACK}, ""),
        ({"price_unit": "pound"}, "price_unit"),
        ({"reason": "  "}, "reason"),
        ({"reason": "长" * 201}, "reason"),
        ({"last_day": "before"}, ""),
    ],
)
def test_an_unfit_one_is_refused_and_nothing_is_written(facts, field, loofah, desk):
    facts = {**facts, "last_day": day(-1)} if "last_day" in facts else facts

    with pytest.raises(UnfitText) as said:
        make_ceiling(loofah, facts.pop("price", "2.40"), by=desk, **facts)

    assert said.value.field in {field, ""}
    assert not PriceCeiling.objects.exists()
    assert not Event.objects.filter(subject="market.priceceiling").exists()


def test_only_the_commerce_desk_sets_and_ends(loofah, cast, desk):
    ceiling = make_ceiling(loofah, "2.40", by=desk)
    found = set()
    for role, person in cast.people().items():
        try:
            make_ceiling(loofah, "2.50", by=again(person))
            end_ceiling(PriceCeiling.objects.latest("pk"), reason="试", by=again(person))
        except NotAllowed:
            with pytest.raises(NotAllowed):
                end_ceiling(ceiling, reason="试", by=again(person))
            continue
        found.add(role)

    assert found == {"commerce_desk", "admin"}
    assert PriceCeiling.objects.get(pk=ceiling.pk).ended_at is None


def test_sellers_above_it_are_told_once_with_how_many(loofah, reference, cast, desk):
    goods = (loofah, reference["village"])
    for price in ("2.41", "3.00"):
        make_live_listing(cast.household, *goods, by=cast.farmer, price=Decimal(price))
    make_live_listing(cast.rival_household, *goods, by=cast.rival_farmer, price=Decimal("2.40"))
    make_live_listing(cast.cooperative, *goods, by=cast.cooperative_manager, price=None)
    make_submitted_listing(cast.rival_household, *goods, by=cast.rival_farmer, price=Decimal("9"))

    ceiling = make_ceiling(loofah, "2.40", by=desk)

    [notice] = Notice.objects.all()
    assert notice.recipient == cast.household
    assert sentence_of(notice.text, notice.facts) == (
        f"丝瓜从 {calendar_day(TODAY())} 起限价 2.40 元/斤，您有 2 条货源超过了，请改低单价，不改买家不能认购。"
        "原因：封控期间防止哄抬价格"
    )
    with translation.override("en"):
        english = sentence_of(notice.text, notice.facts)
    assert "loofah" in english
    assert "2.40 yuan/jin" in english
    assert {listing.price for listing in listings_above(ceiling)} == {Decimal("2.41"), Decimal("3.00")}
    assert {listing.live for listing in listings_above(ceiling)} == {True}


def test_listings_on_other_days_are_not_above_it(loofah, reference, cast, desk):
    make_live_listing(cast.household, loofah, reference["village"], by=cast.farmer, price=Decimal("9"))

    later = make_ceiling(loofah, "2.40", first_day=day(3), by=desk)
    earlier = make_ceiling(loofah, "2.40", first_day=day(-3), last_day=day(-1), by=desk)

    assert (listings_above(later), listings_above(earlier)) == ([], [])
    assert not Notice.objects.exists()


# --- at the seller's door ---


def test_a_listing_above_it_on_any_of_its_days_is_refused_and_nothing_is_written(loofah, reference, cast, desk):
    make_ceiling(loofah, "2.40", first_day=day(2), by=desk)
    events = Event.objects.count()
    terms = make_terms(loofah, reference["village"], price=Decimal("2.41"))

    with pytest.raises(PriceAboveCeiling) as said:
        submit_listing(terms, seller=cast.household, key=uuid4(), by=again(cast.farmer))

    assert str(said.value) == "丝瓜现在限价 2.40 元/斤，请把单价降到限价以内。原因：封控期间防止哄抬价格"
    assert (Listing.objects.count(), Event.objects.count()) == (0, events)
    fits = make_terms(loofah, reference["village"], price=Decimal("2.41"), last_day=day(1))
    assert submit_listing(fits, seller=cast.household, key=uuid4(), by=again(cast.farmer)).price == Decimal("2.41")


def test_an_open_price_is_allowed(loofah, reference, cast, desk):
    make_ceiling(loofah, "2.40", by=desk)

    listing = make_submitted_listing(cast.household, loofah, reference["village"], by=again(cast.farmer), price=None)

    assert listing.price is None


def test_an_edit_above_it_is_refused_and_the_listing_stays(loofah, reference, cast, desk):
    listing = make_live_listing(cast.household, loofah, reference["village"], by=cast.farmer)
    make_ceiling(loofah, "2.40", by=desk)
    terms = make_terms(loofah, reference["village"], price=Decimal("3"))

    with pytest.raises(PriceAboveCeiling):
        edit_listing(listing, terms, by=again(cast.farmer))

    assert Listing.objects.get(pk=listing.pk).get_latest_revision_as_object().price == Decimal("1.20")


def test_the_form_says_it_beside_the_price_and_shows_the_ceiling_before(typed, phone, loofah, desk):
    make_ceiling(loofah, "2.40", last_day=day(9), by=desk, reason="<b>稳价</b>")

    shown = phone.get(reverse("market:sell_new"))
    answered = phone.post(reverse("market:sell_new"), {**typed, "price": "2.41"})

    assert "丝瓜 2.40 元/斤" in words_of(shown)
    assert "原因：&lt;b&gt;稳价&lt;/b&gt;" in shown.content.decode()
    html = answered.content.decode()
    assert 'id="id_price_error"' in html
    assert "丝瓜现在限价 2.40 元/斤" in html.split('id="id_price_error"')[1][:600]
    assert not Listing.objects.exists()


def test_a_sheet_is_refused_in_the_row_and_column_of_the_price(loofah, cast, desk):
    make_ceiling(loofah, "2.40", by=desk)
    importer = ListingImport(again(cast.cooperative_manager))

    report = carry_out(importer, sheet_of(importer, as_csv(CHINESE, [row(), row(price="2.41", note="贵的")])))

    [problem] = report.problems
    assert (problem.row, problem.title) == (3, "单价")
    assert "丝瓜现在限价 2.40 元/斤" in problem.message
    assert not Listing.objects.exists()


def test_the_page_of_a_lot_says_the_ceiling_of_its_day(loofah, reference, cast, desk, client):
    listing = make_live_listing(cast.household, loofah, reference["village"], by=cast.farmer)
    make_ceiling(loofah, "2.40", first_day=day(1), by=desk)
    today, tomorrow = listing.lots.order_by("day")[:2]

    free = words_of(client.get(reverse("market:lot", args=[today.pk])))
    bound = words_of(client.get(reverse("market:lot", args=[tomorrow.pk])))

    assert "限价" not in free
    assert "限价 2.40 元/斤 ，原因：封控期间防止哄抬价格" in bound
    assert "单价超过限价" not in bound


def test_the_page_of_a_lot_above_it_says_so(loofah, reference, cast, desk, client):
    listing = make_live_listing(cast.household, loofah, reference["village"], by=cast.farmer)
    make_ceiling(loofah, "1.19", by=desk)

    page = client.get(reverse("market:lot", args=[listing.lots.earliest("day").pk]))

    assert "单价超过限价，卖方改低以前不能认购" in words_of(page)


def test_set_ceiling_is_one_line_of_history(loofah, desk):
    ceiling = set_ceiling(
        produce=loofah, price=Decimal("2400.55"), price_unit=PriceUnit.TONNE, first_day=TODAY(), reason="稳价", by=desk
    )

    assert (ceiling.price_per_kg, ceiling.exact_per_kg()) == (Decimal("2.4006"), Decimal("2.40055"))
    assert Event.objects.about(ceiling).count() == 1
