"""The bureau's review task: Wagtail's group approval, made safe against two desks."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.models import AbstractGroupApprovalTask, TaskState

from market.moderation import ApprovalForm, ReasonForm


class BureauApprovalTask(AbstractGroupApprovalTask):
    """A desk's approval. Every decision goes through `market.actions.reviews.decide`, which refuses stale clicks."""

    class Meta:
        verbose_name = _("部门审核")
        verbose_name_plural = _("部门审核")

    @classmethod
    def get_description(cls) -> str:
        return str(_("由所选部门（用户组）审核；过期的点击会被拒绝"))

    def on_action(self, task_state: TaskState, user: Any, action_name: str, **kwargs: Any) -> Any:
        """Raises: what `decide` raises."""
        from market.actions.reviews import decide  # noqa: PLC0415 - the action needs this model

        return decide(self, task_state, action_name, by=user, carry_out=super().on_action, **kwargs)

    def get_actions(self, obj: Any, user: Any) -> list[tuple[str, Any, bool]]:
        """Wagtail's three buttons in our words; none for people of other desks."""
        if not (user.is_superuser or self._user_in_groups(user)):
            return []
        return [
            ("approve", _("通过"), False),
            ("reject", _("退回修改"), True),
            ("approve", _("通过并附言"), True),
        ]

    def get_form_for_action(self, action: str) -> type[forms.Form]:
        return ReasonForm if action == "reject" else ApprovalForm

    def user_can_unlock(self, obj: Any, user: Any) -> bool:
        """Wagtail lets only the locker unlock; a colleague of the same desk takes over when the locker went home."""
        return user.is_superuser or self._user_in_groups(user)
