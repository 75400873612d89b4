"""Addresses of people and organisations, inside the namespace of the market."""

from django.urls import path

from market.views.notices import notices, notices_seen
from market.views.organisations import add_member, new_organisation, organisation, place_choice, remove_member
from market.views.people import me, rename

urlpatterns = [
    path("me/", me, name="me"),
    path("me/name/", rename, name="rename"),
    path("me/notices/", notices, name="notices"),
    path("me/notices/seen/", notices_seen, name="notices_seen"),
    path("organisations/new/", new_organisation, name="organisation_new"),
    path("organisations/<int:pk>/", organisation, name="organisation"),
    path("organisations/<int:pk>/members/", add_member, name="member_add"),
    path("organisations/<int:pk>/members/<int:membership>/remove/", remove_member, name="member_remove"),
    path("places/children/", place_choice, name="place_choice"),
]
