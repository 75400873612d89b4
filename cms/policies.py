"""What the screens of the back office may do at all, before the person's rights are asked."""

from typing import Any

from wagtail.permissions import ModelPermissionPolicy


class NarrowPolicy(ModelPermissionPolicy):
    """Django's rights, but only for these verbs: the rest happens elsewhere (the seller's phone, the data files) or not at all."""

    def __init__(self, model: Any, verbs: set[str]) -> None:
        super().__init__(model)
        self.verbs = verbs

    def user_has_permission(self, user: Any, action: str) -> bool:
        return action in self.verbs and super().user_has_permission(user, action)

    def user_has_any_permission(self, user: Any, actions: Any) -> bool:
        return any(self.user_has_permission(user, action) for action in actions)

    def user_has_permission_for_instance(self, user: Any, action: str, instance: Any) -> bool:
        return self.user_has_permission(user, action)

    def user_has_any_permission_for_instance(self, user: Any, actions: Any, instance: Any) -> bool:
        return self.user_has_any_permission(user, actions)
