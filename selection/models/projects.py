"""A selection project: ten steps from objectives to the re-check, each behind a gate of two persons (M06, M07)."""

from __future__ import annotations

from typing import ClassVar

import pghistory
from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kcrm.lib.models import VersionedModel
from selection.models.decisions import Decision
from selection.models.market_maps import MarketMap
from selection.models.rounds import ScoringRound
from selection.models.scoring import ScoringModel
from selection.models.segments import ModeChoice, Segment
from selection.querysets import OfProjectQuerySet, ProjectQuerySet, SignOffQuerySet
from teams.models import TeamMembership

NOT_NEGATIVE = MinValueValidator(0)


class StepChoice(models.TextChoices):
    """The ten steps, in order."""

    OBJECTIVES = "objectives", _("Objectives")
    RESOURCES = "resources", _("Resources and selling modes")
    TEAM = "team", _("Selection team")
    MARKET_MAP = "market_map", _("Market map")
    SEGMENTS = "segments", _("Segments")
    ATTRACTIVENESS = "attractiveness", _("Attractiveness")
    STRENGTH = "strength", _("Relative strength")
    DECISION = "decision", _("Decision")
    COMMUNICATION = "communication", _("Communication")
    RECHECK = "recheck", _("Scheduled re-check")


class FunctionChoice(models.TextChoices):
    """The six functions that have a say (M07)."""

    SALES = "sales", _("Sales")
    MARKETING = "marketing", _("Marketing")
    OPERATIONS = "operations", _("Operations and logistics")
    TECHNICAL = "technical", _("Technical")
    FINANCE = "finance", _("Finance")
    SERVICE = "service", _("Service")


@pghistory.track()
class SelectionProject(VersionedModel):
    """The company's selection of key accounts, once through: who runs it, who answers for it, by when, on what."""

    class State(models.TextChoices):
        """How far it is."""

        RUNNING = "running", _("running")
        DONE = "done", pgettext_lazy("selection project", "done")
        CALLED_OFF = "called_off", _("called off")

    access_resource = "selection_project"

    name = models.CharField(_("name"), max_length=120)
    purpose = models.TextField(_("purpose"), blank=True)
    rights = models.TextField(_("who decides what"), blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.RUNNING)
    leader = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("run by")
    )
    sponsor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("sponsor"),
    )  # fmt: skip
    starts_on = models.DateField(_("starts on"))
    ends_on = models.DateField(_("ends on"))
    meetings = models.PositiveSmallIntegerField(_("meetings"), default=4)
    recheck_on = models.DateField(_("re-check on"), null=True, blank=True)
    fit = models.JSONField(_("does key-account management fit us"), default=dict)
    former = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="followers",
        verbose_name=_("re-check of"),
    )  # fmt: skip
    market_map = models.ForeignKey(
        MarketMap, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("market map")
    )
    segments = models.ManyToManyField(Segment, related_name="+", verbose_name=_("segments"))
    factor_sets = models.ManyToManyField(ScoringModel, related_name="+", verbose_name=_("factor sets"))
    rounds = models.ManyToManyField(ScoringRound, related_name="projects", verbose_name=_("scoring rounds"))
    decision = models.ForeignKey(
        Decision, on_delete=models.PROTECT, null=True, blank=True, related_name="projects", verbose_name=_("decision")
    )

    objects = ProjectQuerySet.as_manager()

    class Meta:
        verbose_name = _("selection project")
        verbose_name_plural = _("selection projects")
        ordering: ClassVar = ["-starts_on", "-id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(ends_on__gt=F("starts_on")), name="selection_project_ends_later"),
            models.UniqueConstraint(
                fields=["former"],
                condition=Q(former__isnull=False) & ~Q(state="called_off"),
                name="selection_project_rechecked_once",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PartOfProject(VersionedModel):
    """A row that belongs to a project and is seen with it."""

    access_resource = "selection_project"

    objects = OfProjectQuerySet.as_manager()

    class Meta:
        abstract = True


@pghistory.track()
class ProjectStep(PartOfProject):
    """One of the ten steps: who sees to it, by when, and what was found."""

    project = models.ForeignKey(
        SelectionProject, on_delete=models.CASCADE, related_name="steps", verbose_name=_("project")
    )
    kind = models.CharField(_("step"), max_length=16, choices=StepChoice.choices)
    responsible = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("responsible")
    )
    due_on = models.DateField(_("due on"))
    finding = models.TextField(_("what was found"), blank=True)

    class Meta:
        verbose_name = _("step of a selection project")
        verbose_name_plural = _("steps of selection projects")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["project", "kind"], name="selection_projectstep_once"),
            models.CheckConstraint(condition=Q(kind__in=StepChoice.values), name="selection_projectstep_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.project}: {self.get_kind_display()}"


@pghistory.track()
class SignOff(VersionedModel):
    """A word about a gate: asked for by one person, given or refused by another, ended when the step is opened again.

    `conditions` keeps what was open when it was asked for, as [{code, figures}]; with open ones it is a waiver and has
    a reason.
    """

    class State(models.TextChoices):
        """How it stands."""

        ASKED = "asked", _("asked for")
        SIGNED = "signed", _("signed off")
        WAIVED = "waived", _("passed with open conditions")
        REFUSED = "refused", pgettext_lazy("gate", "refused")
        ENDED = "ended", _("opened again")

    access_resource = "selection_project"

    step = models.ForeignKey(ProjectStep, on_delete=models.CASCADE, related_name="signoffs", verbose_name=_("step"))
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.ASKED)
    conditions = models.JSONField(_("open conditions"), default=list)
    reason = models.CharField(_("why go on"), max_length=500, blank=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("asked for by")
    )
    asked_at = models.DateTimeField(_("asked for at"), default=timezone.now)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided at"), null=True)
    remark = models.CharField(_("remark"), max_length=500, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("opened by")
    )
    ended_at = models.DateTimeField(_("opened at"), null=True)
    ended_step = models.CharField(_("with step"), max_length=16, choices=StepChoice.choices, blank=True)
    ended_reason = models.CharField(_("why it was opened"), max_length=500, blank=True)

    objects = SignOffQuerySet.as_manager()

    class Meta:
        verbose_name = _("sign-off of a step")
        verbose_name_plural = _("sign-offs of steps")
        ordering: ClassVar = ["asked_at", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["step"],
                condition=Q(state__in=["asked", "signed", "waived"]),
                name="selection_signoff_one_valid",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("asked_by")),
                name="selection_signoff_two_persons",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["signed", "waived", "refused"])
                | Q(decided_by__isnull=False, decided_at__isnull=False),
                name="selection_signoff_is_decided",
            ),
            models.CheckConstraint(condition=~Q(state="waived") | ~Q(reason=""), name="selection_signoff_has_reason"),
            models.CheckConstraint(
                condition=~Q(state="signed") | Q(conditions=[]), name="selection_signoff_never_silent"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.step}: {self.get_state_display()}"

    @property
    def is_waiver(self) -> bool:
        """Whether it asks to go on, or went on, with open conditions."""
        return bool(self.conditions)


@pghistory.track()
class ProjectObjective(PartOfProject):
    """What the company wants of the selection: a measure, a target, a day, and how much it counts."""

    project = models.ForeignKey(
        SelectionProject, on_delete=models.CASCADE, related_name="objectives", verbose_name=_("project")
    )
    name = models.CharField(_("objective"), max_length=150)
    measure = models.CharField(_("measured by"), max_length=150, blank=True)
    target = models.CharField(_("target"), max_length=100, blank=True)
    due_on = models.DateField(_("by"), null=True, blank=True)
    weight = models.PositiveSmallIntegerField(_("weight"), default=0, validators=[MaxValueValidator(100)])

    class Meta:
        verbose_name = _("objective")
        verbose_name_plural = _("objectives")
        ordering: ClassVar = ["-weight", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(weight__range=(0, 100)), name="selection_objective_weight_is_a_share")
        ]

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class ProjectResource(PartOfProject):
    """The days of a function: heads times net days, and what a day costs in the reporting currency."""

    project = models.ForeignKey(
        SelectionProject, on_delete=models.CASCADE, related_name="resources", verbose_name=_("project")
    )
    function = models.CharField(_("function"), max_length=30, choices=TeamMembership.Function.choices)
    heads = models.DecimalField(_("heads"), max_digits=6, decimal_places=2, validators=[NOT_NEGATIVE])
    net_days = models.DecimalField(
        _("net days a year of one"), max_digits=5, decimal_places=1, validators=[NOT_NEGATIVE, MaxValueValidator(366)]
    )
    day_rate = models.DecimalField(
        _("cost of a day"), max_digits=12, decimal_places=2, null=True, blank=True, validators=[NOT_NEGATIVE]
    )

    class Meta:
        verbose_name = _("resource of a selection project")
        verbose_name_plural = _("resources of selection projects")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["project", "function"], name="selection_projectresource_once"),
            models.CheckConstraint(
                condition=Q(heads__gte=0, net_days__range=(0, 366)) & (Q(day_rate__isnull=True) | Q(day_rate__gte=0)),
                name="selection_projectresource_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.project}: {self.get_function_display()}"


@pghistory.track()
class ProjectMode(PartOfProject):
    """A way of selling: how many customers, the days one of them takes, and what its people are paid and measured on.

    `effort` maps functions to days a year, `measures` lists what sellers are measured on.
    """

    project = models.ForeignKey(
        SelectionProject, on_delete=models.CASCADE, related_name="modes", verbose_name=_("project")
    )
    mode = models.CharField(_("selling mode"), max_length=12, choices=ModeChoice.choices)
    customers = models.PositiveIntegerField(_("customers"), default=0)
    effort = models.JSONField(_("days a year by function"), default=dict)
    paid_as = models.CharField(_("pay rewards"), max_length=12, choices=ModeChoice.choices, blank=True)
    measures = models.JSONField(_("measured on"), default=list)

    class Meta:
        verbose_name = _("selling mode of a selection project")
        verbose_name_plural = _("selling modes of selection projects")
        constraints: ClassVar = [models.UniqueConstraint(fields=["project", "mode"], name="selection_projectmode_once")]

    def __str__(self) -> str:
        return f"{self.project}: {self.get_mode_display()}"


@pghistory.track()
class ProjectMember(PartOfProject):
    """Somebody of the selection team: for which function, as what, why; and what he says to the result."""

    class Role(models.TextChoices):
        """What a member does in the rounds."""

        RATER = "rater", _("scores")
        CHAIR = "chair", _("scores and chairs")
        ADVISER = "adviser", _("advises, does not score")

    class Answer(models.TextChoices):
        """What a member says to the result on behalf of the function."""

        ENDORSED = "endorsed", _("stands behind it")
        DISSENTED = "dissented", _("dissents")

    project = models.ForeignKey(
        SelectionProject, on_delete=models.CASCADE, related_name="members", verbose_name=_("project")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("person")
    )
    function = models.CharField(_("speaks for"), max_length=12, choices=FunctionChoice.choices)
    role = models.CharField(_("role"), max_length=8, choices=Role.choices, default=Role.RATER)
    why = models.CharField(_("why this person"), max_length=200, blank=True)
    left_on = models.DateField(_("left on"), null=True, editable=False)
    answer = models.CharField(_("says to the result"), max_length=10, choices=Answer.choices, blank=True)
    answer_note = models.CharField(_("in own words"), max_length=500, blank=True)
    answered_at = models.DateTimeField(_("answered at"), null=True)

    class Meta:
        verbose_name = _("member of a selection team")
        verbose_name_plural = _("members of selection teams")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["project", "user"], name="selection_projectmember_once"),
            models.CheckConstraint(
                condition=~Q(answer="dissented") | ~Q(answer_note=""), name="selection_projectmember_dissent_has_words"
            ),
        ]

    def __str__(self) -> str:
        return str(self.user)
