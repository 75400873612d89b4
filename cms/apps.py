from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from wagtail.users.apps import WagtailUsersAppConfig


class CmsConfig(AppConfig):
    name = "cms"
    default = True
    verbose_name = _("内容与管理")

    def ready(self) -> None:
        """Take the places of Wagtail's mail receivers.

        A signal takes one receiver for each `dispatch_uid` and sender, and this app is ready before `wagtail.admin`: Wagtail's own
        find their places taken (tests/cms/test_notifications.py would notice).
        """
        from wagtail.models import TaskState, WorkflowState
        from wagtail.signals import task_submitted, workflow_approved, workflow_rejected, workflow_submitted

        from cms import notifications as ours

        for signal, receiver, sender, place in (
            (task_submitted, ours.on_task_submitted, TaskState, "group_approval_task_submitted"),
            (workflow_submitted, ours.on_workflow_submitted, WorkflowState, "workflow_state_submitted"),
            (workflow_rejected, ours.on_verdict, WorkflowState, "workflow_state_rejected"),
            (workflow_approved, ours.on_verdict, WorkflowState, "workflow_state_approved"),
        ):
            signal.connect(receiver, sender=sender, dispatch_uid=f"{place}_email_notification")


class CmsUsersConfig(WagtailUsersAppConfig):
    """Wagtail's screens for users, with a form for ours: telephone number and name instead of user name, first and last name."""

    user_viewset = "cms.viewsets.users.UserViewSet"
    default = False
