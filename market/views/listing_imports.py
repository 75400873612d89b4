"""Listings from a sheet, for sellers and the commerce desk."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from market.imports.listings import ListingImport
from market.views.imports import import_page, template_file


@login_required
def listing_import(request: HttpRequest) -> HttpResponse:
    words = {
        "title": _("用表格发布货源"),
        "text": _("一行一条货源，提交后由主管部门审核。先预览，全部没有问题才会写入。"),
        "template_url": reverse("market:listing_import_template"),
        "back_url": reverse("market:sell"),
        "back_word": _("我的货源"),
    }
    return import_page(request, ListingImport, done="market:sell", words=words)


@login_required
def listing_import_template(request: HttpRequest) -> HttpResponse:
    return template_file(request, ListingImport, "huoyuan")
