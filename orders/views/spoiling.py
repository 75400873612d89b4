"""The commerce desk's list of what will spoil, and the button that tells buyers of it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from orders.actions.spoiling import push_spoiling
from orders.permissions import require_matcher
from orders.queries.spoiling import HOURS, spoiling_page

CHOICES = (12, HOURS, 48)


@login_required
@require_GET
def spoiling(request: HttpRequest) -> HttpResponse:
    """Five statements with the person's."""
    require_matcher(request.user)
    asked = request.GET.get("hours", "")
    hours = int(asked) if asked in {str(choice) for choice in CHOICES} else HOURS
    page, rows = spoiling_page(hours, request.GET.get("page"))
    return render(request, "orders/spoiling.html", {"page": page, "rows": rows, "hours": hours, "choices": CHOICES})


@login_required
@require_POST
def spoiling_push(request: HttpRequest) -> HttpResponse:
    require_matcher(request.user)
    told = push_spoiling(by=request.user)
    if told:
        said = ngettext("发出 %(count)d 条消息", "发出 %(count)d 条消息", told)
        messages.success(request, said % {"count": told})
    else:
        messages.info(request, _("没有新的买方要告诉：可能要货的都已经告诉过了"))
    return redirect("orders:spoiling")
