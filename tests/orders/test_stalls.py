"""An association's stalls: renamed, merged, their aliases forgotten; the pages of it, and who may."""

import pytest
from django.urls import reverse

from market.exceptions import NotAllowed
from market.models import Event
from orders.actions.stalls import forget_alias, merge_stalls, rename_stall
from orders.exceptions import StallGone, StallMergesItself, StallNameMissing, StallNameTaken
from orders.models import PledgeLine, Stall, StallAlias
from tests.factories import make_organisation
from tests.factories.orders import fresh, make_dock, make_pledge, stalls
from tests.pages import logged_in, words_of

LIST = reverse("orders:stalls")


@pytest.fixture
def stall(cast) -> Stall:
    return Stall.objects.create(association=cast.association, name="建宁菜场老李")


@pytest.fixture
def other(cast) -> Stall:
    return Stall.objects.create(association=cast.association, name="周满香")


@pytest.fixture
def alias(stall) -> StallAlias:
    return StallAlias.objects.create(association=stall.association, alias="老李", stall=stall)


@pytest.fixture
def clerk(cast):
    return fresh(cast.association_clerk)


def aliases() -> dict[str, str]:
    return dict(StallAlias.objects.values_list("alias", "stall__name"))


def test_a_renamed_stall_is_still_found_by_its_old_name(stall, alias, clerk):
    for _ in range(2):
        rename_stall(stall, name=" 李记  蔬菜 ", by=clerk)

    assert Stall.objects.get().name == "李记 蔬菜"
    assert aliases() == {"老李": "李记 蔬菜", "建宁菜场老李": "李记 蔬菜"}
    assert [(event.verb, event.reason) for event in Event.objects.about(stall)] == [
        ("renamed", "建宁菜场老李 → 李记 蔬菜")
    ]


def test_a_telephone_number_in_a_name_is_hidden(stall, clerk):
    rename_stall(stall, name="老李 13812345678", by=clerk)

    assert Stall.objects.get(pk=stall.pk).name == "老李 138****5678"
    assert "13812345678" not in str(list(Event.objects.values_list("reason", flat=True)))


def test_a_stall_may_take_a_name_the_group_called_it(stall, alias, clerk):
    rename_stall(stall, name="老李", by=clerk)

    assert aliases() == {"建宁菜场老李": "老李"}


@pytest.mark.parametrize("name", ["", "  ", "长" * 41, "周\u202e"])
def test_a_name_nobody_can_read_is_refused(stall, clerk, name):
    with pytest.raises(StallNameMissing):
        rename_stall(stall, name=name, by=clerk)

    assert Stall.objects.get().name == "建宁菜场老李"


def test_the_name_of_another_stall_is_refused_and_nothing_is_written(stall, other, clerk):
    with pytest.raises(StallNameTaken, match="已经有叫“周满香”的摊位"):
        rename_stall(stall, name="周满香", by=clerk)

    stall.refresh_from_db()
    assert (stall.name, aliases()) == ("建宁菜场老李", {})


def test_a_merged_stall_leaves_its_lines_and_names_to_the_other(stall, other, alias, clerk, lot, cast):
    lines = [("建宁菜场老李", stalls("100斤")[0][1])]
    make_pledge(lot, make_dock(cast.association), "100斤", by=clerk, lines=lines)

    merge_stalls(stall, into=other, by=clerk)

    assert list(Stall.objects.values_list("name", flat=True)) == ["周满香"]
    assert PledgeLine.objects.get().stall == other
    assert aliases() == {"老李": "周满香", "建宁菜场老李": "周满香"}
    assert [(event.verb, event.reason) for event in Event.objects.about(other)] == [("merged", "建宁菜场老李")]


def test_a_stall_is_not_merged_with_itself_nor_with_a_stranger(stall, clerk, reference):
    stranger = make_organisation("县协会", "association", reference["tianyuan"])
    theirs = Stall.objects.create(association=stranger, name="别家")

    for into in (stall, theirs):
        with pytest.raises(StallMergesItself):
            merge_stalls(stall, into=into, by=clerk)

    assert Stall.objects.count() == 2


def test_a_stall_that_is_merged_already_is_said_to_be_gone(stall, other, clerk):
    """A colleague, or a second tap, was faster."""
    merge_stalls(stall, into=other, by=clerk)

    for late in (lambda: merge_stalls(stall, into=other, by=clerk), lambda: rename_stall(stall, name="新名", by=clerk)):
        with pytest.raises(StallGone):
            late()
    assert Event.objects.filter(verb="merged").count() == 1


def test_an_alias_is_forgotten_once(alias, clerk):
    for _ in range(2):
        forget_alias(alias, by=clerk)

    assert aliases() == {}
    assert Event.objects.filter(verb="alias_forgotten").count() == 1


def test_nobody_else_touches_them(stall, other, alias, cast):
    for person in cast.people().values():
        if person == cast.association_clerk:
            continue
        for change in (
            lambda by: rename_stall(stall, name="甲", by=by),
            lambda by: merge_stalls(stall, into=other, by=by),
            lambda by: forget_alias(alias, by=by),
        ):
            with pytest.raises(NotAllowed):
                change(fresh(person))

    assert aliases() == {"老李": "建宁菜场老李"}


# --- pages ---


def test_the_pages_rename_merge_and_forget(stall, other, alias, cast):
    client = logged_in(cast.association_clerk)
    url = reverse("orders:stall", args=[stall.pk])
    assert "群里也叫： 老李" in words_of(client.get(LIST))

    assert client.post(url, {"name": "李记"})["Location"] == LIST
    assert client.post(reverse("orders:stall_alias", args=[alias.pk]))["Location"] == url
    assert client.post(url, {"into": other.pk})["Location"] == LIST

    assert aliases() == {"建宁菜场老李": "周满香", "李记": "周满香"}


def test_what_is_wrong_is_said_on_the_page(stall, other, cast):
    client = logged_in(cast.association_clerk)
    url = reverse("orders:stall", args=[stall.pk])

    assert "已经有叫“周满香”的摊位" in words_of(client.post(url, {"name": "周满香"}))
    assert "请写 1 到 40 个字" in words_of(client.post(url, {"name": " "}))
    assert "请从列表里选一个" in words_of(client.post(url, {"into": stall.pk}))


def test_an_empty_list_says_what_to_do(cast):
    assert "去贴接龙" in words_of(logged_in(cast.association_clerk).get(LIST))


def test_a_name_is_never_markup(stall, cast, clerk):
    rename_stall(stall, name="<b>李</b>", by=clerk)

    page = logged_in(cast.association_clerk).get(LIST).content.decode()

    assert "&lt;b&gt;李&lt;/b&gt;" in page


def test_the_list_costs_the_same_with_one_and_with_three(stall, alias, cast, django_assert_num_queries):
    client = logged_in(cast.association_clerk)
    with django_assert_num_queries(8):
        client.get(LIST)
    for name in ("甲", "乙"):
        more = Stall.objects.create(association=cast.association, name=name)
        StallAlias.objects.create(association=cast.association, alias=f"{name}记", stall=more)
    with django_assert_num_queries(8):
        assert client.get(LIST).status_code == 200
