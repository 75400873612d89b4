"""Relay text as one pledge: read, corrected, saved, pasted again. Exact grams, one transaction, nothing twice."""

import pytest

from market.exceptions import NotAllowed, NotEnoughLeft
from market.models import Event, Lot
from market.quantities import Quantity
from orders.actions.relays import correct_row, reread_relay
from orders.exceptions import (
    DockNotUsable,
    LinesOnlyForAssociations,
    NothingPasted,
    PasteTooLong,
    PasteTooManyLines,
    RelayApplied,
    RelayEmpty,
    RelayOtherLot,
    RelayUnconfirmed,
    RowUnreadable,
    TooManyLines,
)
from orders.models import Allocation, Dock, Pledge, PledgeLine, RelayReading, Stall, StallAlias
from tests.factories.orders import fresh, kg, make_dock, make_pledge
from tests.factories.relays import make_reading, row_of, save_reading

LIST = "#接龙\n1. 周满香 100斤\n2. 老李 200斤"
LONGER = "#接龙\n1. 周满香 100斤\n2. 老李 300斤\n3. 王姐 50斤"


@pytest.fixture
def market(cast) -> Dock:
    return make_dock(cast.association)


@pytest.fixture
def clerk(cast):
    return fresh(cast.association_clerk)


@pytest.fixture
def paste(cast, lot, clerk):
    def _paste(text: str = LIST, **changes) -> RelayReading:
        facts = {"association": cast.association, "lot": lot, "by": clerk, **changes}
        return make_reading(text=text, **facts)

    return _paste


@pytest.fixture
def save(market, clerk):
    def _save(reading: RelayReading, **changes) -> Pledge:
        return save_reading(reading, market, **{"by": clerk, **changes})

    return _save


@pytest.fixture
def unchanged(lot):
    """Call it after a refusal: no pledge, line, stall or alias, and nothing reserved."""

    def _check() -> None:
        for model in (Pledge, PledgeLine, Allocation, Stall, StallAlias):
            assert model.objects.count() == 0
        assert Lot.objects.get(pk=lot.pk).reserved_g == 0
        assert RelayReading.objects.filter(applied_at__isnull=False).count() == 0

    return _check


def lines(pledge: Pledge) -> dict[str, int]:
    return dict(pledge.lines.values_list("name", "quantity_g"))


def reserved(lot: Lot) -> int:
    promised = sum(Allocation.objects.live().filter(lot=lot).values_list("grams", flat=True))
    assert promised == Lot.objects.get(pk=lot.pk).reserved_g
    return promised


# --- reading ---


def test_a_paste_is_kept_with_hidden_numbers_and_promises_nothing(paste, lot, unchanged):
    reading = paste("1. 郭师傅 13812345678 120斤 自提")

    assert reading.text == "1. 郭师傅 138****5678 120斤 自提"
    assert "13812345678" not in str(reading.rows)
    assert [(row["name"], row["action"], row["firm_g"]) for row in reading.rows["rows"]] == [("郭师傅", "new", 60_000)]
    unchanged()


def test_a_number_the_clerk_writes_into_a_name_is_hidden_too(paste, save, clerk):
    reading = paste("1. 郭师傅 120斤")
    correct_row(reading, 0, how="total", stall="郭师傅 13812345678", by=clerk)

    assert lines(save(reading)) == {"郭师傅 138****5678": 60_000}


def test_the_same_paste_again_is_the_same_reading_with_its_corrections(paste, clerk):
    first = paste("1. 刘玉兰")
    correct_row(first, 0, how="total", quantity=kg("20斤"), by=clerk)

    again = paste("1. 刘玉兰")

    assert again.pk == first.pk
    assert again.rows["rows"][0]["firm_g"] == 10_000
    assert paste("1. 刘玉兰", unit="公斤").pk != first.pk


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("", NothingPasted),
        (" \n\x00 ", NothingPasted),
        ("斤" * 100_001, PasteTooLong),
        ("1\n" * 5_001, PasteTooManyLines),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_measure(paste, text, refusal):
    with pytest.raises(refusal):
        paste(text)

    assert RelayReading.objects.count() == 0


def test_only_the_association_pastes(paste, cast):
    for person in cast.people().values():
        if person != cast.association_clerk:
            with pytest.raises(NotAllowed):
                paste(by=fresh(person))
    with pytest.raises(LinesOnlyForAssociations):
        paste(association=cast.supermarket, by=fresh(cast.buyer))

    assert RelayReading.objects.count() == 0


def test_a_pledge_of_another_lot_is_not_what_a_paste_is_saved_into(paste, market, clerk, listing, lot):
    other = make_pledge(listing.lots.exclude(pk=lot.pk).order_by("-day").first(), market, by=clerk)

    with pytest.raises(RelayOtherLot):
        paste(pledge=other)


# --- saving ---


def test_all_of_it_is_one_pledge_with_a_line_for_each_stall(paste, save, lot, market, cast):
    pledge = save(paste("1. 周满香 100斤\n2. 廖老板 三四百斤\n3. 苏大姐 2筐"))

    assert Pledge.objects.get() == pledge
    assert (pledge.firm_g, pledge.most_g, pledge.dock) == (240_000, 290_000, market)
    assert lines(pledge) == {"周满香": 50_000, "廖老板": 150_000, "苏大姐": 40_000}
    assert list(Stall.objects.values_list("name", flat=True)) == sorted(["周满香", "廖老板", "苏大姐"])
    assert pledge.lines.filter(stall__isnull=True).count() == 0
    assert reserved(lot) == 240_000
    assert [event.verb for event in Event.objects.about(RelayReading.objects.get())] == ["applied"]


def test_saving_twice_changes_nothing(paste, save, lot):
    reading = paste()

    first, second = save(reading), save(reading)

    assert first == second
    assert reserved(lot) == 150_000
    assert Event.objects.filter(subject="orders.pledge").count() == 1


def test_it_waits_for_every_answer_and_names_the_rows(paste, save, unchanged):
    reading = paste("1. 周满香 100斤\n2. 曾叔 五百来斤\n\n4. 刘玉兰")

    with pytest.raises(RelayUnconfirmed) as refused:
        save(reading)

    assert str(refused.value) == "还有 2 处要您确认：“2. 曾叔 五百来斤”“4. 刘玉兰”；确认后再保存"
    unchanged()


def test_more_than_is_left_writes_nothing_and_says_how_much_is_left(paste, save, unchanged):
    with pytest.raises(NotEnoughLeft, match="只剩 2 万斤 = 10 吨"):
        save(paste("1. 周满香 1.5万斤\n2. 老李 1万斤"))

    unchanged()


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("收到\n谢谢", RelayEmpty),
        ("\n".join(f"{n}. 摊位甲{n}号 10斤" for n in range(1, 302)), TooManyLines),
        ("1. 周满香 100万吨\n2. 老李 100万吨", RowUnreadable),
    ],
)
def test_what_cannot_be_a_pledge_is_refused(paste, save, unchanged, text, refusal):
    with pytest.raises(refusal):
        save(paste(text))

    unchanged()


def test_a_new_pledge_needs_a_dock_of_the_association(paste, save, dock, unchanged):
    with pytest.raises(RowUnreadable, match="请选收货点"):
        save(paste(), dock=None)
    with pytest.raises(DockNotUsable):
        save(paste(), dock=dock)

    unchanged()


def test_nobody_else_saves_or_corrects(paste, save, cast, unchanged):
    reading = paste()
    for person in cast.people().values():
        if person == cast.association_clerk:
            continue
        for change in (
            lambda by: save(reading, by=by),
            lambda by: correct_row(reading, 0, how="skip", by=by),
            lambda by: reread_relay(reading, by=by),
        ):
            with pytest.raises(NotAllowed):
                change(fresh(person))

    unchanged()


# --- correcting ---


@pytest.mark.parametrize(
    ("how", "typed", "booked"),
    [
        ("total", "80斤", {"周满香": 50_000, "曾叔": 40_000}),
        ("total", None, {"周满香": 50_000, "曾叔": 250_000}),
        ("add", "10斤", {"周满香": 50_000, "曾叔": 5_000}),
        ("skip", None, {"周满香": 50_000}),
        ("cancel", None, {"周满香": 50_000}),
    ],
)
def test_a_row_means_what_the_clerk_says(paste, save, clerk, how, typed, booked):
    reading = paste("1. 周满香 100斤\n2. 曾叔 五百来斤")
    for _ in range(2):
        correct_row(reading, row_of(reading, "曾叔"), how=how, quantity=kg(typed) if typed else None, by=clerk)

    assert lines(save(reading)) == booked


def test_the_range_stays_when_only_the_name_is_corrected(paste, save, clerk):
    reading = paste("1. 廖老板 三四百斤")
    correct_row(reading, 0, how="total", stall="廖记", quantity=Quantity.of(150_000), by=clerk)

    pledge = save(reading)

    assert (lines(pledge), pledge.most_g) == ({"廖记": 150_000}, 200_000)


def test_a_line_thrown_away_by_the_reader_can_be_counted(paste, save, clerk):
    reading = paste("1. 周满香 100斤\n今天摘了8000斤，都在地里等车")
    ignored = next(row["pk"] for row in reading.rows["rows"] if row["action"] == "ignore")

    correct_row(reading, ignored, how="total", stall="大军", quantity=kg("60斤"), by=clerk)

    assert lines(save(reading)) == {"周满香": 50_000, "大军": 30_000}


def test_a_name_linked_once_is_linked_in_all_its_rows_and_remembered(paste, save, clerk, cast):
    Stall.objects.create(association=cast.association, name="建宁菜场老李")
    reading = paste("1. 老李 200斤\n2. 周满香 100斤\n3. 老李 再加50斤")
    correct_row(reading, 0, how="total", stall="建宁菜场老李", by=clerk)

    assert lines(save(reading)) == {"建宁菜场老李": 125_000, "周满香": 50_000}
    assert list(StallAlias.objects.values_list("alias", "stall__name")) == [("老李", "建宁菜场老李")]
    again = paste("1. 老李 200斤\n2. 周满香 100斤\n3. 老李 再加50斤\n4. 老李 再加10斤")
    assert not any(row["action"] == "ask" for row in again.rows["rows"])
    assert lines(save(again)) == {"建宁菜场老李": 130_000, "周满香": 50_000}


def test_a_name_linked_otherwise_later_leads_there(paste, save, clerk, cast):
    for name in ("甲记菜行", "乙记菜行"):
        Stall.objects.create(association=cast.association, name=name)
    StallAlias.objects.create(association=cast.association, alias="小林", stall=Stall.objects.get(name="甲记菜行"))
    reading = paste("1. 小林 200斤")
    correct_row(reading, 0, how="total", stall="乙记菜行", by=clerk)
    save(reading)

    assert list(StallAlias.objects.values_list("alias", "stall__name")) == [("小林", "乙记菜行")]


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"how": "total"}, "请写明要多少"),
        ({"how": "total", "stall": "长" * 41, "quantity": kg("1斤")}, "1 到 40 个字"),
        ({"how": "total", "stall": "周\u202e", "quantity": kg("1斤")}, "1 到 40 个字"),
        ({"how": "sell"}, "刷新页面"),
    ],
)
def test_a_correction_that_says_nothing_is_refused(paste, clerk, facts, sentence):
    reading = paste("1. 刘玉兰")
    before = reading.rows

    with pytest.raises(RowUnreadable, match=sentence):
        correct_row(reading, 0, by=clerk, **facts)
    with pytest.raises(RowUnreadable, match="刷新页面"):
        correct_row(reading, 99, how="skip", by=clerk)

    reading.refresh_from_db()
    assert reading.rows == before


def test_what_is_saved_is_corrected_no_more(paste, save, clerk):
    reading = paste()
    save(reading)

    with pytest.raises(RelayApplied):
        correct_row(reading, 1, how="skip", by=clerk)
    with pytest.raises(RelayApplied):
        reread_relay(reading, by=clerk)
