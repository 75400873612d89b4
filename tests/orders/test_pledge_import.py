"""Pledges from sheets: what rows mean, what is refused, all or nothing, again changes nothing."""

import datetime as dt
from decimal import Decimal
from functools import partial

import pytest
from django.db.models import F
from django.test import Client
from django.utils import timezone

from market.imports import Outcome, carry_out, try_out
from market.models import Event, Lot, User
from orders.actions.pledges import cancel_pledge, change_pledge
from orders.imports.pledges import PledgeImport
from orders.models import Allocation, Pledge
from tests.factories import make_live_listing
from tests.factories.orders import fresh, kg, make_dock
from tests.factories.pledge_rows import CHINESE, ENGLISH, pledge_row, tomorrow
from tests.factories.sheets import WRITERS, as_csv, as_xlsx, sheet_of, upload
from tests.pages import problems_of

WEB = "/orders/import/"


@pytest.fixture
def row(lot, dock):
    return partial(pledge_row, lot, dock)


def importing(cast, who: str = "buyer") -> PledgeImport:
    return PledgeImport(User.objects.get(pk=getattr(cast, who).pk))


def state() -> tuple:
    return (
        Pledge.objects.count(),
        Allocation.objects.count(),
        Event.objects.count(),
        list(Lot.objects.order_by("pk").values_list("pk", "reserved_g")),
    )


@pytest.fixture
def client(cast) -> Client:
    client = Client()
    client.force_login(cast.buyer)
    return client


@pytest.mark.parametrize("titles", [CHINESE, ENGLISH], ids=["Chinese", "English"])
@pytest.mark.parametrize("kind", WRITERS)
def test_a_row_becomes_a_pledge_from_every_kind_of_file(cast, lot, dock, row, kind, titles):
    importer = importing(cast)
    report = carry_out(importer, sheet_of(importer, WRITERS[kind](titles, [row()])))

    made = Pledge.objects.get()
    lot.refresh_from_db()
    assert (report.problems, [one.outcome for one in report.results]) == ([], [Outcome.NEW])
    assert (made.buyer, made.lot, made.dock, made.firm_g, made.reference) == (
        cast.supermarket,
        lot,
        dock,
        300_000,
        "CG-001",
    )
    assert (made.window_from, made.window_to, made.placed_by) == (dt.time(5), dt.time(9), cast.buyer)
    assert (made.price, lot.reserved_g) == (Decimal("1.20"), 300_000)


def test_spreadsheet_days_times_and_numbers_are_read_exactly(cast, lot, row):
    cells = row(day=tomorrow(), firm=2.469134, unit="吨", max_price=Decimal("2400"), window_from=dt.time(5), window_to=dt.time(9, 30))  # fmt: skip
    importer = importing(cast)

    report = carry_out(importer, sheet_of(importer, as_xlsx(CHINESE, [cells])))

    made = Pledge.objects.get()
    assert report.problems == []
    assert (made.firm_g, made.window_to) == (2_469_134, dt.time(9, 30))


def test_what_may_stay_empty_is_filled_in_from_what_there_is(cast, lot, dock, row):
    importer = importing(cast)
    cells = row(buyer="", listing="", max_price="", dock="", window_from="", window_to="", reference="")

    report = carry_out(importer, sheet_of(importer, as_csv(CHINESE, [cells])))

    made = Pledge.objects.get()
    assert report.problems == []
    assert (made.buyer, made.lot, made.dock) == (cast.supermarket, lot, dock)
    assert (made.window_from, made.window_to) == (dock.opens_at, dock.closes_at)


@pytest.mark.parametrize(
    ("changes", "grams"),
    [
        ({"firm": "600斤", "unit": ""}, 300_000),
        ({"firm": "15", "unit": "筐"}, 300_000),
        ({"firm": "15筐", "unit": "", "max_price": "1.2元/斤"}, 300_000),
        ({"firm": "０.３", "unit": "吨", "max_price": "2.4元/公斤"}, 300_000),
        ({"firm": "六百斤", "unit": "", "max_price": ""}, 300_000),
    ],
)
def test_quantities_and_limits_as_people_write_them(cast, lot, row, changes, grams):
    if changes.get("unit") == "筐":
        changes = {**changes, "max_price": "1.20元/斤"}
    elif changes.get("firm") == "600斤":
        changes = {**changes, "max_price": "1.2"}
    importer = importing(cast)

    report = carry_out(importer, sheet_of(importer, as_csv(CHINESE, [row(**changes)])))

    assert [str(one) for one in report.problems] == []
    assert Pledge.objects.get().firm_g == grams


FRESH = "送到后还要能放(小时)"


@pytest.mark.parametrize(
    ("changes", "firm", "most"),
    [
        ({"firm": "3-4吨", "unit": ""}, 3_000_000, 4_000_000),
        ({"firm": "300-400"}, 300_000, 400_000),
        ({"firm": "三四百斤", "unit": ""}, 150_000, 200_000),
        ({"firm": "15到20", "unit": "筐"}, 300_000, 400_000),
    ],
)
def test_a_range_is_a_firm_part_and_a_stretch(cast, lot, row, changes, firm, most):
    importer = importing(cast)
    file = as_csv([*CHINESE, FRESH], [[*row(**changes, max_price="1.20元/斤"), "12小时"]])

    report = carry_out(importer, sheet_of(importer, file))
    again = carry_out(importing(cast), sheet_of(importer, file))

    assert [str(one) for one in report.problems] == []
    made = Pledge.objects.get()
    assert (made.firm_g, made.most_g, made.fresh_hours) == (firm, most, 12)
    assert [one.outcome for one in again.results] == [Outcome.UNCHANGED]


@pytest.mark.parametrize(("text", "hours"), [("", 0), ("0", 0), ("6", 6), ("12h", 12), ("１天", 24)])
def test_hours_of_freshness_as_people_write_them(cast, lot, row, text, hours):
    importer = importing(cast)

    report = carry_out(importer, sheet_of(importer, as_csv([*CHINESE, FRESH], [[*row(), text]])))

    assert [str(one) for one in report.problems] == []
    assert Pledge.objects.get().fresh_hours == hours


@pytest.mark.parametrize(
    ("firm", "fresh", "column", "sentence"),
    [
        ("400-300", "", "E", "请把少的写在前面"),
        ("2026-03-04", "", "E", "看不懂“2026-03-04”"),
        ("300", "很久", "L", "“很久”不是小时数"),
        ("300", "-6", "L", "不是小时数"),
        ("300", "241", "L", "最多 240 小时"),
        ("300", "200", "L", "送到后放不满 200 小时"),
    ],
)
def test_a_wrong_range_or_freshness_is_named_with_its_cell(cast, lot, row, firm, fresh, column, sentence):
    importer = importing(cast)

    report = carry_out(importer, sheet_of(importer, as_csv([*CHINESE, FRESH], [[*row(firm=firm), fresh]])))

    assert [(one.column, sentence in str(one)) for one in report.problems] == [(column, True)]
    assert Pledge.objects.count() == 0


WRONG = [
    ({"firm": "-5"}, "E", "数量不能是负数"),
    ({"firm": "0"}, "E", "数量要大于零"),
    ({"firm": ""}, "E", "这一格要填"),
    ({"firm": "99999999999"}, "E", "数量太大，一次最多 100 万吨"),
    ({"firm": "400~300"}, "E", "请把少的写在前面"),
    ({"firm": "10001", "unit": "公斤"}, "E", "只剩 1.94 万斤 = 9.7 吨，请减少数量"),
    ({"firm": "10", "unit": "公斤"}, "E", "这批货的起订量是 50 斤 = 25 公斤"),
    ({"unit": "磅"}, "F", "不认识单位“磅”"),
    ({"unit": "箱", "max_price": ""}, "F", "这批货按“筐”装，不按“箱”"),
    ({"unit": "", "max_price": ""}, "E", "“300”没有写单位"),
    ({"max_price": "便宜"}, "G", "“便宜”不是数字"),
    ({"max_price": "-1"}, "G", "“-1”要改成大于零的数"),
    ({"max_price": "2.39"}, "G", "的单价是 1.20 元/斤，超过 2.39 元/公斤"),
    ({"max_price": "2元/磅"}, "G", "请写明单价的单位"),
    ({"listing": "999999"}, "B", "货源 999999 在"),
    ({"listing": "丝瓜那批"}, "B", "“丝瓜那批”不是货源号"),
    ({"listing": "-1"}, "B", "“-1”不是货源号"),
    ({"produce": "黄桃"}, "C", "是丝瓜，不是黄桃"),
    ({"produce": "丝爪"}, "C", "不认识“丝爪”，是不是“丝瓜”？"),
    ({"produce": "", "listing": ""}, "C", "请写农产品，或者写货源号"),
    ({"produce": "早籼稻", "listing": ""}, "C", "没有在售的早籼稻"),
    ({"listing": "", "max_price": "2.00"}, "G", "没有不超过 2.00 元/公斤 的"),
    ({"day": "2021-13-40"}, "D", "“2021-13-40”不是日期"),
    ({"day": "2021-08-08"}, "B", "在 2021年8月8日 周日 没有货"),
    ({"day": ""}, "D", "这一格要填"),
    ({"dock": "后门"}, "H", "没有收货点“后门”，在用的有：步步高天元店收货点1"),
    ({"dock": "<b>门</b>"}, "H", "没有收货点“<b>门</b>”"),
    ({"window_from": "25:00"}, "I", "“25:00”不是钟点，请写成 06:30 这样"),
    ({"window_from": "03:00"}, "I", "的收货时间是 04:00 到 20:00"),
    ({"window_to": "05:00"}, "J", "最晚送到的时间要晚于最早送到的时间"),
    ({"reference": "长" * 61}, "K", "单号 / 备注最多 60 个字"),
    ({"reference": "@SUM(A1)"}, "K", "像是公式"),
    ({"buyer": "千惠便利"}, "A", "没有“千惠便利”；您能导入的有：步步高天元店"),
    ({"buyer": "白关丝瓜合作社"}, "A", "没有“白关丝瓜合作社”"),
]


@pytest.mark.parametrize(("changes", "column", "sentence"), WRONG)
def test_a_wrong_cell_is_refused_with_its_place_and_nothing_is_written(client, row, changes, column, sentence):
    before = state()
    good = row(reference="好的一行")

    page = client.post(WEB, {"file": upload(as_csv(CHINESE, [good, row(**changes)]))})

    text = problems_of(page)
    assert f"第 3 行 {column}「{CHINESE[ord(column) - ord('A')]}」" in text
    assert sentence in text
    assert "<b>门" not in page.content.decode()
    assert 'name="rows"' not in page.content.decode()
    assert state() == before


def test_a_past_day_of_a_known_lot_is_refused(cast, lot, row, time_machine):
    importer = importing(cast)
    content = as_csv(CHINESE, [row()])
    time_machine.move_to(timezone.now() + dt.timedelta(days=3))

    report = carry_out(importer, sheet_of(importer, content))

    assert [(one.row, one.column) for one in report.problems] == [(2, "D")]
    assert "日子已经过了" in report.problems[0].message
    assert Pledge.objects.count() == 0


def test_a_lot_sold_out_is_named_with_the_cell_of_its_quantity(cast, lot, row):
    importer = importing(cast)
    Lot.objects.filter(pk=lot.pk).update(reserved_g=F("offered_g"))

    report = carry_out(importer, sheet_of(importer, as_csv(CHINESE, [row()])))

    assert [(one.column, "刚被认购完" in one.message) for one in report.problems] == [("E", True)]


def test_two_lots_of_the_produce_on_that_day_are_named(cast, lot, row, reference):
    other = make_live_listing(cast.cooperative, reference["loofah"], reference["village"], by=cast.cooperative_manager)
    importer = importing(cast)

    report = try_out(importer, sheet_of(importer, as_csv(CHINESE, [row(listing="")])))

    assert [one.column for one in report.problems] == ["B"]
    assert f"{lot.listing_id}（王建国家）、{other.pk}（白关丝瓜合作社）" in report.problems[0].message


def test_the_limit_leaves_one_of_two_lots(cast, lot, row, reference):
    make_live_listing(
        cast.cooperative, reference["loofah"], reference["village"], by=cast.cooperative_manager, price=Decimal("1.50")
    )
    importer = importing(cast)

    report = carry_out(importer, sheet_of(importer, as_csv(CHINESE, [row(listing="")])))

    assert report.problems == []
    assert Pledge.objects.get().lot == lot


def test_a_limit_does_not_fit_an_open_price(cast, row, lot, reference):
    listing = make_live_listing(
        cast.cooperative, reference["peach"], reference["village"], by=cast.cooperative_manager, price=None
    )
    importer = importing(cast)

    report = try_out(importer, sheet_of(importer, as_csv(CHINESE, [row(listing=str(listing.pk), produce="")])))

    assert "的价格是面议，请电话谈好以后清空这一格" in str(report.problems[0])


def test_rows_share_the_stock_and_the_preview_knows_it(cast, lot, row):
    importer = importing(cast)
    rows = [row(firm="6", unit="吨", reference=f"CG-{n}", max_price="") for n in (1, 2)]
    before = state()

    for run in (try_out, carry_out):
        report = run(importer, sheet_of(importer, as_csv(CHINESE, rows)))
        assert [str(one) for one in report.problems] == ["第 3 行 E 列「认购数量」：只剩 8,000 斤 = 4 吨，请减少数量"]
        assert state() == before


def test_one_wrong_row_of_many_takes_no_stock(cast, lot, row):
    importer = importing(cast)
    before = state()
    rows = [row(reference=f"CG-{n}") for n in range(5)] + [row(reference="CG-9", window_from="03:00")]

    report = carry_out(importer, sheet_of(importer, as_csv(CHINESE, rows)))

    assert [(one.row, one.column) for one in report.problems] == [(7, "I")]
    assert (report.results, state()) == ([], before)


def test_the_same_rows_again_change_nothing_in_any_kind_of_file(cast, lot, row):
    importer = importing(cast)
    rows = [row(), row(reference="", firm="100", unit="斤", max_price="")]
    carry_out(importer, sheet_of(importer, as_csv(CHINESE, rows)))
    before = state()

    for write in WRITERS.values():
        for titles in (CHINESE, ENGLISH):
            again = importing(cast)
            report = carry_out(again, sheet_of(again, write(titles, list(reversed(rows)))))
            assert [one.outcome for one in report.results] == [Outcome.UNCHANGED, Outcome.UNCHANGED]

    assert state() == before


def test_a_row_without_a_listing_number_stays_with_its_lot_when_others_come(cast, lot, row, reference):
    importer = importing(cast)
    content = as_csv(CHINESE, [row(listing="")])
    carry_out(importer, sheet_of(importer, content))
    make_live_listing(cast.cooperative, reference["loofah"], reference["village"], by=cast.cooperative_manager)
    before = state()

    report = carry_out(importer, sheet_of(importer, content))

    assert [one.outcome for one in report.results] == [Outcome.UNCHANGED]
    assert state() == before


def test_a_corrected_quantity_under_the_same_reference_never_pledges_twice(cast, lot, row):
    importer = importing(cast)
    carry_out(importer, sheet_of(importer, as_csv(CHINESE, [row()])))
    before = state()

    report = carry_out(importer, sheet_of(importer, as_csv(CHINESE, [row(firm="400")])))

    assert [(one.row, one.column) for one in report.problems] == [(2, "E")]
    assert "已经认购了 600 斤 = 300 公斤。要改数量，请到“我的认购”里改" in report.problems[0].message
    assert state() == before


def test_a_pledge_changed_or_cancelled_since_stays_as_it_is(cast, lot, row):
    importer = importing(cast)
    content = as_csv(CHINESE, [row()])
    carry_out(importer, sheet_of(importer, content))
    change_pledge(Pledge.objects.get(), quantity=kg("200斤"), by=fresh(cast.buyer))
    changed = carry_out(importer, sheet_of(importer, content))
    cancel_pledge(Pledge.objects.get(), reason="不要了", by=fresh(cast.buyer))
    before = state()

    cancelled = carry_out(importer, sheet_of(importer, content))

    assert [one.outcome for one in (*changed.results, *cancelled.results)] == [Outcome.UNCHANGED, Outcome.UNCHANGED]
    assert state() == before
    assert before[3][1][1] == 0


def test_the_same_reference_twice_in_a_sheet_is_a_slip(cast, lot, row):
    importer = importing(cast)

    report = try_out(importer, sheet_of(importer, as_csv(CHINESE, [row(), row(firm="400")])))

    assert [str(one) for one in report.problems] == ["第 3 行：和第 2 行重复，请删掉一行"]


def test_the_commerce_desk_imports_for_every_buyer_and_both_names_are_recorded(cast, lot, row, dock):
    other = make_dock(cast.rival_supermarket)
    importer = importing(cast, "commerce_desk")

    rows = [row(), row(buyer="千惠便利", dock=other.name)]
    report = carry_out(importer, sheet_of(importer, as_csv(CHINESE, rows)))

    events = Event.objects.filter(verb="placed")
    assert report.problems == []
    assert {(event.by, event.on_behalf_of) for event in events} == {
        (cast.commerce_desk, cast.supermarket),
        (cast.commerce_desk, cast.rival_supermarket),
    }


def test_another_buyers_dock_is_unknown(cast, lot, row):
    other = make_dock(cast.rival_supermarket)
    importer = importing(cast)

    report = try_out(importer, sheet_of(importer, as_csv(CHINESE, [row(dock=other.name)])))

    assert [(one.column, "没有收货点" in one.message) for one in report.problems] == [("H", True)]


def test_a_buyer_without_docks_is_told_to_make_one(cast, lot, row):
    importer = importing(cast, "rival_buyer")

    report = try_out(importer, sheet_of(importer, as_csv(CHINESE, [row(buyer="", dock="")])))

    assert report.problems[0].message == "“千惠便利”还没有收货点，请先登记收货点"
