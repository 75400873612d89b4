"""A photograph, handed out to those who may see what it shows."""

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest
from django.views.decorators.http import require_GET

from orders.logistics.permissions_receipts import get_evidence


@login_required
@require_GET
def evidence(request: HttpRequest, pk: int) -> FileResponse:
    """The picture. No cache keeps it: it is private, and the next person at this machine is somebody else."""
    picture = get_evidence(request.user, pk).picture
    try:
        content = picture.open("rb")
    except FileNotFoundError:
        raise Http404 from None
    response = FileResponse(content, content_type="image/jpeg", filename=f"photo-{pk}.jpg")
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
