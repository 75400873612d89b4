"""An association's sheet: rows, sum, errors beside the line, one pledge."""

import uuid

import pytest
from django.urls import reverse

from market.models import Event, Lot
from orders.models import Pledge, PledgeLine
from tests.factories.orders import make_dock, make_pledge, stalls


@pytest.fixture
def url(lot) -> str:
    return reverse("orders:sheet", args=[lot.pk])


@pytest.fixture
def clerk(client, cast):
    client.force_login(cast.association_clerk)
    return client


@pytest.fixture
def sent(cast):
    """The sheet as sent: rows are (name, quantity)."""
    market = make_dock(cast.association, name="湘江市场")

    def _sent(*rows: tuple[str, str], **changes) -> dict[str, object]:
        data = {"key": str(uuid.uuid4()), "dock": market.pk, "window_from": "05:00", "window_to": "08:00"}
        data |= {"lines-TOTAL_FORMS": len(rows), "lines-INITIAL_FORMS": 0}
        for number, (name, quantity) in enumerate(rows):
            data |= {f"lines-{number}-name": name, f"lines-{number}-quantity": quantity}
        return data | changes

    return _sent


def test_the_empty_sheet_has_twelve_rows(clerk, url, sent):
    page = clerk.get(url).content.decode()

    assert page.count('data-weight aria-label="第') == 12


def test_a_sheet_is_one_pledge_with_its_lines(clerk, url, sent, lot):
    response = clerk.post(url, sent(("老王", "100斤"), ("", ""), ("老李", "50"), ("3号摊", "2筐")))

    pledge = Pledge.objects.get()
    assert response["Location"] == reverse("orders:placed", args=[pledge.pk])
    assert pledge.firm_g == 50_000 + 25_000 + 40_000
    assert list(pledge.lines.values_list("position", "name", "quantity_g", "quantity_typed")) == [
        (1, "老王", 50_000, "100斤"),
        (2, "老李", 25_000, "50"),
        (3, "3号摊", 40_000, "2筐"),
    ]
    assert Lot.objects.get(pk=lot.pk).reserved_g == 115_000
    detail = clerk.get(reverse("orders:pledge", args=[pledge.pk])).content.decode()
    assert "老王" in detail
    assert "合计 3 户" in detail


def test_ten_more_rows_keep_what_was_typed_and_place_nothing(clerk, url, sent):
    page = clerk.post(url, sent(("老王", "100斤"), ("坏", "三车"), more="1")).content.decode()

    assert page.count('data-weight aria-label="第') == 12
    assert 'value="老王"' in page
    assert 'value="三车"' in page
    assert "不认识单位" not in page
    assert Pledge.objects.count() == 0


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        (("老李", ""), "第 2 行：请写数量"),
        (("", "50斤"), "第 2 行：请写摊位或姓名"),
        (("老李", "三车"), "第 2 行：不认识单位"),
        (("老李", "-5斤"), "第 2 行：数量不能是负数"),
        (("老李", "0斤"), "第 2 行：数量要大于零"),
        (("长" * 41, "50斤"), "第 2 行：最多 40 个字"),
    ],
)
def test_a_wrong_line_is_said_beside_it_with_its_row_and_nothing_is_placed(clerk, url, sent, row, sentence):
    page = clerk.post(url, sent(("老王", "100斤"), row)).content.decode()

    assert sentence in page
    assert 0 < page.index("请改好标红的行") < page.index("起订量"), "said above the lot, not below the first screen"
    assert 'value="老王"' in page
    assert Pledge.objects.count() == 0
    assert PledgeLine.objects.count() == 0


def test_the_sum_is_said_by_the_server_too(clerk, url, sent):
    page = clerk.post(url, sent(("老王", "100斤"), ("老李", "50斤"), window_to="23:00")).content.decode()

    assert "150 斤 = 75 公斤" in page
    assert "收货时间是 04:00 到 20:00" in page
    assert Pledge.objects.count() == 0


def test_an_empty_sheet_is_refused(clerk, url, sent):
    assert "请至少填一行" in clerk.post(url, sent(("", ""), ("", ""))).content.decode()


def test_a_sum_over_what_is_left_is_refused_above_the_form(clerk, url, sent, lot):
    page = clerk.post(url, sent(("老王", "1.5万斤"), ("老李", "1万斤"))).content.decode()

    assert "只剩 2 万斤 = 10 吨" in page
    assert Lot.objects.get(pk=lot.pk).reserved_g == 0


def test_a_sum_nobody_can_weigh_is_refused(clerk, url, sent):
    page = clerk.post(url, sent(("老王", "100万吨"), ("老李", "100万吨"))).content.decode()

    assert "数量太大" in page


@pytest.mark.parametrize("count", ["-1", "x", "", "1000000"])
def test_a_sheet_with_a_wrong_count_of_rows_places_nothing(clerk, url, sent, count):
    response = clerk.post(url, sent(("老王", "100斤"), **{"lines-TOTAL_FORMS": count}))

    assert response.status_code == 200
    assert Pledge.objects.count() == 0


def test_the_same_sheet_twice_is_placed_once(clerk, url, sent, lot):
    form = sent(("老王", "100斤"), ("老李", "50斤"))

    first, second = clerk.post(url, form), clerk.post(url, form)

    assert first["Location"] == second["Location"]
    assert Pledge.objects.count() == 1
    assert PledgeLine.objects.count() == 2
    assert Lot.objects.get(pk=lot.pk).reserved_g == 75_000


@pytest.mark.parametrize("who", ["buyer", "farmer", "dispatcher", "admin", "outsider"])
def test_only_an_association_finds_the_sheet(client, cast, url, sent, who):
    client.force_login(getattr(cast, who))

    assert client.get(url).status_code == 404
    assert client.post(url, sent(("老王", "100斤"))).status_code == 404
    assert Pledge.objects.count() == 0


def test_a_sheet_is_changed_as_a_sheet(clerk, sent, cast, lot):
    dock = make_dock(cast.association)
    pledge = make_pledge(lot, dock, "100斤", by=cast.association_clerk, lines=stalls("60斤", "40斤"))
    url = reverse("orders:change_sheet", args=[pledge.pk])

    assert clerk.get(reverse("orders:change", args=[pledge.pk]))["Location"] == url
    assert 'value="2号摊"' in clerk.get(url).content.decode()
    form = sent(
        ("1号摊", "60斤"), ("2号摊", "90斤"), dock=dock.pk, window_from="06:00", window_to="10:00", reference=""
    )
    clerk.post(url, form)

    pledge.refresh_from_db()
    assert pledge.firm_g == 75_000
    assert list(pledge.lines.values_list("quantity_g", flat=True)) == [30_000, 45_000]
    assert Lot.objects.get(pk=lot.pk).reserved_g == 75_000
    assert list(Event.objects.about(pledge).values_list("verb", flat=True)) == ["placed", "lines_changed", "changed"]


def test_a_pledge_without_lines_has_no_sheet_to_change(client, cast, pledge):
    client.force_login(cast.buyer)

    assert client.get(reverse("orders:change_sheet", args=[pledge.pk])).status_code == 404


def test_the_sheet_costs_the_same_for_one_row_and_for_thirty(clerk, url, sent, django_assert_num_queries):
    for rows in (1, 30):
        with django_assert_num_queries(8):
            clerk.post(url, sent(*[("老王", "")] * rows))
