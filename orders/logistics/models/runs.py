"""A planning run: the day's problem, what the planner proposed, and whether a person took it."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from orders.logistics.enums import RunScope, RunState


class PlanRun(models.Model):
    """One press of the planning button. `problem` and `plan` have the JSON shapes of `orders.logistics.planner`.

    A run of scope `rest` holds the whole of the day from a moment on: finished and on-board work fixed, the trips that have
    not begun and are not locked planned anew together with what rides on no truck.

    Shipment ids are "<allocation id>" or "<allocation id>/<part>", vehicle ids are truck ids. `excluded` lists trucks
    not planned with the reason. State is changed by `actions.planning` only.
    """

    day = models.DateField(_("日期"))
    state = models.CharField(_("状态"), max_length=10, choices=RunState.choices, default=RunState.QUEUED)
    scope = models.CharField(_("范围"), max_length=4, choices=RunScope.choices, default=RunScope.NEW)
    problem = models.JSONField(default=dict)
    plan = models.JSONField(default=dict)
    excluded = models.JSONField(default=list)
    summary = models.JSONField(default=dict)
    failure = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("排班方案")
        verbose_name_plural = _("排班方案")
        ordering = ("-pk",)
        constraints = (
            models.UniqueConstraint(
                fields=["day"],
                condition=Q(state__in=[RunState.QUEUED, RunState.RUNNING]),
                name="plan_run_one_at_a_time_a_day",
            ),
            models.CheckConstraint(condition=Q(state__in=RunState.values), name="plan_run_state_known"),
            models.CheckConstraint(condition=Q(scope__in=RunScope.values), name="plan_run_scope_known"),
        )

    def __str__(self) -> str:
        return f"{self.day} #{self.pk}"
