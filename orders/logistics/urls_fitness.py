"""Addresses of clearing trips, of drivers' health, of areas at risk and of what holds on roads."""

from django.urls import URLPattern, path

from orders.logistics.views import clearing, health

urlpatterns: list[URLPattern] = [
    path("day/clear/", clearing.day_clear, name="day_clear"),
    path("trips/<int:pk>/clear/", clearing.trip_clear, name="trip_clear"),
    path("trips/<int:pk>/unclear/", clearing.trip_unclear, name="trip_unclear"),
    path("trips/<int:pk>/override/", clearing.trip_override, name="trip_override"),
    path("drivers/<int:pk>/health/", health.driver_health, name="driver_health"),
    path("drivers/<int:pk>/health/look/", health.driver_health_look, name="driver_health_look"),
]
