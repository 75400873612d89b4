"""Registering an organisation and its members."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from market.actions import organisations as actions
from market.enums import SELLERS, VerificationState
from market.exceptions import Refused
from market.forms.organisations import OrganisationForm, PlaceFields, initial_for
from market.forms.people import MemberForm
from market.models import Organisation
from market.permissions import can_manage, get_managed_organisation, get_own_organisation
from market.queries.people import members_of
from market.views.organisation_words import BADGES, member_rows, next_step


@login_required
def new_organisation(request: HttpRequest) -> HttpResponse:
    """Without a script, `choose` only shows the next list of places."""
    if request.method == "POST" and "choose" not in request.POST:
        form = OrganisationForm(request.POST)
        if form.is_valid():
            try:
                actions.register_organisation(form.details(), by=request.user)
            except Refused as refusal:
                form.refuse(refusal)
            else:
                messages.success(request, _("登记好了，等主管部门核实"))
                return redirect("market:me")
    else:
        form = OrganisationForm(initial={**initial_for(request.user), **request.POST.dict()})
    return render(request, "market/organisation_form.html", {"form": form})


def place_choice(request: HttpRequest) -> HttpResponse:
    """The two lists below a chosen county, for htmx. Places are public."""
    asked = {name: request.GET.get(name, "")[:12] for name in ("county", "township")}
    return render(request, "market/_place_choice.html", {"form": PlaceFields(initial=asked)})


@login_required
def organisation(request: HttpRequest, pk: int) -> HttpResponse:
    organisation = get_managed_organisation(request.user, pk)
    return _members_page(request, organisation, MemberForm(kind=organisation.kind))


@login_required
@require_POST
def add_member(request: HttpRequest, pk: int) -> HttpResponse:
    organisation = get_managed_organisation(request.user, pk)
    form = MemberForm(request.POST, kind=organisation.kind)
    if form.is_valid():
        try:
            added = actions.add_member(organisation, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("已添加%(name)s，用自己的手机号登录就能办理") % {"name": added.user})
            return redirect("market:organisation", pk)
    return _members_page(request, organisation, form)


@login_required
@require_POST
def remove_member(request: HttpRequest, pk: int, membership: int) -> HttpResponse:
    """By the manager, or by the person who leaves."""
    organisation = get_own_organisation(request.user, pk)
    try:
        removed = actions.remove_member(organisation, membership_id=membership, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("已移除") if removed else _("这个人已经不在名单里"))
    if can_manage(request.user, organisation):
        return redirect("market:organisation", pk)
    return redirect("market:me")


def _members_page(request: HttpRequest, organisation: Organisation, form: MemberForm) -> HttpResponse:
    context: dict[str, Any] = {
        "organisation": organisation,
        "members": member_rows(members_of(organisation), request.user),
        "form": form,
        "badge": BADGES[VerificationState(organisation.verification)],
        "next_step": next_step(organisation),
        "has_helpers": organisation.kind in SELLERS,
    }
    return render(request, "market/organisation.html", context)
