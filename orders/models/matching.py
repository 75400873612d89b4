"""The published policies of matching, the runs that follow one, and what each run proposes."""

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from market.sentences import sentence_of
from orders.enums import UNDER_WAY, MatchState, PolicyKind, ProposalOutcome


class MatchPolicy(models.Model):
    """One version of a published rule: a text for people and the parameters the matching reads. Never edited; the next
    version takes its place. Written by `orders.actions.policies` only.
    """

    kind = models.CharField(_("规则"), max_length=12, choices=PolicyKind.choices)
    version = models.PositiveIntegerField(_("版本"))
    text = models.TextField(_("规则全文"), max_length=1000)
    parameters = models.JSONField(_("参数"), default=dict)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    published_at = models.DateTimeField(_("公布时间"), auto_now_add=True)

    class Meta:
        verbose_name = _("撮合规则")
        verbose_name_plural = _("撮合规则")
        ordering = ("kind", "-version")
        constraints = (
            models.UniqueConstraint(fields=["kind", "version"], name="policy_version_once"),
            models.CheckConstraint(condition=Q(version__gt=0), name="policy_version_from_one"),
            models.CheckConstraint(condition=Q(kind__in=PolicyKind.values), name="policy_kind_known"),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()} v{self.version}"


# Of a run: as large as a day, and read by no screen.
LARGE = ("problem", "result", "facts")


class MatchRunQuerySet(models.QuerySet["MatchRun"]):
    def light(self) -> Self:
        """Without what only the computer reads."""
        return self.defer(*LARGE)

    def originals(self) -> Self:
        """Those that propose something: no replays."""
        return self.filter(replay_of=None)


class MatchRun(models.Model):
    """One press of the matching button for a day, by one version of a policy.

    `problem` and `result` have the JSON shapes of `orders.matching`; `facts` is what the explanations are written from.
    Together they are enough to compute the run again (`digest` is of the problem). State is changed by
    `orders.actions.matching`, `computing` and `committing` only.
    """

    day = models.DateField(_("日期"))
    policy = models.ForeignKey(MatchPolicy, verbose_name=_("规则"), on_delete=models.PROTECT, related_name="runs")
    state = models.CharField(_("状态"), max_length=10, choices=MatchState.choices, default=MatchState.QUEUED)
    problem = models.JSONField(default=dict)
    result = models.JSONField(default=dict)
    facts = models.JSONField(default=dict)
    digest = models.CharField(max_length=64, blank=True)
    summary = models.JSONField(default=dict)
    progress = models.PositiveSmallIntegerField(_("进度（%）"), default=0)
    failure = models.CharField(max_length=300, blank=True)
    replay_of = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="replays")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    objects = MatchRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("撮合方案")
        verbose_name_plural = _("撮合方案")
        ordering = ("-pk",)
        constraints = (
            models.UniqueConstraint(
                fields=["day"],
                condition=Q(state__in=UNDER_WAY, replay_of=None),
                name="match_run_one_at_a_time_a_day",
            ),
            models.CheckConstraint(condition=Q(state__in=MatchState.values), name="match_run_state_known"),
            models.CheckConstraint(condition=Q(progress__lte=100), name="match_run_progress_percent"),
        )

    def __str__(self) -> str:
        return f"{self.day} #{self.pk}"

    @property
    def is_under_way(self) -> bool:
        return self.state in UNDER_WAY

    @property
    def figures(self) -> dict[str, Any]:
        """What the run proposes; once it is carried out, what became of it (`orders.queries.match_done`)."""
        return {**self.summary, **self.summary.get("done", {})}


class MatchProposal(models.Model):
    """One line of a run: grams of a lot for a demand, or more of a pledge's stretch. Written when the run is ready;
    its outcome when the run is committed.

    `why` holds the facts its sentence is made of (`orders.queries.explanations`).
    """

    run = models.ForeignKey(MatchRun, on_delete=models.CASCADE, related_name="proposals")
    lot = models.ForeignKey("market.Lot", on_delete=models.PROTECT, related_name="+", db_index=False)
    buyer = models.ForeignKey("market.Organisation", on_delete=models.PROTECT, related_name="+", db_index=False)
    demand = models.ForeignKey("orders.Demand", null=True, on_delete=models.PROTECT, related_name="proposals")
    # The pledge whose stretch it grants; `booked` is the pledge that was made or raised of it.
    pledge = models.ForeignKey("orders.Pledge", null=True, on_delete=models.PROTECT, related_name="proposals")
    booked = models.ForeignKey("orders.Pledge", null=True, on_delete=models.PROTECT, related_name="+")
    firm_g = models.BigIntegerField(_("数量（克）"))
    stretch_g = models.BigIntegerField(_("弹性量（克）"), default=0)
    why = models.JSONField(default=dict)
    outcome = models.CharField(max_length=10, choices=ProposalOutcome.choices, default=ProposalOutcome.PROPOSED)
    # Why it could not be booked, as `market.sentences` keeps it.
    lost_reason = models.CharField(max_length=300, blank=True)
    lost_facts = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("撮合明细")
        verbose_name_plural = _("撮合明细")
        ordering = ("pk",)
        constraints = (
            models.CheckConstraint(
                condition=Q(firm_g__gte=0) & Q(stretch_g__gte=0) & Q(firm_g__gt=-F("stretch_g")),
                name="proposal_positive",
            ),
            models.CheckConstraint(
                condition=Q(demand__isnull=False, pledge__isnull=True)
                | Q(demand__isnull=True, pledge__isnull=False, firm_g=0),
                name="proposal_for_demand_or_stretch",
            ),
            models.CheckConstraint(condition=Q(outcome__in=ProposalOutcome.values), name="proposal_outcome_known"),
        )
        indexes = (
            models.Index(fields=["run", "buyer"], name="proposal_by_buyer"),
            models.Index(fields=["run", "lot"], name="proposal_by_lot"),
        )

    def __str__(self) -> str:
        return f"{self.run_id}: {self.lot_id} → {self.buyer_id}"

    @property
    def grams(self) -> int:
        return self.firm_g + self.stretch_g

    @property
    def lost_words(self) -> str:
        return sentence_of(self.lost_reason, self.lost_facts)


class MatchRemainder(models.Model):
    """What a run leaves: grams of a demand that nobody serves, or of a lot that nobody takes, and why. Written when the run is
    ready; `why` as of a proposal.
    """

    run = models.ForeignKey(MatchRun, on_delete=models.CASCADE, related_name="remainders")
    organisation = models.ForeignKey("market.Organisation", on_delete=models.PROTECT, related_name="+", db_index=False)
    demand = models.ForeignKey("orders.Demand", null=True, on_delete=models.PROTECT, related_name="+")
    lot = models.ForeignKey("market.Lot", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    grams = models.BigIntegerField(_("没有落实（克）"))
    of_g = models.BigIntegerField(_("一共（克）"))
    code = models.CharField(_("原因"), max_length=12)
    # The lot is good for less than a day when the next harvest comes in.
    is_soon = models.BooleanField(default=False)
    why = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("撮合没有落实的")
        verbose_name_plural = _("撮合没有落实的")
        ordering = ("pk",)
        constraints = (
            models.CheckConstraint(condition=Q(grams__gt=0) & Q(grams__lte=F("of_g")), name="remainder_within_whole"),
            models.CheckConstraint(
                condition=Q(demand__isnull=False, lot__isnull=True) | Q(demand__isnull=True, lot__isnull=False),
                name="remainder_of_demand_or_lot",
            ),
        )
        indexes = (models.Index(fields=["run", "organisation"], name="remainder_by_party"),)

    def __str__(self) -> str:
        return f"{self.run_id}: {self.grams} g"
