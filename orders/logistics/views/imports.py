"""Trucks from a sheet, for the dispatcher and for carriers."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from market.views.imports import import_page, template_file
from orders.logistics.imports.trucks import TruckImport


@login_required
def truck_import(request: HttpRequest) -> HttpResponse:
    words = {
        "title": _("用表格登记车辆"),
        "text": _("一行一辆车，可以带上司机和通行证。已经登记过的车牌会更新资料；空着的格子不改。"),
        "template_url": reverse("logistics:truck_import_template"),
        "back_url": reverse("logistics:trucks"),
        "back_word": _("车辆"),
    }
    return import_page(request, TruckImport, done="logistics:trucks", words=words)


@login_required
def truck_import_template(request: HttpRequest) -> HttpResponse:
    return template_file(request, TruckImport, "cheliang")
