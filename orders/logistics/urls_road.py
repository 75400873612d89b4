"""Addresses of what happens on the road, as the desk sees it: seals, breakdowns, changes of truck."""

from django.urls import URLPattern, path

from orders.logistics.views import breakdowns, seals, transfers

urlpatterns: list[URLPattern] = [
    path("trips/<int:pk>/seals/", seals.seal_put, name="seal_put"),
    path("seals/<int:pk>/break/", seals.seal_break, name="seal_break"),
    path("trips/<int:pk>/breakdown/", breakdowns.breakdown_new, name="breakdown_new"),
    path("breakdowns/<int:pk>/", breakdowns.breakdown, name="breakdown"),
    path("breakdowns/<int:pk>/rescue/", breakdowns.breakdown_rescue, name="breakdown_rescue"),
    path("breakdowns/<int:pk>/repaired/", breakdowns.breakdown_repaired, name="breakdown_repaired"),
    path("breakdowns/<int:pk>/close/", breakdowns.breakdown_close, name="breakdown_close"),
    path("loads/<int:pk>/relay/", transfers.load_relay, name="load_relay"),
    path("loads/<int:pk>/take-on/", transfers.load_take_on, name="load_take_on"),
    path("waiting/<int:pk>/trucks/", transfers.next_trucks, name="next_trucks"),
    path("waiting/<int:pk>/take/", transfers.next_truck_take, name="next_truck_take"),
]
