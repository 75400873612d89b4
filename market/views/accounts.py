"""Logging in by SMS code: allauth's screens with our words, and what a demonstration shows beside them."""

from typing import Any

from allauth.account import views as allauth_views
from allauth.account.internal.stagekit import clear_login
from allauth.core.exceptions import RateLimited
from allauth.core.ratelimit import respond_429
from django.conf import settings
from django.contrib import messages
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from market.accounts import DEMO_CODE, DEMO_SMS
from market.forms.accounts import BY_PASSWORD
from market.queries.people import demo_log_ins


class Entrance:
    """A new number begins anew: whoever mistyped it or got no SMS sends the form again, within the limits."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return super().post(request, *args, **kwargs)  # type: ignore[misc]
        except RateLimited:  # raised where a number is to be verified, and caught by nobody
            return respond_429(request)
        except IntegrityError:  # a second tap signs the same number up beside the first
            return respond_429(request)

    def _redirect_to_pending_stage(self, request: HttpRequest, stage: Any) -> HttpResponse | None:
        if request.method == "POST" or "again" in request.GET:
            clear_login(request)
            return None
        return super()._redirect_to_pending_stage(request, stage)  # type: ignore[misc]


class LogIn(Entrance, allauth_views.LoginView):
    """By code, or on the staff's tab by password."""

    def get_initial(self) -> dict[str, Any]:
        return {**super().get_initial(), "login": self.request.GET.get("phone", "")[:24]}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        by_password = "password" in self.get_form().fields
        return {
            **super().get_context_data(**kwargs),
            "by": BY_PASSWORD if by_password else "",
            "demo_log_ins": demo_log_ins() if settings.DEMO and not by_password else [],
        }


class SignUp(Entrance, allauth_views.SignupView):
    def get_initial(self) -> dict[str, Any]:
        return {**super().get_initial(), "phone": self.request.GET.get("phone", "")[:24]}


class DemoSms:
    """The page of a code: in a demonstration it shows the SMS that went out."""

    request: HttpRequest

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)  # type: ignore[misc]
        context["local_phone"] = (context.get("phone") or "").removeprefix("+86")
        if settings.DEMO:
            context["demo_code"] = self.request.session.get(DEMO_CODE, "")
            context["demo_sms"] = self.request.session.get(DEMO_SMS, "")
        return context


class ConfirmLogIn(DemoSms, allauth_views.ConfirmLoginCodeView):
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = super().dispatch(request, *args, **kwargs)
        if getattr(self, "_process", True) is None:
            messages.error(request, _("验证码已经过期，请重新获取"))
        return response


class VerifyPhone(DemoSms, allauth_views._VerifyPhoneSignupView):
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = super().dispatch(request, *args, **kwargs)
        if getattr(self, "process", True) is None:
            messages.error(request, _("验证码已经过期，请用这个手机号登录，重新获取"))
        return response


log_in = LogIn.as_view()
sign_up = SignUp.as_view()
confirm_log_in = ConfirmLogIn.as_view()
verify_phone = VerifyPhone.as_view()
