"""Addresses of pledging."""

from django.urls import URLPattern, path

from orders.views import bringing, docks, imports, placing, pledges, sheets, standing

app_name = "orders"
urlpatterns: list[URLPattern] = [
    path("", pledges.pledges, name="pledges"),
    path("<int:pk>/", pledges.pledge, name="pledge"),
    path("<int:pk>/placed/", placing.placed, name="placed"),
    path("<int:pk>/change/", pledges.change, name="change"),
    path("<int:pk>/change/sheet/", sheets.change_sheet, name="change_sheet"),
    path("<int:pk>/cancel/", pledges.cancel, name="cancel"),
    path("lots/<int:lot_id>/pledge/", placing.place, name="place"),
    path("lots/<int:lot_id>/reading/", placing.reading, name="reading"),
    path("lots/<int:lot_id>/sheet/", sheets.sheet, name="sheet"),
    path("to-bring/", bringing.to_bring, name="to_bring"),
    path("to-bring/for/<int:pk>/", bringing.to_bring_for, name="to_bring_for"),
    path("<int:pk>/cut/", bringing.cut, name="cut"),
    path("<int:pk>/cannot-bring/", bringing.cancel_by_seller, name="cancel_by_seller"),
    path("lots/<int:lot_id>/every-day/", standing.standing_new, name="standing_new"),
    path("standing/", standing.standing, name="standing"),
    path("standing/<int:pk>/", standing.standing_pledge, name="standing_pledge"),
    path("standing/<int:pk>/change/", standing.standing_change, name="standing_change"),
    path("standing/<int:pk>/turn/", standing.standing_turn, name="standing_turn"),
    path("import/", imports.pledge_import, name="pledge_import"),
    path("import/template.xlsx", imports.pledge_import_template, name="pledge_import_template"),
    path("docks/", docks.docks, name="docks"),
    path("docks/new/", docks.dock_new, name="dock_new"),
    path("docks/townships/", docks.townships, name="townships"),
    path("docks/<int:pk>/", docks.dock, name="dock"),
    path("docks/<int:pk>/use/", docks.dock_use, name="dock_use"),
]
