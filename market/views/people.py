"""我的: who I am, my organisations, and where I go from here."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from market.actions.people import rename_person
from market.exceptions import Refused
from market.forms.people import NameForm
from market.permissions import memberships_of
from market.queries.notices import unseen_count
from market.views.organisation_words import errands_of, my_organisations


@login_required
def me(request: HttpRequest) -> HttpResponse:
    memberships = memberships_of(request.user)
    context = {
        "form": NameForm(initial={"name": request.user.name}),
        "organisations": my_organisations(memberships),
        "errands": errands_of(memberships),
        "unseen": unseen_count(request.user),
    }
    return render(request, "market/me.html", context)


@login_required
@require_POST
def rename(request: HttpRequest) -> HttpResponse:
    form = NameForm(request.POST)
    if form.is_valid():
        try:
            rename_person(request.user, form.cleaned_data["name"])
        except Refused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("姓名已改好"))
            return redirect("market:me")
    memberships = memberships_of(request.user)
    context = {
        "form": form,
        "organisations": my_organisations(memberships),
        "errands": errands_of(memberships),
        "unseen": unseen_count(request.user),
    }
    return render(request, "market/me.html", context)
