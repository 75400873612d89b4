"""The bureau's review task: Wagtail's group approval, made safe against two desks."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from wagtail.models import AbstractGroupApprovalTask, TaskState

from market.exceptions import AlreadyDecided


class BureauApprovalTask(AbstractGroupApprovalTask):
    """A desk's approval. Reads the task state again under a lock, so that a second or stale click is refused."""

    class Meta:
        verbose_name = _("部门审核")
        verbose_name_plural = _("部门审核")

    @classmethod
    def get_description(cls) -> str:
        return str(_("由所选部门（用户组）审核；过期的点击会被拒绝"))

    @transaction.atomic
    def on_action(self, task_state: TaskState, user: Any, action_name: str, **kwargs: Any) -> Any:
        """Locks: task state. Raises: AlreadyDecided."""
        fresh = TaskState.objects.select_for_update().get(pk=task_state.pk)
        if fresh.status != TaskState.STATUS_IN_PROGRESS:
            raise AlreadyDecided
        return super().on_action(fresh.specific, user, action_name, **kwargs)

    def locked_for_user(self, obj: Any, user: Any) -> bool:
        """Sellers are locked out while the text is in review; the desk itself is not locked out by a colleague."""
        return not (user.is_superuser or self.groups.filter(pk__in=user.groups.all()).exists())
