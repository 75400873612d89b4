"""Addresses of clearing trips, of drivers' health, of areas at risk and of what holds on roads."""

from django.urls import URLPattern, path

from orders.logistics.views import clearing

urlpatterns: list[URLPattern] = [
    path("day/clear/", clearing.day_clear, name="day_clear"),
    path("trips/<int:pk>/clear/", clearing.trip_clear, name="trip_clear"),
    path("trips/<int:pk>/unclear/", clearing.trip_unclear, name="trip_unclear"),
    path("trips/<int:pk>/override/", clearing.trip_override, name="trip_override"),
]
