"""批量通过: the filters count, each listing by its own door, many go to the worker."""

import pytest
from django.db import transaction
from django.urls import reverse
from wagtail.models import TaskState

from cms.actions.bulk_approvals import CHUNK, TooManyAtOnce, approve_each, approve_next_chunk, start_bulk_approval
from cms.models import BulkApproval
from cms.tasks import approve_in_bulk
from market.actions.listings import edit_listing, withdraw_listing
from market.actions.lots import reserve
from market.exceptions import NotAllowed, WrongState
from market.models import Listing, Lot
from market.quantities import Quantity
from tests.cms.conftest import fresh, logged_in, open_task, press, said, url
from tests.factories import make_submitted_listing, make_terms


def address(*listings: Listing, **filters) -> str:
    ids = "&".join(f"id={listing.pk}" for listing in listings) or "id=all"
    extra = "".join(f"&{name}={value}" for name, value in filters.items())
    return f"{reverse('wagtail_bulk_action', args=['market', 'listing', 'approve'])}?next={url('list')}&{ids}{extra}"


def item(listing: Listing) -> str:
    return f"{listing.pk}:{open_task(listing).pk}"


def confirmed(client, *listings: Listing, **filters):
    """Open the confirmation and press its button, as the page stands."""
    page = client.get(address(*listings, **filters))
    items = [f"{row['item'].pk}:{row['task'].pk}" for row in page.context["items"]]
    return client.post(address(*listings, **filters), {"item": items}, follow=True)


def at(desk: str) -> int:
    return TaskState.objects.filter(task__name=desk, status="in_progress").count()


def test_the_ticked_listings_are_approved(submit, agriculture):
    ticked, other = [submit(), submit()], submit()

    response = confirmed(agriculture, *ticked)

    assert said(response) == ["已通过 2 条货源。"]
    assert (at("商务发布"), open_task(other).task.name) == (2, "农业核对")


def test_the_confirmation_is_ours_in_chinese(submit, agriculture):
    page = agriculture.get(address(submit())).content.decode()

    for word in ("要通过下面 1 条货源吗？", "全部通过", "返回列表", "农业核对"):
        assert word in page


def test_select_all_means_what_the_filters_and_the_search_show(cast, reference, submit, agriculture):
    submit()
    peach = make_submitted_listing(
        cast.rival_household, reference["peach"], reference["village"], by=cast.rival_farmer, variety="锦绣"
    )

    by_filter = agriculture.get(address(produce=reference["peach"].pk))
    by_search = agriculture.get(address(q="锦绣"))
    by_nonsense = agriculture.get(address(stage="nonsense"))

    assert [row["item"].pk for row in by_filter.context["items"]] == [peach.pk]
    assert [row["item"].pk for row in by_search.context["items"]] == [peach.pk]
    assert by_nonsense.context["items"] == []


def test_what_does_not_wait_for_this_desk_is_named_and_left_alone(submit, agriculture, commerce):
    mine, passed_on = submit(), submit()
    press(agriculture, passed_on, "approve")

    page = agriculture.get(address(mine, passed_on))
    confirmed(agriculture, mine, passed_on)

    assert [row["item"].pk for row in page.context["items"]] == [mine.pk]
    assert "另外 1 条现在不等您审核" in page.content.decode()
    assert fresh(passed_on).live is False
    assert open_task(passed_on).task.name == "商务发布"


def test_a_listing_that_moved_on_after_the_confirmation_is_refused_not_approved_unseen(
    cast, submit, admin, agriculture
):
    """An administrator may decide at both desks: the second desk must not be passed by the first one's confirmation."""
    listing = submit()
    seen = item(listing)
    press(agriculture, listing, "approve")

    response = admin.post(address(listing), {"item": [seen]}, follow=True)

    assert said(response) == ["没有通过：丝瓜 · 一等 · 白关村（王建国家）。这条货源已经被处理过了，请刷新列表"]
    assert open_task(listing).task.name == "商务发布"


def test_one_refusal_stops_no_other_and_is_listed(cast, submit, agriculture, commerce):
    bad, good = submit(), submit()
    for client in (agriculture, commerce):
        press(client, bad, "approve")
    edit_listing(fresh(bad), make_terms(bad.produce, bad.place, quantity=Quantity.parse("1万斤")), by=cast.farmer)
    for listing in (bad, good):
        press(agriculture, listing, "approve")
    reserve(Lot.objects.filter(listing=bad).order_by("day")[0].pk, 6_000_000)

    response = confirmed(commerce, bad, good)

    assert said(response)[0] == "已通过 1 条货源。"
    assert "1.2 万斤" in said(response)[1]
    assert fresh(good).live is True
    assert (fresh(bad).quantity_per_day_g, open_task(bad).task.name) == (10_000_000, "商务发布")


@pytest.mark.parametrize("items", [[], ["x"], ["1"], ["-1:2"], ["1:2:3"], ["999999999999999999999:1"]])
def test_a_form_with_nothing_usable_approves_nothing(submit, agriculture, items):
    listing = submit()

    response = agriculture.post(address(listing), {"item": items}, follow=True)

    assert said(response) == ["没有选中等您审核的货源，请回到列表勾选。"]
    assert open_task(listing).task.name == "农业核对"


def test_a_task_of_another_listing_approves_neither(submit, agriculture):
    mine, other = submit(), submit()

    response = agriculture.post(address(mine), {"item": [f"{mine.pk}:{open_task(other).pk}"]}, follow=True)

    assert "找不到这条货源" in said(response)[0]
    assert at("农业核对") == 2


@pytest.mark.parametrize("role", ["farmer", "outsider"])
def test_people_without_a_desk_cannot_reach_it(submit, cast, role):
    listing = submit()

    response = logged_in(getattr(cast, role)).post(address(listing), {"item": [item(listing)]})

    assert response.status_code == 403
    assert at("农业核对") == 1


def test_pressing_twice_approves_once(submit, agriculture):
    listing = submit()
    form = {"item": [item(listing)]}
    agriculture.post(address(listing), form)

    response = agriculture.post(address(listing), form, follow=True)

    assert "已经被处理过了" in said(response)[-1]
    assert at("商务发布") == 1


@pytest.mark.parametrize("count", [1, 3])
def test_the_confirmation_costs_the_same_with_one_and_with_three(count, submit, agriculture, django_assert_num_queries):
    listings = [submit() for _ in range(count)]
    agriculture.get(address(*listings))

    with django_assert_num_queries(11):
        agriculture.get(address(*listings))


# --- many: the worker ---


@pytest.fixture
def thirty(submit) -> list[Listing]:
    return [submit() for _ in range(30)]


def test_more_than_twenty_go_to_the_worker_after_commit(thirty, cast, agriculture, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=False) as callbacks:
        response = agriculture.post(address(), {"item": [item(one) for one in thirty]})
    order = BulkApproval.objects.get()
    assert response["Location"] == reverse("cms_bulk_approval", args=[order.pk])
    assert (order.state, at("商务发布"), len(callbacks)) == ("waiting", 0, 1)

    callbacks[0]()

    order.refresh_from_db()
    assert (order.state, order.approved, order.failures, order.position) == ("done", 30, [], 30)
    assert at("商务发布") == 30
    page = agriculture.get(reverse("cms_bulk_approval", args=[order.pk])).content.decode()
    assert "已处理 30 / 30 条" in page
    assert "通过 30 条，没有通过 0 条。" in page


def test_a_worker_that_dies_goes_on_where_it_stopped(thirty, cast):
    order = BulkApproval.objects.create(items=[[one.pk, open_task(one).pk] for one in thirty], by=cast.agriculture_desk)
    order = approve_next_chunk(order)
    assert (order.position, order.state, at("商务发布")) == (CHUNK, "running", CHUNK)

    result = approve_in_bulk.call(order.pk)

    assert result == {"approved": 30, "refused": 0}
    assert at("商务发布") == 30


def test_a_chunk_is_a_transaction_of_its_own(thirty, cast):
    order = BulkApproval.objects.create(items=[[one.pk, open_task(one).pk] for one in thirty], by=cast.agriculture_desk)
    approve_next_chunk(order)

    def decide_and_die() -> None:
        with transaction.atomic():
            approve_next_chunk(order)
            raise RuntimeError("the worker is killed before the commit")

    with pytest.raises(RuntimeError):
        decide_and_die()

    order.refresh_from_db()
    assert (order.position, order.approved, at("商务发布")) == (CHUNK, CHUNK, CHUNK)


def test_repeating_the_task_changes_nothing(thirty, cast):
    order = BulkApproval.objects.create(items=[[one.pk, open_task(one).pk] for one in thirty], by=cast.agriculture_desk)
    approve_in_bulk.call(order.pk)

    assert approve_in_bulk.call(order.pk) == {"approved": 30, "refused": 0}
    with pytest.raises(WrongState):
        approve_next_chunk(order)
    assert at("商务发布") == 30


def test_the_worker_asks_again_who_may(thirty, cast):
    order = BulkApproval.objects.create(items=[[one.pk, open_task(one).pk] for one in thirty], by=cast.agriculture_desk)
    cast.agriculture_desk.groups.clear()

    assert approve_in_bulk.call(order.pk) == {"approved": 0, "refused": 30}
    assert BulkApproval.objects.get().failures[0][2] == "您没有权限做这个操作"


def test_the_progress_page_lists_what_was_refused_and_is_ones_own(thirty, cast, agriculture, commerce):
    task = open_task(thirty[0])
    withdraw_listing(thirty[0], reason="", by=cast.farmer)
    order = BulkApproval.objects.create(items=[[thirty[0].pk, task.pk]], by=cast.agriculture_desk)
    page = reverse("cms_bulk_approval", args=[order.pk])
    assert 'http-equiv="refresh"' in agriculture.get(page).content.decode()
    approve_in_bulk.call(order.pk)

    assert commerce.get(page).status_code == 404
    done = agriculture.get(page).content.decode()
    assert "丝瓜 · 一等 · 白关村（王建国家）" in done
    assert "没有通过的货源" in done
    assert 'http-equiv="refresh"' not in done


def test_an_order_is_refused_to_strangers_and_when_it_is_too_long(cast):
    with pytest.raises(NotAllowed):
        start_bulk_approval([(1, 1)], by=cast.farmer)
    with pytest.raises(TooManyAtOnce) as refusal:
        start_bulk_approval([(1, 1)] * 1001, by=cast.agriculture_desk)

    assert "一次最多批量通过 1000 条，现在选了 1001 条" in str(refusal.value)
    assert BulkApproval.objects.count() == 0


def test_fifty_ids_fit_into_the_request_line(thirty):
    """Trap 9: a page of 50 ticked listings travels in the address; gunicorn is told 8190 (cms/management/commands/up.py)."""
    from argparse import Namespace

    from cms.management.commands.up import _gunicorn

    command = _gunicorn(vars(Namespace(bind="127.0.0.1:1", workers=1, threads=1)))
    limit = int(command[command.index("--limit-request-line") + 1])

    assert limit == 8190
    assert len(address(*[Listing(pk=9_000_000_000 + n) for n in range(50)], q="很长的搜索" * 20)) < limit


def test_approve_each_refuses_unknown_listings_by_name(cast):
    assert approve_each([(4711, 1)], by=cast.agriculture_desk) == (0, [[4711, "4711", "找不到这条货源，请刷新列表"]])
