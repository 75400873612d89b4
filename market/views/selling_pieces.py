"""Small answers the listing form asks for while it is being filled in. Without a script nobody needs them."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from market.actions.photos import store_photo
from market.exceptions import Refused
from market.forms.listings import village_choices
from market.quantities import MAX_TYPED, Pack, Quantity, QuantityError
from market.queries.listings import produce_offers


@login_required
def sell_produce(request: HttpRequest) -> HttpResponse:
    """Big buttons for what was typed; before anything is typed, what the person listed last."""
    text = request.GET.get("q", "")[:40]
    offers = produce_offers(request.user, text)
    return render(request, "market/_produce_results.html", {"offers": offers, "text": text})


@login_required
def sell_villages(request: HttpRequest) -> HttpResponse:
    choices = village_choices(request.GET.get("township", "")[:12])
    return render(request, "market/_village_options.html", {"choices": choices})


@login_required
def sell_reading(request: HttpRequest) -> HttpResponse:
    """How a typed weight is understood: "2万斤 = 10 吨", or what is wrong with it."""
    text = request.GET.get("text", "")[: MAX_TYPED + 1]
    if not text.strip():
        return JsonResponse({"reading": "", "error": ""})
    try:
        pack = _pack(request.GET.get("pack_word", ""), request.GET.get("pack_weight", ""))
        quantity = Quantity.parse(text, pack=pack, default_unit="斤")
    except QuantityError as error:
        return JsonResponse({"reading": "", "error": str(error)})
    return JsonResponse({"reading": quantity.echo, "error": ""})


@login_required
@require_POST
def upload_photo(request: HttpRequest) -> HttpResponse:
    """One photograph, sent as soon as it is taken."""
    try:
        photo = store_photo(request.FILES.get("photo", b""), by=request.user)
    except Refused as refusal:
        return JsonResponse({"error": str(refusal)}, status=422)
    return JsonResponse({"id": photo.pk, "url": photo.card.url}, status=201)


def _pack(word: str, weight: str) -> Pack | None:
    """Raises: QuantityError."""
    return Pack(word[:10], Quantity.parse(weight, default_unit="斤").grams) if word and weight else None
