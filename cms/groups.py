"""The bureau's desks: Wagtail groups with the rights their work needs, and the default review of a listing."""

from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from wagtail.models import Workflow, WorkflowContentType, WorkflowTask

from market.models import BureauApprovalTask, Listing

AGRICULTURE_DESK = "农业农村局审核"
COMMERCE_DESK = "商粮局发布"
WORKFLOW = "货源审核"

# Who may approve is said by the task of the workflow; `publish_listing` is the right to take a listing off the board.
DESK_PERMISSIONS = ("access_admin", "view_listing", "change_listing")
COMMERCE_PERMISSIONS = (
    *DESK_PERMISSIONS,
    "publish_listing",
    "view_organisation",
    "change_organisation",
    "view_produce",
    "change_produce",
)


@transaction.atomic
def make_desks() -> dict[str, Group]:
    """Make the two desks and, where listings have no workflow yet, the default one: agriculture checks, commerce publishes.

    Repeating it changes nothing: the bureau may have changed the workflow in the CMS.
    """
    agriculture = _group(AGRICULTURE_DESK, DESK_PERMISSIONS)
    commerce = _group(COMMERCE_DESK, COMMERCE_PERMISSIONS)
    listing_type = ContentType.objects.get_for_model(Listing)
    if not WorkflowContentType.objects.filter(content_type=listing_type).exists():
        workflow = Workflow.objects.create(name=WORKFLOW)
        for order, (name, group) in enumerate({"农业核对": agriculture, "商务发布": commerce}.items()):
            task = BureauApprovalTask.objects.create(name=name)
            task.groups.add(group)
            WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=order)
        WorkflowContentType.objects.create(content_type=listing_type, workflow=workflow)
    return {"agriculture": agriculture, "commerce": commerce}


def _group(name: str, codenames: tuple[str, ...]) -> Group:
    group, _created = Group.objects.get_or_create(name=name)
    group.permissions.add(*Permission.objects.filter(codename__in=codenames))
    return group
