"""How allauth meets our user: a telephone number and an SMS code, or for staff a password."""

import re
import unicodedata
from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from market.models import User
from market.sms import send_sms

MAINLAND_MOBILE = re.compile(r"\+861[3-9][0-9]{9}")
BETWEEN_DIGITS = {"Zs", "Pd", "Ps", "Pe", "Cf", "Cc"}
DEMO_CODE, DEMO_SMS = "demo_sms_code", "demo_sms_text"


def plain_digits(text: str) -> str:
    """What was typed without spaces, dashes, brackets and the invisible marks of address books; full-width made narrow."""
    narrow = unicodedata.normalize("NFKC", text)
    return "".join(one for one in narrow if one not in ".·" and unicodedata.category(one) not in BETWEEN_DIGITS)


def normalise_phone(text: str) -> str:
    """Eleven digits as they are spoken, with spaces, dashes, full-width digits, +86 or 0086, to E.164.

    Raises: ValidationError with a sentence.
    """
    digits = plain_digits(text)
    if len(digits) == 15:
        digits = digits.removeprefix("0086")
    elif len(digits) == 13:
        digits = digits.removeprefix("86")
    phone = digits if digits.startswith("+") else f"+86{digits}"
    if not MAINLAND_MOBILE.fullmatch(phone):
        raise ValidationError(_("请输入 11 位手机号，例如 138 0000 0000"), code="phone")
    return phone


class PhoneField(forms.CharField):
    """allauth's own field insists on +86…; farmers type eleven digits."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", gettext_lazy("手机号"))
        kwargs.setdefault(
            "widget",
            forms.TextInput(
                attrs={
                    "type": "tel",
                    "autocomplete": "tel",
                    "inputmode": "numeric",
                    "maxlength": 24,
                    "class": "input-number",
                }
            ),
        )
        super().__init__(**kwargs)

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        return normalise_phone(text) if text else text


class PhoneAdapter(DefaultAccountAdapter):
    """Where allauth reads and writes numbers, how a code reaches its owner, and what a refusal says."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": gettext_lazy("这个账号已经停用，请拨打热线"),
        "phone_password_mismatch": gettext_lazy("手机号或密码不对，请检查后再试；也可以用验证码登录"),
        "incorrect_code": gettext_lazy("验证码不对，请看短信里最新的 6 位数字"),
        "too_many_login_attempts": gettext_lazy("试的次数太多了，请过几分钟再试"),
        "rate_limited": gettext_lazy("刚才点得太快了，请过一分钟再试"),
        "phone_taken": gettext_lazy("这个手机号已经登记过，请直接登录"),
    }

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
        user.name = form.cleaned_data.get("name", "")
        return super().save_user(request, user, form, commit)

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        for key in (DEMO_CODE, DEMO_SMS):
            request.session.pop(key, None)
        return super().post_login(request, user, **kwargs)

    def send_verification_code_sms(self, user: User, phone: str, code: str, **_kwargs: Any) -> None:
        self._send(phone, _("绿通集市验证码 %(code)s，5 分钟内有效，请勿告诉他人") % {"code": code}, code)

    def send_unknown_account_sms(self, phone: str, **_kwargs: Any) -> None:
        self._send(phone, _("这个号码还没有登记绿通集市，请先注册"))

    def send_account_already_exists_sms(self, phone: str) -> None:
        self._send(phone, _("这个号码已经登记过绿通集市，请直接登录"))

    def _send(self, phone: str, text: str, code: str = "") -> None:
        """In a demonstration the page shows what the telephone would: the screens stay the same for every number."""
        send_sms(phone, text)
        if settings.DEMO and self.request is not None:
            self.request.session[DEMO_CODE] = code
            self.request.session[DEMO_SMS] = text
