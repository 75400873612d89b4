"""Which two plans are laid side by side: shape only."""

from django import forms


class TwoRunsForm(forms.Form):
    a = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
    b = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1)

    def chosen(self) -> tuple[int | None, int | None]:
        """What is no number is as if it were not asked for."""
        self.full_clean()
        return self.cleaned_data.get("a"), self.cleaned_data.get("b")
