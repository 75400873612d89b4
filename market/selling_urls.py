"""Addresses of selling, under /sell/ in the namespace of the market."""

from django.urls import path

from market.views import listing_imports, selling, selling_pieces, stock

urlpatterns = [
    path("", selling.sell, name="sell"),
    path("new/", selling.sell_new, name="sell_new"),
    path("import/", listing_imports.listing_import, name="listing_import"),
    path("import/template.xlsx", listing_imports.listing_import_template, name="listing_import_template"),
    path("photos/", selling_pieces.upload_photo, name="upload_photo"),
    path("produce/", selling_pieces.sell_produce, name="sell_produce"),
    path("villages/", selling_pieces.sell_villages, name="sell_villages"),
    path("reading/", selling_pieces.sell_reading, name="sell_reading"),
    path("<int:pk>/", selling.listing, name="listing"),
    path("<int:pk>/edit/", selling.edit, name="edit_listing"),
    path("days/<int:pk>/take-back/", stock.withdraw_day, name="withdraw_day"),
    path("<int:pk>/withdraw/", selling.withdraw, name="withdraw_listing"),
]
