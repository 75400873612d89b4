"""Logging in and out. Of allauth's addresses only those a telephone number needs: no e-mail, no reset, no social log-in.

allauth reverses these names without a namespace.
"""

from allauth.account import views as allauth_views
from django.urls import path
from django.views.generic import RedirectView

from market.views import accounts

urlpatterns = [
    path("login/", accounts.log_in, name="account_login"),
    path(
        "login/code/",
        RedirectView.as_view(pattern_name="account_login", query_string=True),
        name="account_request_login_code",
    ),
    path("login/code/confirm/", accounts.confirm_log_in, name="account_confirm_login_code"),
    path("signup/", accounts.sign_up, name="account_signup"),
    path("phone/verify/", accounts.verify_phone, name="account_verify_phone"),
    path("logout/", allauth_views.logout, name="account_logout"),
    path("inactive/", allauth_views.account_inactive, name="account_inactive"),
]
