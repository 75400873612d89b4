"""消息: what the market told the organisations one acts for, and saying that it was read."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from market.actions.notices import mark_seen
from market.queries.notices import notices_of, unseen_count


@login_required
@require_GET
def notices(request: HttpRequest) -> HttpResponse:
    """Seven statements with the person's."""
    page, told = notices_of(request.user, request.GET.get("page"))
    return render(request, "market/notices.html", {"page": page, "told": told, "unseen": unseen_count(request.user)})


@login_required
@require_POST
def notices_seen(request: HttpRequest) -> HttpResponse:
    if mark_seen(by=request.user):
        messages.success(request, _("消息都已读"))
    return redirect("market:notices")
