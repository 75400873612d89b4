"""The page and the command that take pledges from a sheet."""

import json
from functools import partial
from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client

from market.models import Event, Lot
from orders.models import Allocation, Pledge
from tests.factories.orders import make_dock, make_pledge
from tests.factories.pledge_rows import CHINESE, ENGLISH, pledge_row
from tests.factories.sheets import as_csv, as_xlsx, formula_xlsx, upload
from tests.pages import sealed_rows, words_of

WEB = "/orders/import/"


@pytest.fixture
def row(lot, dock):
    return partial(pledge_row, lot, dock)


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


def test_upload_preview_confirm_and_again(client, lot, row):
    before = state()
    preview = client.post(WEB, {"file": upload(as_csv(CHINESE, [row()], "gb18030"))})
    assert state() == before
    rows = sealed_rows(preview)

    done = client.post(WEB, {"rows": rows}, follow=True)
    again = client.post(WEB, {"rows": rows}, follow=True)

    assert "600 斤 = 300 公斤 1.20 元/斤" in words_of(preview)
    assert done.redirect_chain == [("/orders/", 302)]
    assert "导入完成：新增 1 行，更新 0 行，不变 0 行" in words_of(done)
    assert "导入完成：新增 0 行，更新 0 行，不变 1 行" in words_of(again)
    assert Pledge.objects.count() == 1


def test_stock_that_went_between_preview_and_confirmation_is_said(client, cast, lot, row):
    preview = client.post(WEB, {"file": upload(as_csv(CHINESE, [row(firm="10", unit="吨", max_price="")]))})
    rows = sealed_rows(preview)
    make_pledge(lot, make_dock(cast.rival_supermarket), "1吨", by=cast.rival_buyer)
    before = state()

    page = client.post(WEB, {"rows": rows})

    assert "只剩 1.8 万斤 = 9 吨，请减少数量" in words_of(page)
    assert state() == before


@pytest.mark.parametrize(
    "who",
    ["farmer", "cooperative_manager", "helper", "dispatcher", "haulier", "driver", "agriculture_desk", "outsider"],
)
def test_the_page_is_not_found_by_those_who_may_not(cast, who, row):
    client = Client()
    client.force_login(getattr(cast, who))

    for path in (WEB, f"{WEB}template.xlsx"):
        assert client.get(path).status_code == 404
    assert client.post(WEB, {"file": upload(as_csv(CHINESE, [row()]))}).status_code == 404
    assert Pledge.objects.count() == 0


def test_the_template_is_a_workbook_of_all_columns(client, lot, dock):
    answer = client.get(f"{WEB}template.xlsx")
    page = client.post(WEB, {"file": upload(answer.content, "rengou.xlsx")})

    # The loofah of tomorrow is there; nobody offers peaches.
    assert "没有在售的黄桃" in words_of(page)


def test_a_formula_in_a_workbook_is_refused(client, row):
    page = client.post(WEB, {"file": upload(formula_xlsx(CHINESE, row(), 4, "=100+200"), "表.xlsx")})

    assert "第 2 行 E「认购数量」" in words_of(page)
    assert Pledge.objects.count() == 0


def test_ten_megabytes_are_refused_at_once(client):
    page = client.post(WEB, {"file": upload(b"x" * (10 * 1024 * 1024))})

    assert "超过 1 MB，请分成几个文件" in words_of(page)


def test_the_command_tries_does_and_repeats(cast, lot, row, tmp_path):
    file = tmp_path / "认购.xlsx"
    file.write_bytes(as_xlsx(ENGLISH, [row()]))

    def run(*args: str) -> dict:
        out = StringIO()
        call_command("import_pledges", str(file), "--json", "--as", cast.buyer.local_phone, *args, stdout=out)
        return json.loads(out.getvalue())

    tried = run("--dry-run")
    assert Pledge.objects.count() == 0
    done, again = run(), run()

    assert (tried["new"], done["new"], again["new"], again["unchanged"]) == (1, 1, 0, 1)
    assert Pledge.objects.count() == 1
