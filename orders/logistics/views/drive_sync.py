"""What a driver's phone sends when it has a network: reports in order, each answered."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from orders.logistics.actions.reports import Round
from orders.logistics.forms.reports import MalformedError, read_envelope
from orders.logistics.permissions import may_report
from orders.logistics.views.answers import sentence_of
from orders.logistics.views.throttle import too_often

MOST_BYTES = 64 * 1024
MOST_BYTES_WITH_PHOTO = 16 * 1024 * 1024


@require_POST
def drive_sync(request: HttpRequest) -> HttpResponse:
    """Never a redirect and never a page: the phone reads JSON, and keeps what was not answered."""
    if not request.user.is_authenticated:
        return _no(401, _("登录已过期，请重新登录；没发出去的都还在手机上"))
    if not may_report(request.user):
        return _no(404, _("这个手机号不是司机；换了手机号请打电话给车队"))
    is_form = request.content_type == "multipart/form-data"
    if int(request.META.get("CONTENT_LENGTH") or 0) > (MOST_BYTES_WITH_PHOTO if is_form else MOST_BYTES):
        return _no(413, _("一次发得太多，请分几次发"))
    if too_often(request.user, "drive-sync"):
        return _no(429, _("发得太频繁，过一分钟会自动再发"))
    try:
        envelope = read_envelope(request.POST.get("reports", "") if is_form else request.body, request.FILES)
    except MalformedError as error:
        return _no(400, str(error), error.key)
    if envelope.user not in (None, request.user.pk):
        return _no(409, _("手机上换了人登录；请原来的司机登录后再发"))
    this_round = Round(request.user, lambda refusal: sentence_of(refusal, request), envelope.ahead)
    answers = [this_round.take(report) for report in envelope.reports]
    said = [{"key": str(one.key), "state": one.state, "sentence": one.sentence} for one in answers]
    return JsonResponse({"answers": said})


def _no(status: int, sentence: str, key: Any = None) -> JsonResponse:
    return JsonResponse({"error": sentence, "key": str(key) if key else ""}, status=status)
