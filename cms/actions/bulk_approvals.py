"""Approving many listings at once: each by the same door as one, in chunks that are transactions of their own."""

from collections.abc import Sequence
from functools import partial

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.models import TaskState

from cms.models import BulkApproval
from market.exceptions import Refused, WrongState
from market.models import Listing, User
from market.permissions import require

CHUNK = 25
AT_ONCE = 20  # more than this many are left to the task worker
MOST = 1000

Item = tuple[int, int]


class TooManyAtOnce(Refused):
    """`most` and `count` are numbers."""

    sentence = gettext_lazy("一次最多批量通过 %(most)d 条，现在选了 %(count)d 条；请先筛选，分几次处理")


@transaction.atomic
def start_bulk_approval(items: Sequence[Item], *, by: User) -> BulkApproval:
    """The order is kept; the worker begins after commit. Raises: NotAllowed, TooManyAtOnce. A repeat makes a second order,
    whose listings are all refused as decided already.
    """
    from cms.tasks import approve_in_bulk  # noqa: PLC0415 - the task calls this module

    require(by.is_active and by.has_perm("market.change_listing"))
    if len(items) > MOST:
        raise TooManyAtOnce(most=MOST, count=len(items))
    order = BulkApproval.objects.create(items=[list(item) for item in items], by=by)
    transaction.on_commit(partial(approve_in_bulk.enqueue, order.pk))
    return order


@transaction.atomic
def approve_next_chunk(order: BulkApproval) -> BulkApproval:
    """Decide on the next 25 and remember how far it got, in one transaction: after a crash it goes on where it stopped.

    Locks: order, then for each listing what `decide` locks. Raises: WrongState when the order is done.
    """
    order = BulkApproval.objects.select_for_update(of=("self",)).select_related("by").get(pk=order.pk)
    if order.is_done:
        raise WrongState(state=order.get_state_display())
    chunk = [(int(pk), int(task)) for pk, task in order.items[order.position : order.position + CHUNK]]
    approved, failures = approve_each(chunk, by=order.by)
    order.position += len(chunk)
    order.approved += approved
    order.failures = [*order.failures, *failures]
    order.state = BulkApproval.State.RUNNING
    if order.position >= order.total:
        order.state, order.finished_at = BulkApproval.State.DONE, timezone.now()
    order.save(update_fields=["position", "approved", "failures", "state", "finished_at"])
    return order


@transaction.atomic
def approve_each(items: Sequence[Item], *, by: User) -> tuple[int, list[list]]:
    """How many were approved, and [listing, title, sentence] of each that was refused: one refusal stops no other."""
    states = TaskState.objects.select_related("task", "workflow_state").in_bulk([task for _pk, task in items])
    titles = Listing.objects.select_related("produce", "place", "seller").in_bulk([pk for pk, _task in items])
    approved, failures = 0, []
    for pk, task in items:
        state, listing = states.get(task), titles.get(pk)
        if listing is None or state is None or state.workflow_state.object_id != str(pk):
            failures.append([pk, str(pk), _("找不到这条货源，请刷新列表")])
            continue
        try:
            with transaction.atomic():
                state.task.specific.on_action(state, by, "approve", comment="")
        except Refused as refusal:
            failures.append([pk, f"{listing}（{listing.seller.name}）", str(refusal)])
        else:
            approved += 1
    return approved, failures
