"""Addresses of trucks, trips and receipts."""

from django.urls import URLPattern, path, re_path

from orders.logistics.views import dispatch, drive, drivers, filling, imports, receiving, rules, statements, trips, trucks

app_name = "logistics"
urlpatterns: list[URLPattern] = [
    path("day/", dispatch.dispatch, name="dispatch"),
    path("day/plan/", dispatch.plan, name="plan"),
    path("runs/<int:pk>/", dispatch.run, name="run"),
    path("runs/<int:pk>/commit/", dispatch.commit, name="run_commit"),
    path("runs/<int:pk>/again/", dispatch.give_up, name="run_again"),
    path("rules/", rules.rules, name="rules"),
    path("rules/<int:pk>/end/", rules.rules_end, name="rules_end"),
    path("trips/", trips.trips, name="trips"),
    path("trips/new/", trips.trip_add, name="trip_add"),
    path("trips/<int:pk>/", trips.trip, name="trip"),
    path("trips/<int:pk>/fill/", filling.trip_fill, name="trip_fill"),
    path("trips/<int:pk>/manifest.pdf", trips.manifest, name="manifest"),
    path("trips/<int:pk>/cancel/", trips.trip_cancel, name="trip_cancel"),
    path("loads/<int:pk>/move/", trips.load_move, name="load_move"),
    path("loads/<int:pk>/unplan/", trips.load_unplan, name="load_unplan"),
    path("trucks/", trucks.trucks, name="trucks"),
    path("trucks/new/", trucks.truck_new, name="truck_new"),
    path("trucks/import/", imports.truck_import, name="truck_import"),
    path("trucks/import/template.xlsx", imports.truck_import_template, name="truck_import_template"),
    path("trucks/<int:pk>/", trucks.truck, name="truck"),
    path("trucks/<int:pk>/change/", trucks.truck_change, name="truck_change"),
    path("trucks/<int:pk>/driver/", trucks.truck_driver, name="truck_driver"),
    path("trucks/<int:pk>/passes/new/", drivers.pass_new, name="pass_new"),
    re_path(r"^passes/(?P<pk>[0-9]{1,18})/(?P<verb>suspend|revoke|restore)/$", drivers.pass_change, name="pass_change"),
    path("drivers/new/", drivers.driver_new, name="driver_new"),
    path("drivers/<int:pk>/", drivers.driver, name="driver"),
    path("drivers/<int:pk>/change/", drivers.driver_change, name="driver_change"),
    path("drivers/<int:pk>/health/", drivers.driver_health, name="driver_health"),
    path("drive/", drive.drive, name="drive"),
    path("stops/<int:pk>/arrive/", drive.stop_arrive, name="stop_arrive"),
    path("stops/<int:pk>/depart/", drive.stop_depart, name="stop_depart"),
    path("loads/<int:pk>/loaded/", drive.load_loaded, name="load_loaded"),
    path("loads/<int:pk>/not-loaded/", drive.load_not_loaded, name="load_not_loaded"),
    path("statements/", statements.statements, name="statements"),
    path("statements/<int:seller>/<int:buyer>/", statements.statement, name="statement"),
    path("statements/<int:seller>/<int:buyer>/statement.pdf", statements.statement_pdf, name="statement_pdf"),
    path("statements/<int:seller>/<int:buyer>/statement.xlsx", statements.statement_xlsx, name="statement_xlsx"),
    path("statements/<int:seller>/<int:buyer>/adjust/", statements.adjustment_new, name="adjustment_new"),
    path("receiving/", receiving.receiving, name="receiving"),
    path("receiving/<int:pk>/", receiving.receipt, name="receipt"),
]
