"""What Wagtail asks for by name: the end of a review, and what a desk fills in when it decides.

Wagtail imports this file while its own models load: nothing of ours is imported up here.
"""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

MAX_REASON = 300


def publish_reviewed_revision(workflow_state: Any, user: Any = None) -> None:
    """WAGTAIL_FINISH_WORKFLOW_ACTION."""
    from market.actions.reviews import publish_reviewed_revision as publish  # noqa: PLC0415 - see above

    publish(workflow_state, user)


class ApprovalForm(forms.Form):
    """A word to go with an approval; may stay empty."""

    comment = forms.CharField(
        label=_("附言"),
        required=False,
        max_length=MAX_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("可以不填；会记入审核记录"),
    )


class ReasonForm(forms.Form):
    """Why the seller has to change the listing: what they read on the phone."""

    comment = forms.CharField(
        label=_("退回原因"),
        max_length=MAX_REASON,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("卖方会在手机上看到这句话，请写清楚要改什么，例如：请补一张合格证照片"),
        error_messages={"required": _("请写明原因，卖方会在手机上看到")},
    )
