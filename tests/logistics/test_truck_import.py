"""Trucks from sheets: what rows mean, what is refused, all or nothing, again changes nothing."""

import datetime as dt
import json
from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from market.imports import Outcome, carry_out, try_out
from market.models import Event, User
from orders.logistics.enums import PassIssuer, PlateColour
from orders.logistics.imports.trucks import TruckImport
from orders.logistics.models import Driver, Pass, Truck
from tests.factories import make_organisation, make_user
from tests.factories.logistics import make_truck
from tests.factories.sheets import WRITERS, as_csv, as_xlsx, formula_xlsx, sheet_of, upload
from tests.pages import problems_of, sealed_rows, words_of

CHINESE = [
    "运输企业", "车牌号", "车牌颜色", "核定载质量(公斤)", "车厢容积(立方米)", "冷藏", "驻地代码", "出车时间", "收车时间", "司机", "司机手机",
    "通行证号", "签发单位", "生效时间", "失效时间",
]  # fmt: skip
ENGLISH = [
    "carrier", "plate", "plate_colour", "rated_kg", "volume_m3", "cold", "base_place_code", "shift_from", "shift_to", "driver_name",
    "driver_phone", "pass_number", "pass_issuer", "pass_from", "pass_to",
]  # fmt: skip
WEB = "/logistics/trucks/import/"


def row(**changes) -> list:
    values = {
        "carrier": "株洲鲜运车队", "plate": "湘B12345", "plate_colour": "蓝牌", "rated_kg": "1800", "volume_m3": "12.5",
        "cold": "是", "base_place_code": "430211000000", "shift_from": "04:00", "shift_to": "20:00",
        "driver_name": "王师傅", "driver_phone": "138 0000 5678", "pass_number": "430200000001", "pass_issuer": "交警支队",
        "pass_from": "2021-08-08", "pass_to": "2021-08-20",
    }  # fmt: skip
    assert changes.keys() <= values.keys()
    return list({**values, **changes}.values())


def no_pass(**changes) -> list:
    return row(**{"pass_number": "", "pass_issuer": "", "pass_from": "", "pass_to": "", **changes})


def importing(cast, who: str = "dispatcher") -> TruckImport:
    return TruckImport(User.objects.get(pk=getattr(cast, who).pk))


def state() -> tuple:
    trucks = Truck.objects.order_by("pk").values_list("plate", "rated_g", "driver", "is_cold", "base", "shift_to")
    return list(trucks), Driver.objects.count(), Pass.objects.count(), User.objects.count(), Event.objects.count()


@pytest.fixture
def client(cast) -> Client:
    client = Client()
    client.force_login(cast.dispatcher)
    return client


@pytest.mark.parametrize("titles", [CHINESE, ENGLISH], ids=["Chinese", "English"])
@pytest.mark.parametrize("kind", WRITERS)
def test_a_row_becomes_truck_driver_and_pass_from_every_kind_of_file(cast, kind, titles):
    importer = importing(cast)
    report = carry_out(importer, sheet_of(importer, WRITERS[kind](titles, [row()])))

    truck = Truck.objects.select_related("driver__user").get()
    green_pass = Pass.objects.get()
    assert (report.problems, [one.outcome for one in report.results]) == ([], [Outcome.NEW])
    assert (truck.carrier, truck.plate, truck.plate_colour) == (cast.carrier, "湘B12345", PlateColour.BLUE)
    assert (truck.rated_g, truck.volume_l, truck.is_cold, truck.base_id) == (1_800_000, 12_500, True, "430211000000")
    assert (truck.shift_from, truck.shift_to) == (dt.time(4), dt.time(20))
    assert (truck.driver.name, truck.driver.phone, truck.driver.user.phone) == (
        "王师傅",
        "+8613800005678",
        "+8613800005678",
    )
    assert (green_pass.truck, green_pass.issuer, green_pass.number) == (truck, PassIssuer.POLICE, "430200000001")
    assert timezone.localtime(green_pass.valid_from).isoformat() == "2021-08-08T00:00:00+08:00"
    assert timezone.localtime(green_pass.valid_to).isoformat() == "2021-08-20T23:59:00+08:00"


def test_spreadsheet_numbers_days_and_times_are_read_exactly(cast):
    importer = importing(cast)
    begins, ends = dt.datetime(2021, 8, 8, 6, 30), dt.datetime(2021, 8, 20, 18, 0)  # noqa: DTZ001 - as cells hold them
    cells = row(rated_kg=1800, volume_m3=12.5, shift_from=dt.time(4), driver_phone=13800005678, pass_number=430200000001, pass_from=begins, pass_to=ends)  # fmt: skip

    report = carry_out(importer, sheet_of(importer, as_xlsx(CHINESE, [cells])))

    assert [str(one) for one in report.problems] == []
    green_pass = Pass.objects.get()
    assert Truck.objects.get().rated_g == 1_800_000
    assert timezone.localtime(green_pass.valid_from).isoformat() == "2021-08-08T06:30:00+08:00"
    assert timezone.localtime(green_pass.valid_to).isoformat() == "2021-08-20T18:00:00+08:00"


@pytest.mark.parametrize(
    ("changes", "attribute", "value"),
    [
        ({"rated_kg": "1.8吨"}, "rated_g", 1_800_000),
        ({"rated_kg": "1,800"}, "rated_g", 1_800_000),
        ({"plate": " 湘b·12345 "}, "plate", "湘B12345"),
        ({"plate": "湘BD12345", "plate_colour": "green"}, "plate_colour", "green"),
        ({"plate_colour": "黄"}, "plate_colour", "yellow"),
        ({"cold": ""}, "is_cold", False),
        ({"cold": "否"}, "is_cold", False),
        ({"volume_m3": ""}, "volume_l", None),
        ({"base_place_code": "芦淞区白关镇"}, "base_id", "430203100000"),
        ({"base_place_code": ""}, "base_id", "430211000000"),
        ({"shift_from": "5点30分"}, "shift_from", dt.time(5, 30)),
        ({"driver_name": "", "driver_phone": ""}, "driver_id", None),
        ({"carrier": ""}, "rated_g", 1_800_000),
    ],
)
def test_cells_as_people_write_them(cast, changes, attribute, value):
    importer = importing(cast)

    report = carry_out(importer, sheet_of(importer, as_csv(CHINESE, [no_pass(**changes)])))

    assert [str(one) for one in report.problems] == []
    assert getattr(Truck.objects.get(), attribute) == value


WRONG = [
    ({"carrier": "没有这家"}, "A", "没有“没有这家”；您能导入的有：株洲鲜运车队"),
    ({"carrier": "步步高天元店"}, "A", "没有“步步高天元店”"),
    ({"plate": "12345"}, "B", "车牌号“12345”写法不对，请写成 湘B12345 这样"),
    ({"plate": ""}, "B", "这一格要填"),
    ({"plate": "<b>湘</b>"}, "B", "写法不对"),
    ({"plate_colour": "粉"}, "C", "不认识“粉”，能写的有：蓝牌、黄牌、绿牌"),
    ({"rated_kg": "-1"}, "D", "数量不能是负数"),
    ({"rated_kg": "0"}, "D", "数量要大于零"),
    ({"rated_kg": "99999999"}, "D", "核定载质量要在 100 公斤到 60 吨之间"),
    ({"rated_kg": "五十磅"}, "D", "不认识单位“磅”"),
    ({"rated_kg": "10"}, "D", "核定载质量要在 100 公斤到 60 吨之间"),
    ({"volume_m3": "大"}, "E", "“大”不是数字"),
    ({"volume_m3": "201"}, "E", "“201”太大了，最多 200"),
    ({"volume_m3": "0.05"}, "E", "车厢容积要在 0.1 到 200 立方米之间"),
    ({"cold": "也许"}, "F", "“也许”请写 是 或 否"),
    ({"base_place_code": "999999999999"}, "G", "没有区划代码“999999999999”"),
    ({"shift_from": "25:99"}, "H", "“25:99”不是钟点"),
    ({"shift_from": "21:00"}, "I", "收车时间要晚于出车时间"),
    ({"driver_name": ""}, "J", "这一格要填"),
    ({"driver_phone": ""}, "K", "这一格要填"),
    ({"driver_phone": "0731-28880000"}, "K", "请输入 11 位手机号"),
    ({"driver_name": "长" * 41}, "J", "请写上姓名，最多 40 个字"),
    ({"pass_number": "12345"}, "L", "通行证号要 12 位数字"),
    ({"pass_number": ""}, "L", "这一格要填"),
    ({"pass_issuer": "街道办"}, "M", "不认识“街道办”，能写的有：市发改委、交警支队、交通运输局"),
    ({"pass_issuer": ""}, "M", "这一格要填"),
    ({"pass_from": "2021-13-40"}, "N", "“2021-13-40”不是日期"),
    ({"pass_to": "2021-08-01"}, "O", "失效时间要晚于生效时间"),
    ({"pass_to": ""}, "O", "这一格要填"),
    ({"driver_name": "=cmd|'/c calc'!A1"}, "J", "像是公式"),
]


@pytest.mark.parametrize(("changes", "column", "sentence"), WRONG)
def test_a_wrong_cell_is_refused_with_its_place_and_nothing_is_written(client, changes, column, sentence):
    before = state()
    good = row(plate="湘B99999", driver_name="好师傅", driver_phone="13700000009", pass_number="430200000009")

    page = client.post(WEB, {"file": upload(as_csv(CHINESE, [good, row(**changes)]))})

    text = problems_of(page)
    assert f"第 3 行 {column}「{CHINESE[ord(column) - ord('A')]}」" in text
    assert sentence in text
    assert "<b>湘" not in page.content.decode()
    assert 'name="rows"' not in page.content.decode()
    assert state() == before


def test_one_wrong_row_of_many_writes_nothing(cast):
    importer = importing(cast)
    before = state()
    rows = [no_pass(plate=f"湘B0000{n}", driver_phone=f"1380000000{n}") for n in range(4)]
    rows.append(no_pass(plate="湘B00009", shift_from="21:00", driver_phone="13800000009"))

    report = carry_out(importer, sheet_of(importer, as_csv(CHINESE, rows)))

    assert [(one.row, one.column) for one in report.problems] == [(6, "I")]
    assert (report.results, state()) == ([], before)


def test_the_same_rows_again_change_nothing_in_any_kind_of_file(cast):
    rows = [row(), no_pass(plate="湘B23456", driver_name="李师傅", driver_phone="13800009999", volume_m3="", cold="")]
    importer = importing(cast)
    carry_out(importer, sheet_of(importer, as_csv(CHINESE, rows)))
    before = state()

    for write in WRITERS.values():
        for titles in (CHINESE, ENGLISH):
            again = importing(cast)
            report = carry_out(again, sheet_of(again, write(titles, list(reversed(rows)))))
            assert [one.outcome for one in report.results] == [Outcome.UNCHANGED, Outcome.UNCHANGED]

    assert state() == before


@pytest.mark.parametrize(
    "changes",
    [
        {"rated_kg": "1500"}, {"cold": "否"}, {"shift_to": "18:00"}, {"base_place_code": "430203100000"},
        {"driver_name": "王大师傅"}, {"driver_name": "李师傅", "driver_phone": "13800009999"}, {"pass_number": "430200000002"},
    ],
)  # fmt: skip
def test_a_changed_fact_updates_the_truck_once(cast, changes):
    importer = importing(cast)
    carry_out(importer, sheet_of(importer, as_csv(CHINESE, [row()])))
    content = as_csv(CHINESE, [row(**changes)])

    tried = try_out(importer, sheet_of(importer, content))
    done = carry_out(importer, sheet_of(importer, content))
    after = state()
    again = carry_out(importer, sheet_of(importer, content))

    assert [[one.outcome for one in report.results] for report in (tried, done, again)] == [
        [Outcome.CHANGED],
        [Outcome.CHANGED],
        [Outcome.UNCHANGED],
    ]
    assert (Truck.objects.count(), state()) == (1, after)


def test_empty_cells_keep_what_a_known_truck_has(cast):
    importer = importing(cast)
    carry_out(importer, sheet_of(importer, as_csv(CHINESE, [row()])))
    before = state()
    bare = no_pass(
        volume_m3="", cold="", base_place_code="", shift_from="", shift_to="", driver_name="", driver_phone=""
    )

    report = carry_out(importer, sheet_of(importer, as_csv(CHINESE, [bare])))

    assert [one.outcome for one in report.results] == [Outcome.UNCHANGED]
    assert state() == before


def test_a_plate_twice_and_a_driver_twice_in_a_sheet_are_slips(cast):
    importer = importing(cast)
    rows = [no_pass(), no_pass(driver_name="李师傅", driver_phone="13800009999"), no_pass(plate="湘B23456")]

    report = try_out(importer, sheet_of(importer, as_csv(CHINESE, rows)))

    assert [str(one) for one in report.problems] == [
        "第 3 行：和第 2 行重复，请删掉一行",
        "第 4 行 K 列「司机手机」：这个司机已经写在第 2 行的车上",
    ]


def test_a_plate_or_driver_of_another_carrier_is_refused(cast, reference):
    from market.enums import OrganisationKind, Role

    boss = make_user("别的老板")
    other = make_organisation("别的车队", OrganisationKind.CARRIER, reference["tianyuan"], (boss, Role.MANAGER))
    make_truck(other, reference["tianyuan"], by=boss, plate="湘B12345", driver=None)
    importer = importing(cast, "haulier")
    before = state()

    report = carry_out(importer, sheet_of(importer, as_csv(CHINESE, [no_pass(carrier="")])))

    assert [str(one) for one in report.problems] == [
        "第 2 行 B 列「车牌号」：车牌号 湘B12345 已经登记过；要改资料请打开这辆车"
    ]
    assert state() == before


def test_a_carrier_imports_its_own_trucks_but_no_passes_and_nobody_elses(cast, reference):
    from market.enums import OrganisationKind

    make_organisation("别的车队", OrganisationKind.CARRIER, reference["tianyuan"])
    importer = importing(cast, "haulier")

    fine = carry_out(importer, sheet_of(importer, as_csv(CHINESE, [no_pass(carrier="")])))
    with_pass = carry_out(importer, sheet_of(importer, as_csv(CHINESE, [row()])))
    foreign = carry_out(importer, sheet_of(importer, as_csv(CHINESE, [no_pass(carrier="别的车队")])))

    assert [one.outcome for one in fine.results] == [Outcome.NEW]
    assert [str(one) for one in with_pass.problems] == [
        "第 2 行 L 列「通行证号」：通行证由调度员登记，请清空通行证的四列，或者请调度员导入"
    ]
    assert [(one.column, "没有“别的车队”" in one.message) for one in foreign.problems] == [("A", True)]
    assert (Truck.objects.count(), Pass.objects.count()) == (1, 0)


def test_upload_preview_confirm_and_again(client):
    before = state()
    preview = client.post(WEB, {"file": upload(as_csv(CHINESE, [row()], "gb18030"))})
    assert state() == before
    rows = sealed_rows(preview)

    done = client.post(WEB, {"rows": rows})
    after = state()
    again = client.post(WEB, {"rows": rows})

    assert "株洲鲜运车队 湘B12345 3,600 斤 = 1.8 吨" in words_of(preview)
    assert (done["Location"], again["Location"]) == ("/logistics/trucks/", "/logistics/trucks/")
    assert (Truck.objects.count(), state()) == (1, after)


@pytest.mark.parametrize(
    "who", ["farmer", "cooperative_manager", "buyer", "association_clerk", "driver", "commerce_desk", "outsider"]
)
def test_the_page_is_not_found_by_those_who_may_not(cast, who):
    client = Client()
    client.force_login(getattr(cast, who))

    for path in (WEB, f"{WEB}template.xlsx"):
        assert client.get(path).status_code == 404
    assert client.post(WEB, {"file": upload(as_csv(CHINESE, [row()]))}).status_code == 404
    assert Truck.objects.count() == 0


def test_the_template_can_be_sent_back(client):
    answer = client.get(f"{WEB}template.xlsx")

    page = client.post(WEB, {"file": upload(answer.content, "cheliang.xlsx")})

    assert "新增 2 行，更新 0 行，不变 0 行" in words_of(page)


def test_a_carrier_who_may_not_register_passes_can_send_the_template_back_too(cast):
    client = Client()
    client.force_login(cast.haulier)
    answer = client.get(f"{WEB}template.xlsx")

    page = client.post(WEB, {"file": upload(answer.content, "cheliang.xlsx")})

    assert "新增 2 行，更新 0 行，不变 0 行" in words_of(page)


def test_a_formula_in_a_workbook_is_refused(client):
    page = client.post(WEB, {"file": upload(formula_xlsx(CHINESE, row(), 3, "=1000+800"), "表.xlsx")})

    assert "第 2 行 D「核定载质量(公斤)」" in words_of(page)
    assert Truck.objects.count() == 0


def test_the_command_tries_does_and_repeats(cast, tmp_path):
    file = tmp_path / "车辆.xlsx"
    file.write_bytes(as_xlsx(ENGLISH, [row()]))

    def run(*args: str) -> dict:
        out = StringIO()
        call_command("import_trucks", str(file), "--json", "--as", cast.dispatcher.local_phone, *args, stdout=out)
        return json.loads(out.getvalue())

    tried = run("--dry-run")
    assert Truck.objects.count() == 0
    done, again = run(), run()

    assert (tried["new"], done["new"], again["new"], again["unchanged"]) == (1, 1, 0, 1)
    assert Truck.objects.count() == 1
