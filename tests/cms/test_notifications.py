"""Who is mailed, when, in which words: after commit, not superusers, one mail for a desk in ten minutes."""

import pytest
from django.core import mail
from django.db import transaction
from wagtail.models import TaskState, WorkflowState
from wagtail.signals import task_submitted, workflow_approved, workflow_rejected, workflow_submitted
from wagtail.users.models import UserProfile

from cms.tasks import tell_desk
from market.actions.listings import edit_listing
from market.actions.lots import reserve
from market.exceptions import OfferBelowReserved
from market.models import Lot
from market.quantities import Quantity
from tests.cms.conftest import fresh, open_task, press
from tests.factories import make_terms, make_user


@pytest.fixture
def addresses(cast) -> None:
    """Everybody has one, also the administrator and the farmer."""
    for name, person in cast.people().items():
        person.email = f"{name}@example.org"
        person.save()


def recipients() -> list[str]:
    return sorted(address for message in mail.outbox for address in message.to)


@pytest.mark.parametrize(
    ("signal", "sender"),
    [
        (task_submitted, TaskState),
        (workflow_submitted, WorkflowState),
        (workflow_approved, WorkflowState),
        (workflow_rejected, WorkflowState),
    ],
)
def test_wagtails_own_mails_are_switched_off(signal, sender):
    receivers = signal._live_receivers(sender)[0]

    assert {
        receiver.__module__
        for receiver in receivers
        if "notif" in getattr(receiver, "__module__", "") or hasattr(receiver, "notification")
    } == {"cms.notifications"}
    assert not any(hasattr(receiver, "notification") for receiver in receivers)


def test_the_desk_is_told_in_chinese_with_the_number_and_a_link(addresses, submit, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        submit()

    assert recipients() == ["agriculture_desk@example.org"]
    message = mail.outbox[0]
    assert message.subject == "绿通集市：1 条货源等待“农业核对”"
    assert "冯农业，您好" in message.body
    assert "丝瓜 · 一等 · 白关村" in message.body
    assert "/cms/snippets/market/listing/?waiting=me" in message.body
    assert not any(word in message.body for word in ("workflow", "moderation", "approve"))


def test_nothing_is_sent_before_the_commit(addresses, submit, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=False) as callbacks:
        submit()
        assert mail.outbox == []

    assert len(callbacks) >= 1


def test_a_decision_that_is_rolled_back_sends_nothing(
    addresses, cast, submit, agriculture, django_capture_on_commit_callbacks
):
    listing = submit()
    state = open_task(listing)

    def approve_and_fail() -> None:
        with transaction.atomic():
            state.task.specific.on_action(state, cast.agriculture_desk, "approve")
            raise RuntimeError("something later in the request failed")

    with django_capture_on_commit_callbacks(execute=True), pytest.raises(RuntimeError):
        approve_and_fail()
    assert mail.outbox == []

    with django_capture_on_commit_callbacks(execute=True):
        press(agriculture, listing, "approve")
    assert recipients() == ["commerce_desk@example.org"]


def test_a_publication_refused_by_the_stock_tells_nobody_that_it_is_public(
    addresses, cast, submit, agriculture, commerce, django_capture_on_commit_callbacks
):
    listing = submit()
    for client in (agriculture, commerce):
        press(client, listing, "approve")
    terms = make_terms(listing.produce, listing.place, quantity=Quantity.parse("1万斤"))
    edit_listing(fresh(listing), terms, by=cast.farmer)
    press(agriculture, listing, "approve")
    reserve(Lot.objects.order_by("day")[0].pk, 6_000_000)
    state = open_task(listing)

    with django_capture_on_commit_callbacks(execute=True), pytest.raises(OfferBelowReserved):
        state.task.specific.on_action(state, cast.commerce_desk, "approve")

    assert mail.outbox == []


def test_a_desk_gets_one_mail_for_many_listings(addresses, submit, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        for _ in range(5):
            submit()

    assert len(mail.outbox) == 1
    assert mail.outbox[0].subject == "绿通集市：5 条货源等待“农业核对”"


def test_superusers_are_mailed_only_where_they_sit_at_the_desk(
    addresses, cast, submit, django_capture_on_commit_callbacks
):
    cast.admin.groups.add(cast.agriculture_desk.groups.get())
    with django_capture_on_commit_callbacks(execute=True):
        submit()

    assert recipients() == ["admin@example.org", "agriculture_desk@example.org"]


def test_who_left_has_no_address_or_wants_none_is_not_mailed(
    addresses, cast, submit, django_capture_on_commit_callbacks
):
    desk = cast.agriculture_desk.groups.get()
    gone, silent, bare = (
        make_user("走了", email="gone@example.org", is_active=False),
        make_user("不要", email="no@example.org"),
        make_user("没有"),
    )
    for person in (gone, silent, bare):
        person.groups.add(desk)
    profile = UserProfile.get_for_user(silent)
    profile.submitted_notifications = False
    profile.save()

    with django_capture_on_commit_callbacks(execute=True):
        submit()

    assert recipients() == ["agriculture_desk@example.org"]


def test_a_task_decided_before_the_worker_came_needs_no_mail(addresses, submit, agriculture):
    listing = submit()
    state = open_task(listing)
    press(agriculture, listing, "approve")

    assert tell_desk.call(state.pk) == 0
    assert mail.outbox == []


def test_the_submitter_with_an_address_reads_the_reason(
    addresses, submit, agriculture, django_capture_on_commit_callbacks
):
    listing = submit()
    with django_capture_on_commit_callbacks(execute=True):
        press(agriculture, listing, "reject", "请补合格证照片")

    assert recipients() == ["farmer@example.org"]
    assert mail.outbox[0].subject == "绿通集市：请修改“丝瓜 · 一等 · 白关村”"
    assert "请补合格证照片" in mail.outbox[0].body


def test_a_farmer_without_an_address_is_no_error(submit, agriculture, django_capture_on_commit_callbacks):
    listing = submit()

    with django_capture_on_commit_callbacks(execute=True):
        press(agriculture, listing, "reject", "请改")

    assert mail.outbox == []
