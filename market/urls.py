"""Addresses of the market: the board, selling, people and organisations."""

from django.urls import include, path

from market.views.board import board
from market.views.lot import lot

app_name = "market"
urlpatterns = [
    path("", include("market.people_urls")),
    path("sell/", include("market.selling_urls")),
    path("board/", board, name="board"),
    path("lots/<int:pk>/", lot, name="lot"),
]
