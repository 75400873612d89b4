"""Addresses of matching: the desk's runs, the published policies, what spoils; part of the namespace `orders`."""

from django.urls import URLPattern, path

from orders.views import matching, policies, spoiling

urlpatterns: list[URLPattern] = [
    path("match/", matching.match, name="match"),
    path("match/new/", matching.match_new, name="match_new"),
    path("match/mine/", matching.match_mine, name="match_mine"),
    path("match/<int:pk>/", matching.match_run, name="match_run"),
    path("match/<int:pk>/commit/", matching.match_commit, name="match_commit"),
    path("match/<int:pk>/discard/", matching.match_discard, name="match_discard"),
    path("match/<int:pk>/replay/", matching.match_replay, name="match_replay"),
    path("match/<int:pk>/again/", matching.match_again, name="match_again"),
    path("policies/", policies.policies, name="policies"),
    path("policies/<int:pk>/", policies.policy, name="policy"),
    path("policies/<slug:kind>/new/", policies.policy_new, name="policy_new"),
    path("spoiling/", spoiling.spoiling, name="spoiling"),
    path("spoiling/push/", spoiling.spoiling_push, name="spoiling_push"),
]
