"""Listings from sheets: what rows mean, what is refused, all or nothing, again changes nothing."""

import datetime as dt
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone

from market.enums import Grade, PriceUnit, VerificationState
from market.imports import Cells, Outcome, carry_out, try_out
from market.imports.listings import ListingImport
from market.models import Event, Listing, Organisation, User
from tests.factories.listing_rows import CHINESE, ENGLISH, day, row
from tests.factories.sheets import WRITERS, as_csv, as_xlsx, sheet_of, upload
from tests.pages import problems_of

WEB = "/sell/import/"


def importing(cast, who: str = "cooperative_manager") -> ListingImport:
    return ListingImport(User.objects.get(pk=getattr(cast, who).pk))


def counts() -> tuple[int, int]:
    return Listing.objects.count(), Event.objects.count()


@pytest.mark.parametrize("titles", [CHINESE, ENGLISH], ids=["Chinese", "English"])
@pytest.mark.parametrize("kind", WRITERS)
def test_a_row_becomes_a_listing_in_review_from_every_kind_of_file(cast, kind, titles):
    importer = importing(cast)
    report = carry_out(importer, sheet_of(importer, WRITERS[kind](titles, [row()])))

    made = Listing.objects.get()
    assert (report.problems, [one.outcome for one in report.results]) == ([], [Outcome.NEW])
    assert (made.seller, made.produce.slug, made.variety, made.grade) == (
        cast.cooperative,
        "sigua",
        "白关丝瓜",
        Grade.FIRST,
    )
    assert (made.quantity_per_day_g, made.price, made.price_unit) == (10_000_000, Decimal("1.20"), PriceUnit.JIN)
    assert (made.first_day.isoformat(), made.last_day.isoformat()) == (day(1), day(3))
    assert (made.place_id, made.note, made.live, made.created_by) == (
        "430203100201",
        "早上装车",
        False,
        cast.cooperative_manager,
    )
    assert made.current_workflow_state is not None
    assert Event.objects.about(made).get().verb == "submitted"


def test_spreadsheet_numbers_and_dates_are_read_exactly(cast):
    importer = importing(cast)
    tomorrow = timezone.localdate() + dt.timedelta(days=1)
    cells = row(quantity_per_day=2.469134, unit="吨", price=Decimal("2.4"), from_=tomorrow, to=tomorrow)

    carry_out(importer, sheet_of(importer, as_xlsx(CHINESE, [cells])))

    made = Listing.objects.get()
    assert (made.quantity_per_day_g, made.price, made.first_day) == (2_469_134, Decimal("2.40"), tomorrow)


@pytest.mark.parametrize(
    ("changes", "grams"),
    [
        ({"quantity_per_day": "2万斤", "unit": ""}, 10_000_000),
        ({"quantity_per_day": "1.5 吨", "unit": ""}, 1_500_000),
        ({"quantity_per_day": "半吨", "unit": "斤"}, 500_000),
        ({"quantity_per_day": "１００", "unit": "公斤"}, 100_000),
        ({"quantity_per_day": "20", "unit": "筐", "pack_kg": "25"}, 500_000),
        ({"quantity_per_day": "20", "unit": "筐"}, 400_000),  # the catalogue's 筐 of loofah is 20 kg
        ({"quantity_per_day": "20筐", "unit": "", "pack_kg": "12.5"}, 250_000),
    ],
)
def test_quantities_as_people_write_them(cast, changes, grams):
    importer = importing(cast)

    report = carry_out(importer, sheet_of(importer, as_csv(CHINESE, [row(**changes)])))

    assert report.problems == []
    assert Listing.objects.get().quantity_per_day_g == grams


@pytest.mark.parametrize(
    ("changes", "price", "unit"),
    [
        ({"price": "", "price_unit": ""}, None, PriceUnit.JIN),
        ({"price": "面议", "price_unit": "元/公斤"}, None, PriceUnit.JIN),
        ({"price": "2.4元/公斤", "price_unit": ""}, Decimal("2.40"), PriceUnit.KG),
        ({"price": "￥2.4", "price_unit": "公斤"}, Decimal("2.40"), PriceUnit.KG),
        ({"price": "2400", "price_unit": "元/吨"}, Decimal("2400.00"), PriceUnit.TONNE),
        ({"price": "1,200", "price_unit": "tonne"}, Decimal("1200.00"), PriceUnit.TONNE),
        ({"price": "30", "price_unit": "元/筐", "pack_kg": "20"}, Decimal("30.00"), PriceUnit.PACK),
        ({"price": "30元/件", "price_unit": "", "pack_kg": "20"}, Decimal("30.00"), PriceUnit.PACK),
    ],
)
def test_prices_as_people_write_them(cast, changes, price, unit):
    importer = importing(cast)

    report = carry_out(importer, sheet_of(importer, as_csv(CHINESE, [row(**changes)])))

    assert report.problems == []
    made = Listing.objects.get()
    assert (made.price, made.price_unit) == (price, unit)


def test_units_may_stand_in_the_titles(cast):
    importer = importing(cast)
    titles = ["农产品", "每天数量（公斤）", "单价（元/公斤）", "开始日期", "结束日期"]

    report = carry_out(importer, sheet_of(importer, as_csv(titles, [["丝瓜", "500", "2.40", day(), day()]])))

    made = Listing.objects.get()
    assert report.problems == []
    assert (made.quantity_per_day_g, made.price, made.price_unit) == (500_000, Decimal("2.40"), PriceUnit.KG)
    assert (made.seller, made.place, made.grade) == (cast.cooperative, cast.cooperative.place, Grade.MIXED)


WRONG = [
    ({"quantity_per_day": "-5"}, "E", "数量不能是负数，“-5”请改成正数"),
    ({"quantity_per_day": "0"}, "E", "数量要大于零"),
    ({"quantity_per_day": "99999999999999"}, "E", "数量太大，一次最多 100 万吨"),
    ({"quantity_per_day": ""}, "E", "这一格要填"),
    ({"quantity_per_day": "100", "unit": ""}, "E", "“100”没有写单位，请写明斤、公斤或吨"),
    ({"quantity_per_day": "300左右"}, "E", "“左右”不是准数，请写一个确定的数，例如 100斤"),
    ({"unit": "磅"}, "F", "不认识单位“磅”，请用斤、公斤或吨"),
    ({"unit": "箱"}, "G", "数量按箱算，这里要写每箱多少公斤"),
    ({"pack_kg": "-1"}, "G", "“-1”要改成大于零的数"),
    ({"pack_kg": "2000"}, "G", "“2000”太大了，最多 1,000，请检查"),
    ({"price": "-1.2"}, "H", "“-1.2”要改成大于零的数"),
    ({"price": "0"}, "H", "“0”要改成大于零的数"),
    ({"price": "很便宜"}, "H", "“很便宜”不是数字"),
    ({"price": "1.234"}, "H", "“1.234”小数太多，最多 2 位"),
    ({"price": "99999999"}, "H", "“99999999”太大了，最多 9,999,999.99，请检查"),
    ({"price": "1e3"}, "H", "“1e3”不是数字"),
    ({"price_unit": ""}, "H", "请写明单价的单位，例如 1.20元/斤"),
    ({"price": "2元/公斤"}, "H", "单价的单位写得不一样，请统一"),
    ({"price_unit": "元/磅"}, "I", "不认识“元/磅”，能写的有：元/斤"),
    ({"price": "30", "price_unit": "元/件"}, None, None),
    ({"from": "2021-13-40"}, "J", "“2021-13-40”不是日期，请写成 2021-08-08 这样"),
    ({"from": "8月8日"}, "J", "“8月8日”不是日期，请写成 2021-08-08 这样"),
    ({"from": "", "to": ""}, "J", "这一格要填"),
    ({"from": "2021-08-08", "to": "2021-08-09"}, "J", "已经过去，请从今天或以后的日期开始"),
    ({"to": "2021-08-09"}, "K", "结束日期不能早于开始日期"),
    ({"to": "2199-01-01"}, "K", "一条货源最多 60 天"),
    ({"produce": "丝爪"}, "B", "不认识“丝爪”，是不是“丝瓜”？"),
    ({"produce": "黄金"}, "B", "“黄金”"),
    ({"produce": "<script>alert(1)</script>"}, "B", "农产品目录里没有“<script>alert(1)</script>”"),
    ({"produce": ""}, "B", "这一格要填"),
    ({"grade": "极品"}, "D", "不认识“极品”，能写的有：精品、一等、二等、统货"),
    ({"variety": "长" * 41}, "C", "品种"),
    ({"note": "长" * 501}, "M", "说明"),
    ({"organisation": "李满仓家"}, "A", "没有“李满仓家”；您能导入的有：白关丝瓜合作社"),
    ({"organisation": "没有这家"}, "A", "没有“没有这家”；您能导入的有：白关丝瓜合作社"),
    ({"organisation": "步步高天元店"}, "A", "没有“步步高天元店”；您能导入的有：白关丝瓜合作社"),
    ({"place_code": "999999999999"}, "L", "没有区划代码“999999999999”，要写 12 位"),
    ({"place_code": "430203"}, "L", "没有区划代码“430203”"),
    ({"place_code": "东山村"}, "L", "没有“东山村”"),
    ({"note": '=HYPERLINK("http://evil")'}, "M", "像是公式，请去掉开头的 ="),
]


@pytest.mark.parametrize(("changes", "column", "sentence"), [case for case in WRONG if case[1]])
def test_a_wrong_cell_is_refused_with_its_place_and_nothing_is_written(cast, changes, column, sentence):
    before = counts()
    client = Client()
    client.force_login(cast.cooperative_manager)
    changes = {("from_" if key == "from" else key): value for key, value in changes.items()}

    page = client.post(
        WEB,
        {
            "file": upload(
                as_csv(CHINESE, [row(), row(note="第二条", **changes) if "note" not in changes else row(**changes)])
            )
        },
    )

    text = problems_of(page)
    title = CHINESE[ord(column) - ord("A")]
    assert f"第 3 行 {column}「{title}」" in text
    assert sentence in text
    assert "<script>alert" not in page.content.decode()
    assert 'name="rows"' not in page.content.decode()
    assert counts() == before


def test_a_pack_price_takes_the_catalogues_pack_or_asks_for_its_weight(cast):
    importer = importing(cast)
    known = try_out(importer, sheet_of(importer, as_csv(CHINESE, [row(price="30", price_unit="元/件")])))
    unknown = try_out(
        importer, sheet_of(importer, as_csv(CHINESE, [row(produce="黄桃", price="30", price_unit="元/件")]))
    )

    assert known.problems == []
    assert [str(one) for one in unknown.problems] == ["第 2 行 G 列「每件公斤」：数量按件算，这里要写每件多少公斤"]


def test_every_problem_of_a_sheet_is_told_at_once(cast):
    importer = importing(cast)
    rows = [row(quantity_per_day="-1", price="x"), row(), row(produce="丝爪"), row(from_="2020-01-01", to="2020-01-02")]

    report = try_out(importer, sheet_of(importer, as_csv(CHINESE, rows)))

    assert [(one.row, one.column) for one in report.problems] == [(2, "E"), (2, "H"), (4, "B"), (5, "J")]


def test_one_wrong_row_of_many_writes_nothing(cast):
    importer = importing(cast)
    before = counts()
    rows = [row(note=f"第 {n} 条") for n in range(5)] + [row(produce="丝爪")]

    report = carry_out(importer, sheet_of(importer, as_csv(CHINESE, rows)))

    assert [(one.row, one.column) for one in report.problems] == [(7, "B")]
    assert counts() == before


def test_a_row_that_only_the_action_refuses_takes_all_others_back(cast, monkeypatch):
    """The organisation is suspended between the reading of the sheet and the second row."""
    importer = importing(cast)
    sheet = sheet_of(importer, as_csv(CHINESE, [row(note="一"), row(note="二")]))
    before = counts()
    do, done = importer.do, []

    def suspended_after_the_first(item):
        outcome = do(item)
        done.append(outcome)
        Organisation.objects.filter(pk=cast.cooperative.pk).update(verification=VerificationState.SUSPENDED)
        return outcome

    monkeypatch.setattr(importer, "do", suspended_after_the_first)
    report = carry_out(importer, sheet)

    assert done == [Outcome.NEW]
    assert [str(one) for one in report.problems] == [
        "第 3 行 A 列「卖方」：“白关丝瓜合作社”还没有通过主管部门核实，核实后才能交易"
    ]
    assert (report.results, counts()) == ([], before)
    cast.cooperative.refresh_from_db()
    assert cast.cooperative.is_verified


def test_the_same_rows_again_change_nothing_in_any_kind_of_file(cast):
    rows = [row(), row(produce="黄桃", price="面议", price_unit="", quantity_per_day="500", unit="公斤")]
    importer = importing(cast)
    carry_out(importer, sheet_of(importer, as_csv(CHINESE, rows)))
    before = counts()

    for write in WRITERS.values():
        for titles in (CHINESE, ENGLISH):
            again = importing(cast)
            report = carry_out(again, sheet_of(again, write(titles, list(reversed(rows)))))
            assert [one.outcome for one in report.results] == [Outcome.UNCHANGED, Outcome.UNCHANGED]

    assert counts() == before


def test_a_cell_typed_another_way_is_the_same_row(cast):
    importer = importing(cast)
    carry_out(importer, sheet_of(importer, as_csv(CHINESE, [row()])))
    slashed = [day(1).replace("-", "/"), day(3).replace("-", "/")]
    typed = row(produce="sigua", grade="first", quantity_per_day="2万斤", unit="", price="1.2元/斤", price_unit="", from_=slashed[0], to=slashed[1])  # fmt: skip

    report = carry_out(importer, sheet_of(importer, as_csv(CHINESE, [typed])))

    assert [one.outcome for one in report.results] == [Outcome.UNCHANGED]
    assert Listing.objects.count() == 1


def test_an_old_sheet_is_still_unchanged_when_its_days_are_over(cast, time_machine):
    importer = importing(cast)
    content = as_csv(CHINESE, [row()])
    carry_out(importer, sheet_of(importer, content))
    time_machine.move_to(timezone.now() + dt.timedelta(days=10))

    for run in (try_out, carry_out):
        assert [one.outcome for one in run(importer, sheet_of(importer, content)).results] == [Outcome.UNCHANGED]


def test_the_same_row_twice_in_a_sheet_is_a_slip(cast):
    importer = importing(cast)

    report = try_out(importer, sheet_of(importer, as_csv(CHINESE, [row(), row(note="别的"), row()])))

    assert [str(one) for one in report.problems] == ["第 4 行：和第 2 行重复，请删掉一行"]


def test_a_corrected_quantity_is_shown_as_a_second_offer_before_it_is_made(cast):
    importer = importing(cast)
    carry_out(importer, sheet_of(importer, as_csv(CHINESE, [row()])))

    report = try_out(importer, sheet_of(importer, as_csv(CHINESE, [row(quantity_per_day="10000")])))

    assert [one.note for one in report.results] == [
        "已有一条同样的货源（每天 2 万斤 = 10 吨）；如果只是改数，请去“我的货源”里改"
    ]


def test_trying_writes_nothing_and_tells_no_desk(cast, mailoutbox):
    cast.agriculture_desk.email = "desk@example.org"
    cast.agriculture_desk.save(update_fields=["email"])
    importer = importing(cast)
    before = counts()

    report = try_out(importer, sheet_of(importer, as_csv(CHINESE, [row()])))

    assert [one.outcome for one in report.results] == [Outcome.NEW]
    assert (counts(), mailoutbox) == (before, [])


def test_the_commerce_desk_imports_for_everybody_and_both_names_are_recorded(cast):
    importer = importing(cast, "commerce_desk")

    report = carry_out(importer, sheet_of(importer, as_csv(CHINESE, [row(), row(organisation="王建国家")])))

    events = Event.objects.filter(verb="submitted")
    assert report.problems == []
    assert {(event.by, event.on_behalf_of) for event in events} == {
        (cast.commerce_desk, cast.cooperative),
        (cast.commerce_desk, cast.household),
    }


def test_several_organisations_of_one_name_are_told_apart_by_number(cast, reference):
    from market.enums import OrganisationKind
    from tests.factories import make_organisation

    other = make_organisation("白关丝瓜合作社", OrganisationKind.COOPERATIVE, reference["baiguan"])
    importer = importing(cast, "commerce_desk")

    report = try_out(importer, sheet_of(importer, as_csv(CHINESE, [row()])))
    named = try_out(importer, sheet_of(importer, as_csv(CHINESE, [row(organisation=str(other.pk))])))

    assert "有几家叫“白关丝瓜合作社”，请写编号" in str(report.problems[0])
    assert (named.problems, named.results[0].cells[0]) == ([], "白关丝瓜合作社")


def test_reading_a_sheet_costs_the_same_with_one_and_with_many_rows(cast, django_assert_num_queries):
    """What a row asks the database is the action's own; names are looked up in memory."""
    for rows in ([row()], [row(note=str(n)) for n in range(30)]):
        with django_assert_num_queries(6):  # the person, rights (2), memberships, catalogue, places
            importer = importing(cast)
            sheet = sheet_of(importer, as_csv(CHINESE, rows))
            for one in sheet.rows:
                assert importer.read(Cells(sheet, one)) is not None
