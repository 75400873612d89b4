"""What a person types to log in and to sign up."""

from typing import Any

from allauth.account import forms as allauth_forms
from django import forms
from django.utils.translation import gettext_lazy as _

from market.accounts import plain_digits

BY_PASSWORD = "password"  # noqa: S105 - the name of a tab


def code_field() -> forms.CharField:
    return forms.CharField(
        label=_("验证码"),
        max_length=12,
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "class": "input-number", "autofocus": True}
        ),
        error_messages={"required": _("请输入短信里的 6 位数字")},
    )


class LogInForm(allauth_forms.LoginForm):
    """A telephone number; on the staff's tab also a password."""

    def _setup_password_field(self) -> None:
        self.fields["login"].error_messages["required"] = _("请输入手机号")
        asked = self.request.POST or self.request.GET
        if asked.get("by") != BY_PASSWORD:
            del self.fields["password"]
            return
        self.fields["password"].label = _("密码")
        self.fields["password"].help_text = ""
        self.fields["password"].widget.attrs.pop("placeholder", None)
        self.fields["password"].error_messages["required"] = _("请输入密码")


class SignUpForm(allauth_forms.SignupForm):
    """A name and a telephone number."""

    name = forms.CharField(
        label=_("姓名"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("请写姓名，对方要知道找谁")},
    )
    field_order = ("name", "phone")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["phone"].label = _("手机号")
        self.fields["phone"].error_messages["required"] = _("请输入手机号")

    def clean_name(self) -> str:
        return " ".join(self.cleaned_data["name"].split())


class LogInCodeForm(allauth_forms.ConfirmLoginCodeForm):
    code = code_field()

    def clean_code(self) -> str:
        self.cleaned_data["code"] = plain_digits(self.cleaned_data["code"])
        return super().clean_code()


class SignUpCodeForm(allauth_forms.VerifyPhoneForm):
    code = code_field()

    def clean_code(self) -> str:
        self.cleaned_data["code"] = plain_digits(self.cleaned_data["code"])
        return super().clean_code()
