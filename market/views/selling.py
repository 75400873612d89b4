"""The seller's pages: my listings, a new one, one of mine, change it, take it down."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from market.actions.listings import edit_listing, submit_listing, withdraw_listing
from market.exceptions import InReview, NotVerified, Refused
from market.forms.listings import ListingForm, defaults_of, initial_for, initial_of
from market.forms.withdrawal import WithdrawalForm
from market.models import Listing, Organisation
from market.permissions import get_own_listing, history_of, is_helper_only, selling_for
from market.queries.listings import (
    IN_REVIEW_STAGES,
    asked_changes,
    listing_page,
    lots_of,
    my_listings,
    photos_of,
    stage_of,
    submitted,
)
from market.views.listing_words import event_lines, facts_of, listing_rows, lot_rows, stage_words
from market.views.photo_tray import PhotoTray, read_tray

QUANTITY_PICKS = (gettext_lazy("500斤"), gettext_lazy("1000斤"), gettext_lazy("5000斤"), gettext_lazy("1万斤"))


@login_required
def sell(request: HttpRequest) -> HttpResponse:
    sellers = selling_for(request.user)
    mine, page = my_listings(request.user, request.GET.get("page"))
    context = {
        "rows": listing_rows(mine, name_sellers=len(sellers) > 1),
        "page": page,
        "sellers": sellers,
        "waiting": _waiting(sellers),
    }
    return render(request, "market/sell.html", context)


@login_required
def sell_new(request: HttpRequest) -> HttpResponse:
    sellers = selling_for(request.user)
    if not any(seller.is_verified for seller in sellers):
        return _cannot_sell_yet(request, sellers)
    if request.method == "POST":
        form, tray = ListingForm(request.POST, request.FILES, sellers=sellers), read_tray(request)
        if _is_fit(form, tray):
            try:
                return _submit(request, form, tray)
            except Refused as refusal:
                form.refuse(refusal)
    else:
        form, tray = _new_form(request, sellers)
    return render(request, "market/sell_form.html", _form_context(request, form, tray))


@login_required
def listing(request: HttpRequest, pk: int) -> HttpResponse:
    page = listing_page(get_own_listing(request.user, pk))
    context = {
        "page": page,
        "listing": page.listing,
        "words": stage_words(page.stage),
        "facts": facts_of(page.listing),
        "changed": facts_of(page.draft, unlike=page.listing) if page.draft else [],
        "days": lot_rows(page.lots),
        "history": event_lines(history_of(page.listing)),
    }
    return render(request, "market/listing.html", context)


@login_required
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    listing = get_own_listing(request.user, pk)
    if stage_of(listing) in IN_REVIEW_STAGES:
        messages.error(request, str(InReview()))
        return _go(request, listing)
    if request.method == "POST":
        form, tray = ListingForm(request.POST, request.FILES, sellers=[listing.seller]), read_tray(request)
        if _is_fit(form, tray):
            try:
                return _resubmit(request, listing, form, tray)
            except Refused as refusal:
                form.refuse(refusal)
    else:
        draft = listing.get_latest_revision_as_object()
        form, tray = ListingForm(initial=initial_of(draft), sellers=[listing.seller]), PhotoTray(photos_of(draft))
    return render(request, "market/sell_form.html", _form_context(request, form, tray, listing))


@login_required
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    listing = get_own_listing(request.user, pk)
    form = WithdrawalForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            withdraw_listing(listing, reason=form.cleaned_data["reason"], by=request.user)
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("已下架，买家不能再认购；已经认购的仍要供货"))
        return redirect("market:listing", pk)
    reserved_g = sum(lot.reserved_g for lot in lots_of(listing))
    return render(request, "market/withdraw.html", {"listing": listing, "form": form, "reserved_g": reserved_g})


def _new_form(request: HttpRequest, sellers: list[Organisation]) -> tuple[ListingForm, PhotoTray]:
    """Empty, or like an earlier listing of the seller's (`?like=`), with fresh days."""
    like = request.GET.get("like", "")
    if like.isascii() and like.isdigit() and len(like) < 18:
        known = get_own_listing(request.user, int(like))
        fresh = {name: value for name, value in initial_for(known.seller).items() if name in {"first_day", "last_day"}}
        return ListingForm(initial=initial_of(known) | fresh, sellers=sellers), PhotoTray(photos_of(known))
    first = next(seller for seller in sellers if seller.is_verified)
    return ListingForm(initial=initial_for(first), sellers=sellers), PhotoTray()


def _is_fit(form: ListingForm, tray: PhotoTray) -> bool:
    is_valid = form.is_valid()
    for refusal in tray.refusals:
        form.refuse(refusal)
    return is_valid and not tray.refusals


def _submit(request: HttpRequest, form: ListingForm, tray: PhotoTray) -> HttpResponse:
    key = form.cleaned_data["key"]
    is_repeat = submitted(form.chosen_seller, key)
    listing = submit_listing(form.terms(), tray.photos, seller=form.chosen_seller, key=key, by=request.user)
    if is_repeat:
        messages.info(request, _("这条货源刚才已经提交过，没有重复提交"))
    else:
        messages.success(request, _("已提交，等主管部门审核；通过后买家就能看到"))
    return _go(request, listing)


def _resubmit(request: HttpRequest, listing: Listing, form: ListingForm, tray: PhotoTray) -> HttpResponse:
    edited = edit_listing(listing, form.terms(), tray.photos, by=request.user)
    messages.success(
        request,
        _("修改已提交审核；审核期间买家看到的还是原来的内容") if edited.live else _("已提交，等主管部门审核"),
    )
    return _go(request, edited)


def _go(request: HttpRequest, listing: Listing) -> HttpResponse:
    """The listing's page; a script that sent the form is told the address, so that the message is not lost on it."""
    url = reverse("market:listing", args=[listing.pk])
    return JsonResponse({"url": url}) if request.headers.get("X-Requested-With") == "fetch" else redirect(url)


def _cannot_sell_yet(request: HttpRequest, sellers: list[Organisation]) -> HttpResponse:
    if sellers:
        messages.warning(request, str(NotVerified(organisation=sellers[0].name)))
    return redirect("market:sell")


def _waiting(sellers: list[Organisation]) -> list[Organisation]:
    return [seller for seller in sellers if not seller.is_verified]


def _form_context(
    request: HttpRequest, form: ListingForm, tray: PhotoTray, listing: Listing | None = None
) -> dict[str, Any]:
    helped = [seller for seller in form.sellers if is_helper_only(request.user, seller)]
    more = ("variety", "pack_word", "pack_weight", "minimum", "note", "contact_name", "contact_phone")
    return {
        "form": form,
        "tray": tray,
        "draft_name": f"{request.user.pk}-{listing.pk if listing else 'new' + request.GET.get('like', '')}",
        "listing": listing,
        "helped": helped,
        "open_more": any(form[name].errors for name in more),
        "open_place": any(form[name].errors for name in ("township", "village")) or not form["township"].value(),
        "place_words": form.place_words,
        "more_fields": [form[name] for name in more],
        "seller_defaults": {seller.pk: defaults_of(seller) for seller in form.sellers}
        if len(form.sellers) > 1
        else None,
        "seller_field": form["seller"] if "seller" in form.fields else None,
        "quantity_picks": QUANTITY_PICKS,
        "asked": asked_changes(listing) if listing else None,
    }
