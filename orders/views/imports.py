"""Pledges from a sheet, for buyers and the commerce desk."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from market.views.imports import import_page, template_file
from orders.imports.pledges import PledgeImport


@login_required
def pledge_import(request: HttpRequest) -> HttpResponse:
    words = {
        "title": _("用表格认购"),
        "text": _("一行一笔认购，确认后立即占用货源。先预览，全部没有问题才会写入。"),
        "template_url": reverse("orders:pledge_import_template"),
        "back_url": reverse("orders:pledges"),
        "back_word": _("我的认购"),
    }
    return import_page(request, PledgeImport, done="orders:pledges", words=words)


@login_required
def pledge_import_template(request: HttpRequest) -> HttpResponse:
    return template_file(request, PledgeImport, "rengou")
