"""A person's name, and adding a person to an organisation."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from market.accounts import PhoneField
from market.actions.people import MAX_NAME
from market.enums import grantable_roles
from market.exceptions import Refused
from market.forms.refusals import show_refusal


class NameForm(forms.Form):
    name = forms.CharField(
        label=_("姓名"),
        max_length=MAX_NAME,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("请写姓名"), "max_length": _("姓名最多 %(limit_value)d 个字")},
    )

    def refuse(self, refusal: Refused) -> None:
        self.add_error("name", str(refusal))


class MemberForm(forms.Form):
    """Somebody who may act for the organisation, by telephone number."""

    name = forms.CharField(
        label=_("姓名"),
        max_length=MAX_NAME,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("请写这个人的姓名"), "max_length": _("姓名最多 %(limit_value)d 个字")},
    )
    phone = PhoneField(error_messages={"required": _("请输入这个人的手机号")})
    role = forms.ChoiceField(
        label=_("角色"),
        widget=forms.RadioSelect,
        error_messages={"required": _("请选角色"), "invalid_choice": _("不能添加这个角色，请在下面选一个")},
    )

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        roles = grantable_roles(kind)
        self.fields["role"].choices = [(role.value, role.label) for role in roles]
        self.fields["role"].initial = roles[0]
        self.fields["phone"].widget.attrs["autocomplete"] = "off"

    def refuse(self, refusal: Refused) -> None:
        """Put the action's sentence beside its field, or on top."""
        show_refusal(self, refusal)
