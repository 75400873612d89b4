"""The rules of passage: what holds, one more, an end."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from market.exceptions import Refused
from orders.logistics.actions.rules import end_rules, set_rules
from orders.logistics.forms.rules import FIELDS_OF_REFUSALS, EndRulesForm, RulesForm
from orders.logistics.permissions import is_dispatcher
from orders.logistics.permissions_fitness import directs_or_404, get_rules
from orders.logistics.queries.rules import rules_rows
from orders.logistics.views.answers import done_or_refused, first_error


@login_required
@require_http_methods(["GET", "POST"])
def rules(request: HttpRequest) -> HttpResponse:
    """Two statements beside the person's."""
    directs_or_404(request.user)
    today = timezone.localdate()
    form = RulesForm(request.POST or None, initial={"since": today})
    if form.is_bound and form.is_valid():
        try:
            made = set_rules(form.facts(), by=request.user)
        except Refused as refusal:
            form.add_error(FIELDS_OF_REFUSALS.get(type(refusal)), str(refusal))
        else:
            messages.success(request, _("通行规则“%(name)s”已保存") % {"name": made.name})
            return redirect("logistics:rules")
    end = EndRulesForm(initial={"until": today}, auto_id=False)
    context = {"rows": rules_rows(today), "form": form, "end": end, "dispatches": is_dispatcher(request.user)}
    return render(request, "logistics/rules.html", context)


@login_required
@require_POST
def rules_end(request: HttpRequest, pk: int) -> HttpResponse:
    one = get_rules(request.user, pk)
    form = EndRulesForm(request.POST)
    if not form.is_valid():
        messages.error(request, first_error(form))
        return redirect("logistics:rules")
    until = form.cleaned_data["until"]
    return done_or_refused(
        request, lambda: end_rules(one, until=until, by=request.user), _("结束日期已保存"), "logistics:rules"
    )
