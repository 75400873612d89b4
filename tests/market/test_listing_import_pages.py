"""The page and the command that take listings from a sheet."""

import datetime as dt
import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from market.enums import VerificationState
from market.models import Event, Listing, Organisation
from tests.factories.listing_rows import CHINESE, ENGLISH, row
from tests.factories.sheets import as_csv, as_xlsx, formula_xlsx, upload
from tests.pages import sealed_rows, words_of

WEB = "/sell/import/"


@pytest.fixture
def client(cast) -> Client:
    client = Client()
    client.force_login(cast.cooperative_manager)
    return client


def counts() -> tuple[int, int]:
    return Listing.objects.count(), Event.objects.count()


def test_upload_preview_confirm(client, cast):
    before = counts()
    preview = client.post(WEB, {"file": upload(as_csv(CHINESE, [row()]))})
    assert counts() == before
    assert "新增 1 行，更新 0 行，不变 0 行" in words_of(preview)
    assert "白关丝瓜合作社 丝瓜 白关丝瓜 一等 2 万斤 = 10 吨 1.20 元/斤" in words_of(preview)

    done = client.post(WEB, {"rows": sealed_rows(preview)}, follow=True)
    again = client.post(WEB, {"rows": sealed_rows(preview)}, follow=True)
    third = client.post(WEB, {"file": upload(as_xlsx(ENGLISH, [row()]), "表.xlsx")})

    assert done.redirect_chain == [("/sell/", 302)]
    assert "导入完成：新增 1 行，更新 0 行，不变 0 行" in words_of(done)
    assert "导入完成：新增 0 行，更新 0 行，不变 1 行" in words_of(again)
    assert "这张表以前导入过，没有新内容" in words_of(third)
    assert 'name="rows"' not in third.content.decode()
    assert Listing.objects.count() == 1


def test_a_preview_is_the_persons_own_and_ends(client, cast, time_machine):
    rows = sealed_rows(client.post(WEB, {"file": upload(as_csv(CHINESE, [row()]))}))
    other = Client()
    other.force_login(cast.farmer)

    answers = [
        other.post(WEB, {"rows": rows}),
        client.post(WEB, {"rows": rows[:-3] + "abc"}),
        client.post(WEB, {"rows": ""}),
    ]
    time_machine.move_to(timezone.now() + dt.timedelta(minutes=61))
    answers.append(client.post(WEB, {"rows": rows}))

    assert ["预览已经过期，请重新上传文件" in words_of(answer) for answer in answers] == [True] * 4
    assert Listing.objects.count() == 0


def test_what_was_right_in_the_preview_may_be_refused_at_the_confirmation(client, cast):
    rows = sealed_rows(client.post(WEB, {"file": upload(as_csv(CHINESE, [row()]))}))
    Organisation.objects.filter(pk=cast.cooperative.pk).update(verification=VerificationState.SUSPENDED)

    page = client.post(WEB, {"rows": rows})

    assert "还没有通过主管部门核实" in words_of(page)
    assert Listing.objects.count() == 0


@pytest.mark.parametrize(
    "who", ["buyer", "association_clerk", "dispatcher", "haulier", "driver", "agriculture_desk", "outsider"]
)
def test_the_page_is_not_found_by_those_who_may_not(cast, who):
    client = Client()
    client.force_login(getattr(cast, who))

    for path in (WEB, f"{WEB}template.xlsx"):
        assert client.get(path).status_code == 404
    assert client.post(WEB, {"file": upload(as_csv(CHINESE, [row()]))}).status_code == 404
    assert Listing.objects.count() == 0


def test_an_anonymous_reader_is_sent_to_log_in():
    assert Client().get(WEB)["Location"] == f"/accounts/login/?next={WEB}"


def test_the_template_can_be_sent_back(client, cast):
    answer = client.get(f"{WEB}template.xlsx")

    page = client.post(WEB, {"file": upload(answer.content, "huoyuan.xlsx")})

    assert answer["Content-Disposition"] == 'attachment; filename="huoyuan.xlsx"'
    # The real catalogue has 白关镇 and the 筐 of peaches; here the page shows two rows that would be new.
    assert "新增 2 行，更新 0 行，不变 0 行" in words_of(page)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "是空的"),
        (b"\x89PNG\r\n\x1a\n" + b"\x00" * 100, "不是能读的表格"),
        (b"<html><table></table></html>", "不是能读的表格"),
        ("随便写的字\n没有表头".encode(), "没有找到表头"),
        (as_csv(CHINESE, []), "表头下面没有内容"),
        (as_csv([*CHINESE, "电话"], []), "不认识这一列"),
        (as_csv(CHINESE[1:], [["丝瓜"]]), "这一格要填"),
        (as_csv([title for title in CHINESE if title != "开始日期"], [["x"]]), "缺少「开始日期」这一列"),
        (b"a" * (10 * 1024 * 1024), "超过 1 MB"),
        (as_csv(CHINESE, [row()]) + b"\x00\x01\x02", "不是能读的表格"),
        (as_csv(CHINESE, [row()])[:-20] + '，"没有收尾'.encode(), ""),
        (as_csv(CHINESE, [row(note=f"{n}") for n in range(41)]), "超过 40 行"),
    ],
)
def test_a_file_that_is_no_sheet_gets_a_sentence(client, content, sentence):
    page = client.post(WEB, {"file": upload(content)})

    assert page.status_code == 200
    assert sentence in words_of(page)
    assert "没有写入任何内容" in words_of(page)
    assert Listing.objects.count() == 0


def test_a_formula_in_a_workbook_is_refused(client):
    content = formula_xlsx(CHINESE, row(), 4, "=1+1")

    page = client.post(WEB, {"file": upload(content, "表.xlsx")})

    assert "第 2 行 E「每天数量」" in words_of(page)
    assert Listing.objects.count() == 0


def test_no_file_at_all_is_said_beside_the_field(client):
    assert "请选一个文件" in words_of(client.post(WEB, {}))


# --- the command ------------------------------------------------------------------------------------------------


def run(path, *args: str) -> tuple[int, str, str]:
    out, err = StringIO(), StringIO()
    try:
        call_command("import_listings", str(path), *args, stdout=out, stderr=err)
    except SystemExit as end:
        return int(end.code), out.getvalue(), err.getvalue()
    return 0, out.getvalue(), err.getvalue()


@pytest.fixture
def path(tmp_path):
    file = tmp_path / "表.csv"
    file.write_bytes(as_csv(CHINESE, [row()], "gb18030"))
    return file


def test_the_command_tries_does_and_repeats(cast, path):
    phone = cast.cooperative_manager.local_phone

    tried = run(path, "--dry-run", "--as", phone)
    assert Listing.objects.count() == 0
    done = run(path, "--as", phone)
    again = run(path, "--as", phone, "--json")

    assert tried == (0, "新增 1 行，更新 0 行，不变 0 行（试运行，没有写入）\n", "")
    assert done == (0, "新增 1 行，更新 0 行，不变 0 行\n", "")
    assert again[0] == 0
    assert json.loads(again[1]) == {
        "dry_run": False,
        "new": 0,
        "changed": 0,
        "unchanged": 1,
        "notes": [],
        "problems": [],
    }
    assert Listing.objects.count() == 1


def test_the_command_names_what_is_wrong_and_ends_with_one(cast, tmp_path):
    file = tmp_path / "表.csv"
    file.write_bytes(as_csv(CHINESE, [row(produce="丝爪")]))

    code, out, err = run(file, "--as", cast.cooperative_manager.local_phone)
    data = json.loads(run(file, "--as", cast.cooperative_manager.local_phone, "--json")[1])

    assert (code, out) == (1, "")
    assert err == "第 2 行 B 列「农产品」：不认识“丝爪”，是不是“丝瓜”？\n共 1 处要改，没有写入任何内容\n"
    assert data["problems"] == [{"row": 2, "column": "B", "title": "农产品", "message": "不认识“丝爪”，是不是“丝瓜”？"}]
    assert Listing.objects.count() == 0


def test_without_a_person_the_command_acts_as_the_superuser(cast, path):
    assert run(path)[0] == 0
    assert Listing.objects.get().created_by == cast.admin


@pytest.mark.parametrize("phone", ["13700000000", "123"])
def test_the_command_refuses_nobody_and_those_who_may_not(cast, path, phone):
    for number in (phone, cast.buyer.local_phone):
        with pytest.raises(CommandError):
            call_command("import_listings", str(path), "--as", number)
    with pytest.raises(CommandError):
        call_command("import_listings", str(path.with_name("fehlt.csv")), "--as", cast.cooperative_manager.local_phone)
    assert Listing.objects.count() == 0
