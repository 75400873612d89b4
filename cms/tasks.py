"""Work of the back office that no page waits for. Each may be repeated without harm."""

from django.core.mail import EmailMessage
from django_tasks import task

from cms.actions.bulk_approvals import approve_next_chunk
from cms.models import BulkApproval
from cms.notifications import desk_mails, verdict_mails


@task()
def approve_in_bulk(order_id: int) -> dict[str, int]:
    """Work an order off, chunk by chunk, each its own transaction. A repeat finds it done and changes nothing."""
    order = BulkApproval.objects.get(pk=order_id)
    while not order.is_done:
        order = approve_next_chunk(order)
    return {"approved": order.approved, "refused": len(order.failures)}


@task()
def tell_desk(task_state_id: int) -> int:
    """Mail the people of the desk that listings wait. Returns how many mails."""
    return _send(desk_mails(task_state_id))


@task()
def tell_submitter(workflow_state_id: int) -> int:
    """Mail whoever handed a listing in what became of it, where they have an address. Returns how many mails."""
    return _send(verdict_mails(workflow_state_id))


def _send(mails: list[EmailMessage]) -> int:
    return sum(mail.send() for mail in mails)
