"""The commerce desk's list of what will spoil, and the button that tells buyers of it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from orders.actions.spoiling import push_spoiling
from orders.permissions import require_matcher
from orders.queries.spoiling import HOURS, spoiling_page, spoiling_sums

CHOICES = (12, HOURS, 48)


@login_required
@require_GET
def spoiling(request: HttpRequest) -> HttpResponse:
    """Six statements with the person's."""
    require_matcher(request.user)
    hours = _hours(request.GET.get("hours", ""))
    page, rows = spoiling_page(hours, request.GET.get("page"))
    shown = {"page": page, "rows": rows, "sums": spoiling_sums(hours), "hours": hours, "choices": CHOICES}
    return render(request, "orders/spoiling.html", shown)


@login_required
@require_POST
def spoiling_push(request: HttpRequest) -> HttpResponse:
    require_matcher(request.user)
    hours = _hours(request.POST.get("hours", ""))
    told = push_spoiling(by=request.user, hours=hours)
    if told:
        said = ngettext("发出 %(count)d 条消息", "发出 %(count)d 条消息", told)
        messages.success(request, said % {"count": told})
    else:
        messages.info(request, _("没有新的买方要告诉：可能要货的都已经告诉过了"))
    return redirect(f"{reverse('orders:spoiling')}?hours={hours}")


def _hours(asked: str) -> int:
    return int(asked) if asked in {str(choice) for choice in CHOICES} else HOURS
