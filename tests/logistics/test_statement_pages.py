"""The pages and files of statements: who sees what, exact figures, and files in which nothing runs."""

import datetime as dt
import io
import uuid
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook
from pypdf import PdfReader

from market.models import Organisation
from orders.logistics import statement_files
from orders.logistics.actions.statements import adjust_statement
from orders.logistics.capitals import capitals
from orders.logistics.models import Receipt, StatementAdjustment
from orders.models import Pledge
from tests.factories.orders import fresh, make_dock, make_pledge
from tests.factories.receipts import make_receipt, on_the_road
from tests.pages import logged_in, words_of

OVERVIEW_STATEMENTS, ONE_STATEMENTS, FILE_STATEMENTS, DESK_STATEMENTS = 9, 9, 6, 8


@pytest.fixture
def received(day):
    """480 公斤 of the household's loofah taken by the supermarket, at 1.20 元/斤."""
    load = on_the_road(day, day.pledge("1000斤"))
    make_receipt(load, day.cast.buyer, accepted=480_000, rejected=20_000)
    return load


def of_two(day, name="statement") -> str:
    return reverse(f"logistics:{name}", args=[day.cast.household.pk, day.cast.supermarket.pk])


def text_of(pdf: bytes) -> str:
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def test_both_sides_read_their_overview(day, received):
    seller = words_of(logged_in(day.cast.farmer).get(reverse("logistics:statements")))
    buyer = words_of(logged_in(day.cast.buyer).get(reverse("logistics:statements")))

    for page in (seller, buyer):
        assert "1,152.00 元" in page
        assert "收下 480 公斤 拒收或短少 20 公斤" in page
        assert "960 斤 = 480 公斤" in page
    assert ("应收 1,152.00 元" in seller, "应付 1,152.00 元" in buyer) == (True, True)
    assert ("步步高天元店" in seller, "王建国家" in buyer) == (True, True)


def test_the_lines_between_two(day, received):
    adjust_statement(
        day.cast.household,
        day.cast.supermarket,
        amount=Decimal("-2.00"),
        reason="抹零",
        key=uuid.uuid4(),
        by=fresh(day.cast.farmer),
    )

    page = words_of(logged_in(day.cast.buyer).get(of_two(day)))

    assert "买方应付 1,150.00 元" in page
    assert "丝瓜 · 一等 960 斤 = 480 公斤 1.20 元/斤" in page
    assert "拒收 40 斤 · 压坏 1,152.00 元" in page
    assert "调整 抹零 -2.00 元" in page


def test_a_line_without_a_price_is_marked(day, received):
    Pledge.objects.update(price=None)

    page = words_of(logged_in(day.cast.buyer).get(of_two(day)))

    assert "待定价" in page
    assert "另有 960 斤 = 480 公斤 面议的货待定价，不在合计里" in page
    assert "买方应付 0.00 元" in page


def test_a_period_is_asked_for_and_a_wrong_one_gets_a_sentence(day, received):
    buyer = logged_in(day.cast.buyer)
    Receipt.objects.update(at=timezone.now() - dt.timedelta(days=400))
    day_ago = timezone.localdate() - dt.timedelta(days=400)

    assert "这段时间没有收过货" in words_of(buyer.get(of_two(day)))
    asked = {"since": day_ago.isoformat(), "until": day_ago.isoformat()}
    assert "1,152.00 元" in words_of(buyer.get(of_two(day), asked))
    for until, sentence in (
        ("2020-01-01", "结束日期不能早于开始日期"),
        ((day_ago + dt.timedelta(days=366)).isoformat(), "一次最多看 366 天"),
        ("<b>", "日期要写成"),
        ("", "日期要写成"),
    ):
        page = words_of(buyer.get(of_two(day), {**asked, "until": until}))
        assert sentence in page
        assert "这段时间没有收过货" in page


def test_a_person_of_several_organisations_chooses_one(day, received):
    from market.models import Membership

    Membership.objects.create(user=day.cast.buyer, organisation=day.cast.household, role="manager")
    buyer = logged_in(day.cast.buyer)
    url = reverse("logistics:statements")

    page = words_of(buyer.get(url, {"organisation": day.cast.supermarket.pk}))

    assert "应付 1,152.00 元" in page
    assert "应收 1,152.00 元" in words_of(buyer.get(url, {"organisation": day.cast.household.pk}))
    assert buyer.get(url, {"organisation": day.cast.rival_supermarket.pk}).status_code == 404


def test_the_commerce_desk_sees_everybodys(day, received):
    desk = logged_in(day.cast.commerce_desk)
    url = reverse("logistics:statements")

    sellers, buyers = words_of(desk.get(url)), words_of(desk.get(url, {"side": "buyer"}))

    assert "王建国家 1 960 斤 = 480 公斤" in sellers
    assert "步步高天元店 1 960 斤 = 480 公斤" in buyers
    assert "1,152.00 元" in words_of(desk.get(url, {"organisation": day.cast.household.pk}))
    assert desk.get(url, {"organisation": day.cast.carrier.pk}).status_code == 404
    assert "1,152.00 元" in words_of(desk.get(of_two(day)))


def test_those_who_have_not_traded_have_no_statement(day, received):
    farmer = logged_in(day.cast.farmer)
    for seller, buyer in (
        (day.cast.household.pk, day.cast.association.pk),
        (day.cast.supermarket.pk, day.cast.household.pk),
        (day.cast.household.pk, day.cast.household.pk),
        (0, 0),
    ):
        assert farmer.get(reverse("logistics:statement", args=[seller, buyer])).status_code == 404


@pytest.mark.parametrize("name", ["statement", "statement_pdf", "statement_xlsx", "adjustment_new"])
def test_others_learn_nothing(day, received, name):
    cast = day.cast
    for person in (cast.rival_farmer, cast.rival_buyer, cast.haulier, cast.driver, cast.dispatcher, cast.outsider):
        assert logged_in(person).get(of_two(day, name)).status_code == 404


# --- files ---


def test_the_paper_names_everything_also_rare_characters(day, received):
    Organisation.objects.filter(pk=day.cast.household.pk).update(name="喆翀燚䶮<b>合作社")
    answer = logged_in(day.cast.farmer).get(of_two(day, "statement_pdf"))

    text = text_of(answer.content)
    assert answer.headers["Content-Type"] == "application/pdf"
    for word in (
        *("对账单", "喆翀燚䶮<b>合作社", "步步高天元店", "丝瓜 · 一等", "压坏", "480 公斤", "960 斤", "1.20 元/斤"),
        *("买方应付：1,152.00 元", "人民币壹仟壹佰伍拾贰元整"),
    ):
        assert word in text


def test_a_long_paper_has_pages_and_a_too_long_one_a_sentence(day, received, monkeypatch):
    Receipt.objects.bulk_create(
        Receipt(load=received, accepted_g=n, key=uuid.uuid4(), by=day.cast.buyer) for n in range(1, 120)
    )
    farmer = logged_in(day.cast.farmer)
    pdf = farmer.get(of_two(day, "statement_pdf")).content
    assert len(PdfReader(io.BytesIO(pdf)).pages) > 2

    monkeypatch.setattr(statement_files, "MOST_PDF_LINES", 100)
    answer = farmer.get(of_two(day, "statement_pdf"), follow=True)
    assert "这段时间有 120 行，一份文件最多 100 行，请把日期改短" in answer.content.decode()


def test_the_sheet_counts_and_nothing_in_it_runs(day, received):
    Organisation.objects.filter(pk=day.cast.supermarket.pk).update(name='=HYPERLINK("http://x")')
    adjust_statement(
        day.cast.household,
        day.cast.supermarket,
        amount=Decimal("-2.05"),
        reason="+1+cmd|' /C calc'!A0",
        key=uuid.uuid4(),
        by=fresh(day.cast.farmer),
    )
    answer = logged_in(day.cast.farmer).get(of_two(day, "statement_xlsx"))

    rows = list(load_workbook(io.BytesIO(answer.content)).active.iter_rows(values_only=True))
    assert rows[0][0] == "日期"
    assert rows[1][4:] == ("丝瓜 · 一等", 480, 0, 20, 0, 1.2, "斤", 1152, "压坏")
    assert rows[2][2] == '\'=HYPERLINK("http://x")'
    assert rows[2][11:] == (-2.05, "'+1+cmd|' /C calc'!A0")
    assert (rows[3][0], rows[3][5], rows[3][11]) == ("合计", 480, 1149.95)


def test_the_sheet_has_a_name_and_speaks_the_readers_language(day, received):
    client = logged_in(day.cast.farmer)
    client.cookies["django_language"] = "en"

    sheet = load_workbook(io.BytesIO(client.get(of_two(day, "statement_xlsx")).content)).active

    assert (sheet.title, sheet["K2"].value) == ("Statement", "jin")


def test_an_open_price_is_a_word_in_the_sheet(day, received):
    Pledge.objects.update(price=None)
    answer = logged_in(day.cast.farmer).get(of_two(day, "statement_xlsx"))

    rows = list(load_workbook(io.BytesIO(answer.content)).active.iter_rows(values_only=True))
    assert (rows[1][11], rows[2][11]) == ("待定价", 0)


# --- an adjustment by form ---


def sent(**changes) -> dict:
    return {"way": "less", "amount": "12.50", "reason": "压坏", "pledge": "", "key": str(uuid.uuid4()), **changes}


def test_each_side_is_told_who_writes_the_other_way(day, received):
    farmer, buyer = (
        words_of(logged_in(user).get(of_two(day, "adjustment_new"))) for user in (day.cast.farmer, day.cast.buyer)
    )

    assert "想多收，请买方来记" in farmer
    assert "想少付，请卖方来记" in buyer
    assert "少收" not in buyer


def test_a_seller_writes_less_by_form_once(day, received):
    farmer, form = logged_in(day.cast.farmer), sent(pledge=str(Pledge.objects.get().pk))
    page = farmer.get(of_two(day, "adjustment_new"))
    assert "买方少付您这么多钱" in words_of(page)
    assert 'data-confirm="金额和原因都看清楚了吗？' in page.content.decode()  # it can never be edited

    for _ in range(2):
        assert farmer.post(of_two(day, "adjustment_new"), form).url == of_two(day)

    row = StatementAdjustment.objects.get()
    assert (row.amount, row.pledge) == (Decimal("-12.50"), Pledge.objects.get())


def test_the_desk_chooses_which_way(day, received):
    desk = logged_in(day.cast.commerce_desk)
    desk.post(of_two(day, "adjustment_new"), sent(way="more"))
    desk.post(of_two(day, "adjustment_new"), sent(way="less"))

    assert list(StatementAdjustment.objects.values_list("amount", flat=True)) == [Decimal("12.50"), Decimal("-12.50")]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"amount": "0"}, "金额要大于零"),
        ({"amount": "1.234"}, "最多写到分"),
        ({"amount": "一百"}, "金额要写成 12.50 这样"),
        ({"amount": "9999999"}, "不超过 1,000,000.00 元"),
        ({"reason": ""}, "请写明原因"),
        ({"pledge": "999999"}, "请从列表里选"),
        ({"key": "x"}, "UUID"),
    ],
)
def test_a_form_refused_says_why_and_writes_nothing(day, received, changes, sentence):
    page = logged_in(day.cast.farmer).post(of_two(day, "adjustment_new"), sent(**changes)).content.decode()

    assert sentence in page
    assert StatementAdjustment.objects.count() == 0


def test_a_seller_cannot_write_more(day, received):
    logged_in(day.cast.farmer).post(of_two(day, "adjustment_new"), sent(way="more"))

    assert StatementAdjustment.objects.count() == 0


# --- cost ---


def test_pages_cost_the_same_with_one_line_and_with_many(day, received, django_assert_num_queries):
    def cost() -> None:
        with django_assert_num_queries(OVERVIEW_STATEMENTS):
            logged_farmer.get(reverse("logistics:statements"))
        with django_assert_num_queries(ONE_STATEMENTS):
            logged_farmer.get(of_two(day))
        with django_assert_num_queries(FILE_STATEMENTS):
            logged_farmer.get(of_two(day, "statement_xlsx"))
        with django_assert_num_queries(DESK_STATEMENTS):
            desk.get(reverse("logistics:statements"))

    logged_farmer, desk = logged_in(day.cast.farmer), logged_in(day.cast.commerce_desk)
    cost()
    other = on_the_road(
        day, make_pledge(day.lot, make_dock(day.cast.rival_supermarket), "500斤", by=day.cast.rival_buyer)
    )
    make_receipt(other, day.cast.rival_buyer, accepted=5)
    Receipt.objects.bulk_create(
        Receipt(load=received, accepted_g=n, key=uuid.uuid4(), by=day.cast.buyer) for n in range(1, 40)
    )
    adjust_statement(
        day.cast.household,
        day.cast.supermarket,
        amount=Decimal("-2.00"),
        reason="抹零",
        key=uuid.uuid4(),
        by=fresh(day.cast.farmer),
    )
    cost()


@pytest.mark.parametrize(
    ("amount", "said"),
    [
        ("0", "人民币零元整"),
        ("0.05", "人民币伍分"),
        ("0.50", "人民币伍角整"),
        ("1.05", "人民币壹元零伍分"),
        ("10.00", "人民币壹拾元整"),
        ("1409.50", "人民币壹仟肆佰零玖元伍角整"),
        ("6007.14", "人民币陆仟零柒元壹角肆分"),
        ("107000.53", "人民币壹拾万柒仟元伍角叁分"),
        ("16409.02", "人民币壹万陆仟肆佰零玖元零贰分"),
        ("10001000.00", "人民币壹仟万壹仟元整"),
        ("100000001.00", "人民币壹亿零壹元整"),
        ("12573.56", "人民币壹万贰仟伍佰柒拾叁元伍角陆分"),
        ("-12.50", "人民币负壹拾贰元伍角整"),
    ],
)
def test_money_in_capitals(amount, said):
    assert capitals(Decimal(amount)) == said


@pytest.mark.parametrize("amount", ["0.001", "NaN", "1e16"])
def test_no_capitals_for_what_is_no_money(amount):
    with pytest.raises(ValueError, match=r".*"):
        capitals(Decimal(amount))
