"""How allauth meets our user: a telephone number and an SMS code, or for staff a password."""

import re
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from market.models import User
from market.sms import send_sms

MAINLAND_MOBILE = re.compile(r"\+861[3-9]\d{9}")


def normalise_phone(text: str) -> str:
    """Eleven digits as they are spoken, with spaces, dashes, full-width digits or +86, to E.164.

    Raises: ValidationError with a sentence.
    """
    digits = re.sub(r"[\s\-－—()（）]", "", text.translate(str.maketrans("０１２３４５６７８９＋", "0123456789+")))
    digits = digits.removeprefix("0086") if digits.startswith("0086") else digits
    phone = digits if digits.startswith("+") else f"+86{digits.removeprefix('86') if len(digits) == 13 else digits}"
    if not MAINLAND_MOBILE.fullmatch(phone):
        raise ValidationError(_("请输入 11 位手机号，例如 138 0000 0000"), code="phone")
    return phone


class PhoneField(forms.CharField):
    """allauth's own field insists on +86…; farmers type eleven digits."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", gettext_lazy("手机号"))
        kwargs.setdefault(
            "widget",
            forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "inputmode": "numeric", "maxlength": 20}),
        )
        super().__init__(**kwargs)

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        return normalise_phone(text) if text else text


class PhoneAdapter(DefaultAccountAdapter):
    """Where allauth reads and writes numbers, and how a code reaches its owner."""

    def clean_phone(self, phone: str) -> str:
        return normalise_phone(phone)

    def phone_form_field(self, **kwargs: Any) -> forms.Field:
        return PhoneField(required=kwargs.get("required", True))

    def get_phone(self, user: User) -> tuple[str, bool] | None:
        return (user.phone, user.phone_verified) if user.phone else None

    def set_phone(self, user: User, phone: str, verified: bool) -> None:
        User.objects.filter(pk=user.pk).update(phone=phone, phone_verified=verified)
        user.phone, user.phone_verified = phone, verified

    def set_phone_verified(self, user: User, phone: str) -> None:
        self.set_phone(user, phone, True)

    def get_user_by_phone(self, phone: str) -> User | None:
        return User.objects.filter(phone=phone).first()

    def save_user(self, request: HttpRequest, user: User, form: forms.Form, commit: bool = True) -> User:
        user.phone = form.cleaned_data["phone"]
        return super().save_user(request, user, form, commit)

    def send_verification_code_sms(self, user: User, phone: str, code: str, **_kwargs: Any) -> None:
        self._send_code(phone, code)

    def send_unknown_account_sms(self, phone: str, **_kwargs: Any) -> None:
        send_sms(phone, _("这个号码还没有登记绿通集市，请先注册"))

    def send_account_already_exists_sms(self, phone: str) -> None:
        send_sms(phone, _("这个号码已经登记过绿通集市，请直接登录"))

    def _send_code(self, phone: str, code: str) -> None:
        send_sms(phone, _("绿通集市验证码 %(code)s，5 分钟内有效，请勿告诉他人") % {"code": code})
        if settings.DEMO and self.request is not None:
            self.request.session["demo_sms_code"] = code
