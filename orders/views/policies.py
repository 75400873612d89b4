"""The published rules of matching, for everybody; and the form of the next version, for the commerce desk."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from market.exceptions import Refused
from market.forms.refusals import show_refusal
from orders.actions.policies import publish_policy
from orders.enums import PolicyKind
from orders.forms.matching import PolicyForm
from orders.permissions import can_match, require_matcher
from orders.queries.policies import parameters_in_words, policies_in_force, policy_or_404, versions_of


@require_GET
def policies(request: HttpRequest) -> HttpResponse:
    """One statement beside the person's."""
    shown = [(policy, parameters_in_words(policy)) for policy in policies_in_force()]
    return render(request, "orders/policies.html", {"shown": shown, "may_publish": can_match(request.user)})


@require_GET
def policy(request: HttpRequest, pk: int) -> HttpResponse:
    """Two statements beside the person's."""
    one = policy_or_404(pk)
    shown = {"policy": one, "words": parameters_in_words(one), "versions": versions_of(one.kind)}
    return render(request, "orders/policy.html", {**shown, "may_publish": can_match(request.user)})


@login_required
@require_http_methods(["GET", "POST"])
def policy_new(request: HttpRequest, kind: str) -> HttpResponse:
    require_matcher(request.user)
    if kind not in PolicyKind:
        raise Http404
    last = next((one for one in policies_in_force() if one.kind == kind), None)
    initial = {"text": last.text, **last.parameters} if last else None
    form = PolicyForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            new = publish_policy(
                PolicyKind(kind), text=form.cleaned_data["text"], parameters=form.parameters(), by=request.user
            )
        except Refused as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("第 %(version)s 版已公布") % {"version": new.version})
            return redirect("orders:policy", new.pk)
    return render(request, "orders/policy_new.html", {"form": form, "kind": PolicyKind(kind), "last": last})
