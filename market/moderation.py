"""What Wagtail's settings name. Wagtail imports this file while its own models load: nothing is imported up here."""

from typing import Any


def publish_reviewed_revision(workflow_state: Any, user: Any = None) -> None:
    """WAGTAIL_FINISH_WORKFLOW_ACTION."""
    from market.actions.reviews import publish_reviewed_revision as publish  # noqa: PLC0415 - see above

    publish(workflow_state, user)
