"""Addresses of the market: the board, selling, people and organisations."""

from django.urls import URLPattern

app_name = "market"
urlpatterns: list[URLPattern] = []
