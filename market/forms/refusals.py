"""What an action refused, shown on the form that asked for it."""

from django import forms

from market.exceptions import Refused


def show_refusal(form: forms.BaseForm, refusal: Refused) -> None:
    """Put the sentence beside the field that would cure it, or on top."""
    form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
