"""Addresses of trucks, trips and receipts."""

from django.urls import URLPattern

app_name = "logistics"
urlpatterns: list[URLPattern] = []
