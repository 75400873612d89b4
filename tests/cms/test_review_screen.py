"""Deciding on the review screen: who may, what it writes, what a stale or forbidden click gets."""

import json

import pytest
from django.urls import reverse
from wagtail.models import GroupApprovalTask, ModelLogEntry, TaskState, Workflow, WorkflowTask

from cms.groups import WORKFLOW
from market.actions.listings import edit_listing
from market.enums import ListingStage
from market.exceptions import AlreadyDecided, LockedByColleague, NotAllowed
from market.models import BureauApprovalTask, Event, Listing, Lot
from market.queries.listings import asked_changes, stage_of
from tests.cms.conftest import fresh, logged_in, open_task, press, said, url
from tests.factories import make_terms, make_user

STALE = "这条货源已经被处理过了，请刷新列表"


def approve_all(agriculture, commerce, listing: Listing) -> Listing:
    press(agriculture, listing, "approve")
    press(commerce, listing, "approve")
    return fresh(listing)


def edit(cast, listing: Listing, **changes) -> Listing:
    return edit_listing(listing, make_terms(listing.produce, listing.place, **changes), by=cast.farmer)


def decided(listing: Listing) -> list[tuple[str, str]]:
    states = TaskState.objects.filter(workflow_state__object_id=str(listing.pk)).order_by("pk")
    return list(states.values_list("task__name", "status"))


# --- the two desks ---


def test_agriculture_approves_and_the_listing_goes_to_commerce(submit, agriculture):
    listing = submit()

    response = press(agriculture, listing, "approve")

    assert said(response) == ["已通过“丝瓜 · 一等 · 白关村”，转到下一个部门。"]
    assert decided(listing) == [("农业核对", "approved"), ("商务发布", "in_progress")]
    assert fresh(listing).live is False
    assert Lot.objects.count() == 0


def test_commerce_approves_and_the_listing_is_public_with_its_lots(submit, agriculture, commerce):
    listing = submit()
    press(agriculture, listing, "approve")

    response = press(commerce, listing, "approve")

    assert said(response) == ["已通过并上架“丝瓜 · 一等 · 白关村”。"]
    assert Listing.objects.public().get() == listing
    assert list(Lot.objects.values_list("offered_g", flat=True)) == [10_000_000] * 3


def test_every_decision_is_in_the_history_with_who_and_from_to(submit, cast, agriculture, commerce):
    listing = approve_all(agriculture, commerce, submit())

    assert list(Event.objects.about(listing).values_list("verb", "by", "from_state", "to_state")) == [
        ("submitted", cast.farmer.pk, "", "in_review"),
        ("approved", cast.agriculture_desk.pk, "in_review", "in_review"),
        ("published", cast.commerce_desk.pk, "in_review", "live"),
    ]


def test_asking_for_changes_needs_a_reason_and_shows_it_to_the_seller(submit, agriculture):
    listing = submit()

    response = press(agriculture, listing, "reject", "请补合格证照片")

    assert said(response) == ["已退回“丝瓜 · 一等 · 白关村”，卖方会在手机上看到原因。"]
    assert stage_of(fresh(listing)) == ListingStage.CHANGES_ASKED
    assert asked_changes(listing).comment == "请补合格证照片"
    assert Event.objects.about(listing).last().reason == "请补合格证照片"


@pytest.mark.parametrize("dialog", ["{}", '{"comment": "   "}', "no json", "[1]", '{"comment": ""}'])
def test_asking_for_changes_without_a_reason_is_refused_and_changes_nothing(submit, agriculture, dialog):
    listing = submit()

    response = press(agriculture, listing, "reject", **{"workflow-action-extra-data": dialog})

    assert "请写明原因，卖方会在手机上看到" in said(response)[0]
    assert decided(listing) == [("农业核对", "in_progress")]
    assert Event.objects.about(listing).count() == 1


def test_what_the_dialog_sends_beyond_the_comment_is_not_passed_on(submit, agriculture):
    """`update` would approve the task and leave the review standing."""
    listing = submit()

    press(agriculture, listing, "approve", **{"workflow-action-extra-data": json.dumps({"update": False})})

    assert decided(listing) == [("农业核对", "approved"), ("商务发布", "in_progress")]


def test_a_resubmitted_listing_comes_back_to_the_desk_that_asked_with_its_question(submit, cast, agriculture):
    listing = submit()
    press(agriculture, listing, "reject", "请写清品种")
    edit(cast, fresh(listing), variety="白关丝瓜")

    page = agriculture.get(url("edit", listing.pk)).content.decode()

    assert open_task(listing).task.name == "农业核对"
    assert "白关丝瓜" in page


# --- trap 4: who may decide is said by the task ---


def test_a_desk_without_the_publish_permission_may_have_the_last_word(submit, cast, agriculture):
    assert not cast.agriculture_desk.has_perm("market.publish_listing")
    WorkflowTask.objects.filter(task__name="商务发布").delete()
    listing = submit()

    response = press(agriculture, listing, "approve")

    assert response.status_code == 200
    assert fresh(listing).live is True


def test_the_bureau_swaps_the_order_of_the_desks(submit, agriculture, commerce):
    first, second = WorkflowTask.objects.filter(workflow__name=WORKFLOW).order_by("sort_order")
    WorkflowTask.objects.filter(pk=first.pk).update(sort_order=5)
    listing = submit()

    press(commerce, listing, "approve")
    assert fresh(listing).live is False
    press(agriculture, listing, "approve")

    assert second.task.name == "商务发布"
    assert fresh(listing).live is True


def test_a_task_taken_out_while_listings_wait_at_it_can_still_be_decided(submit, agriculture):
    listing = submit()
    WorkflowTask.objects.filter(task__name="商务发布").delete()

    press(agriculture, listing, "approve")

    assert fresh(listing).live is True


def test_the_bureau_adds_a_third_desk_in_the_cms(submit, cast, admin, agriculture, commerce):
    group = cast.commerce_desk.groups.get()
    workflow = Workflow.objects.get(name=WORKFLOW)
    task = BureauApprovalTask.objects.create(name="抽检")
    task.groups.add(group)
    form = {
        "name": WORKFLOW,
        "active": "on",
        "workflow_tasks-TOTAL_FORMS": "3",
        "workflow_tasks-INITIAL_FORMS": "2",
        "workflow_tasks-MIN_NUM_FORMS": "1",
        "workflow_tasks-MAX_NUM_FORMS": "1000",
        "pages-TOTAL_FORMS": "0",
        "pages-INITIAL_FORMS": "0",
        "pages-MIN_NUM_FORMS": "0",
        "pages-MAX_NUM_FORMS": "1000",
        "content_types": [str(row.content_type_id) for row in workflow.workflow_content_types.all()],
    }
    rows = [(str(row.pk), str(row.task_id)) for row in workflow.workflow_tasks.order_by("sort_order")]
    for order, (pk, task_pk) in enumerate([*rows, ("", str(task.pk))]):
        form |= {
            f"workflow_tasks-{order}-id": pk,
            f"workflow_tasks-{order}-task": task_pk,
            f"workflow_tasks-{order}-ORDER": str(order + 1),
            f"workflow_tasks-{order}-DELETE": "",
        }

    response = admin.post(reverse("wagtailadmin_workflows:edit", args=[workflow.pk]), form)

    assert response.status_code == 302
    listing = submit()
    for client in (agriculture, commerce):
        press(client, listing, "approve")
    assert (fresh(listing).live, open_task(listing).task.name) == (False, "抽检")
    press(commerce, listing, "approve")
    assert fresh(listing).live is True


# --- trap 5: stale decisions ---


def test_a_second_approval_by_a_colleague_gets_a_sentence_and_publishes_once(submit, cast, agriculture, commerce):
    listing = submit()
    press(agriculture, listing, "approve")
    colleague = make_user("卫商务")
    colleague.groups.add(cast.commerce_desk.groups.get())
    seen = str(open_task(listing).pk)
    press(commerce, listing, "approve")

    response = logged_in(colleague).post(
        url("edit", listing.pk),
        {
            "variety": "改掉",
            "grade": "first",
            "note": "",
            "task_state": seen,
            "action-workflow-action": "true",
            "workflow-action-name": "approve",
        },
        follow=True,
    )

    assert (response.status_code, said(response)) == (200, [STALE])
    assert ModelLogEntry.objects.filter(action="wagtail.publish").count() == 1
    assert (fresh(listing).variety, fresh(listing).revisions.count()) == ("", 1)


def test_a_second_press_of_somebody_at_both_desks_does_not_pass_the_next_desk(submit, cast, admin):
    """An administrator's double click would otherwise approve for agriculture and for commerce."""
    listing = submit()
    seen = str(open_task(listing).pk)
    press(admin, listing, "approve")

    response = press(admin, listing, "approve", task_state=seen)

    assert said(response) == [STALE]
    assert decided(listing) == [("农业核对", "approved"), ("商务发布", "in_progress")]


def test_a_reject_after_an_approval_is_refused(submit, cast, agriculture):
    listing = submit()
    state = open_task(listing)
    press(agriculture, listing, "approve")

    with pytest.raises(AlreadyDecided):
        state.task.specific.on_action(state, cast.agriculture_desk, "reject", comment="不行")

    assert decided(listing) == [("农业核对", "approved"), ("商务发布", "in_progress")]


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("name", ["workflow_action", "collect_workflow_action_data"])
@pytest.mark.parametrize("ajax", [True, False])
def test_a_stale_dialog_gets_a_sentence_not_an_error_page(submit, agriculture, name, method, ajax):
    listing = submit()
    task = open_task(listing)
    press(agriculture, listing, "approve")
    headers = {"x-requested-with": "XMLHttpRequest"} if ajax else {}

    address = url(name, listing.pk, "reject", task.pk)
    response = getattr(agriculture, method)(address, {"comment": "不行"}, headers=headers, follow=True)

    assert response.status_code == 200
    assert STALE in (json.loads(response.content)["html"] if ajax else " ".join(said(response)))
    assert decided(listing) == [("农业核对", "approved"), ("商务发布", "in_progress")]


def test_the_dialog_asks_for_the_reason_in_chinese_and_takes_it(submit, agriculture):
    listing = submit()
    address = url("workflow_action", listing.pk, "reject", open_task(listing).pk)
    ajax = {"x-requested-with": "XMLHttpRequest"}

    shown = json.loads(agriculture.get(address, headers=ajax).content)["html"]
    empty = json.loads(agriculture.post(address, {"comment": " "}, headers=ajax).content)["html"]
    sent = json.loads(agriculture.post(address, {"comment": "请重拍照片"}, headers=ajax).content)

    assert "退回原因" in shown
    assert "请写明原因，卖方会在手机上看到" in empty
    assert sent["step"] == "success"
    assert asked_changes(listing).comment == "请重拍照片"


def test_a_task_of_another_listing_in_the_address_decides_nothing(submit, cast, agriculture):
    mine, other = submit(), submit(variety="另一条")

    response = agriculture.post(url("workflow_action", mine.pk, "approve", open_task(other).pk), follow=True)

    assert said(response) == [STALE]
    assert decided(other) == [("农业核对", "in_progress")]


# --- who may ---


def test_agriculture_cannot_do_commerces_task(submit, cast, agriculture):
    listing = submit()
    press(agriculture, listing, "approve")
    task = open_task(listing)

    with pytest.raises(NotAllowed):
        task.task.specific.on_action(task, cast.agriculture_desk, "approve")
    by_dialog = agriculture.post(url("workflow_action", listing.pk, "approve", task.pk), follow=True)
    by_screen = press(agriculture, listing, "approve")

    assert said(by_dialog)[0] == "您没有权限做这个操作"
    assert said(by_screen)[0] == STALE
    assert fresh(listing).live is False


@pytest.mark.parametrize("role", ["farmer", "buyer", "outsider", "dispatcher"])
def test_people_without_a_desk_decide_nothing(submit, cast, role):
    listing = submit()
    task = open_task(listing)

    with pytest.raises(NotAllowed):
        task.task.specific.on_action(task, getattr(cast, role), "approve")
    response = logged_in(getattr(cast, role)).post(url("workflow_action", listing.pk, "approve", task.pk))

    assert response.status_code == 403
    assert decided(listing) == [("农业核对", "in_progress")]


def test_a_desk_clerk_who_left_decides_nothing(submit, cast):
    listing, clerk = submit(), cast.agriculture_desk
    clerk.is_active = False
    clerk.save()
    task = open_task(listing)

    with pytest.raises(NotAllowed):
        task.task.specific.on_action(task, clerk, "approve")


def test_the_screen_has_no_door_to_publish_submit_or_cancel(submit, admin):
    listing = submit()
    page = admin.get(url("edit", listing.pk)).content.decode()

    for action in ("publish", "submit", "cancel-workflow", "restart-workflow"):
        assert f'name="action-{action}"' not in page
        admin.post(url("edit", listing.pk), {"variety": "", "grade": "first", "note": "", f"action-{action}": "1"})

    assert fresh(listing).live is False
    assert decided(listing) == [("农业核对", "in_progress")]


# --- trap 6: locks ---


def test_a_colleague_of_the_locker_can_unlock(submit, cast, agriculture):
    listing = submit()
    agriculture.post(url("lock", listing.pk))
    assert fresh(listing).locked_by == cast.agriculture_desk
    colleague = make_user("卫农业")
    colleague.groups.add(cast.agriculture_desk.groups.get())

    response = logged_in(colleague).post(url("unlock", listing.pk), follow=True)

    assert response.status_code == 200
    assert fresh(listing).locked is False


def test_somebody_of_another_desk_cannot_unlock(submit, agriculture, commerce):
    listing = submit()
    agriculture.post(url("lock", listing.pk))

    commerce.post(url("unlock", listing.pk))

    assert fresh(listing).locked is True


def test_what_a_colleague_locked_is_not_decided_behind_their_back(submit, cast, agriculture):
    listing = submit()
    agriculture.post(url("lock", listing.pk))
    colleague = make_user("卫农业")
    colleague.groups.add(cast.agriculture_desk.groups.get())
    task = open_task(listing)

    with pytest.raises(LockedByColleague) as refusal:
        task.task.specific.on_action(task, colleague, "approve")

    assert str(refusal.value) == "冯农业 锁定了这条货源，请先解锁再处理"
    assert decided(listing) == [("农业核对", "in_progress")]


def test_nothing_is_added_copied_or_deleted_in_the_back_office(submit, admin):
    listing = submit()

    for address in (url("add"), url("delete", listing.pk)):
        admin.get(address)
        admin.post(address, {})
    admin.post(reverse("wagtail_bulk_action", args=["market", "listing", "delete"]) + f"?id={listing.pk}")

    assert Listing.objects.count() == 1


def test_a_plain_wagtail_task_is_shown_to_its_group_too(submit, cast, agriculture):
    """The bureau may pick Wagtail's own task type in the CMS: its listings must not vanish from the queue."""
    from cms.queries.waiting import count_waiting

    task = GroupApprovalTask.objects.create(name="Wagtail")
    task.groups.add(cast.agriculture_desk.groups.get())
    WorkflowTask.objects.filter(task__name="农业核对").update(task=task)
    submit()

    assert count_waiting(cast.agriculture_desk) == 1
