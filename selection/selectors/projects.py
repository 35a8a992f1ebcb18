"""A selection project as its pages and its dossier show it: steps, gates, waivers, who is next, what changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from accounts.models import AuditEntry, User
from selection.calculations.project_steps import ORDER, Gate, GateState, Step, next_gate
from selection.models import Decision, ProjectStep, ScoringRound, SelectionProject, SignOff
from selection.project_words import GATE_ICONS, GATE_WORDS, STEP_TEXTS, StepText, condition_words
from selection.selectors.project_facts import gates_for, valid_signoffs

REMINDED_AHEAD = timedelta(days=3)
REMINDED_LATE = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class ConditionView:
    """A condition in words; `waived` says that it is open and a waiver covers it."""

    code: str
    met: bool
    waived: bool
    sentence: str
    detail: str


@dataclass(frozen=True, slots=True)
class StepView:
    """A step with its gate and the word that stands about it."""

    number: int
    row: ProjectStep
    gate: Gate
    word: SignOff | None

    @property
    def key(self) -> str:
        """The step's word in addresses."""
        return self.gate.step.value

    @property
    def label(self) -> str:
        """What it is called."""
        return str(self.row.get_kind_display())

    @property
    def text(self) -> StepText:
        """Why it is there, what it needs, who does it."""
        return STEP_TEXTS[self.gate.step]

    @property
    def state_word(self) -> str:
        """How its gate stands."""
        return str(GATE_WORDS[self.gate.state])

    @property
    def icon(self) -> str:
        """The picture of its state."""
        return GATE_ICONS[self.gate.state][0]

    @property
    def css(self) -> str:
        """The colour of its state."""
        return GATE_ICONS[self.gate.state][1]

    @property
    def is_asked(self) -> bool:
        """Whether somebody waits for a word."""
        return self.gate.state is GateState.ASKED

    @property
    def may_be_asked(self) -> bool:
        """Whether a sign-off, or a waiver, can be asked for."""
        return self.gate.state in {GateState.READY, GateState.OPEN}

    @property
    def conditions(self) -> list[ConditionView]:
        """Its conditions in words."""
        waived = {one["code"] for one in self.word.conditions} if self.word else set()
        found = []
        for one in self.gate.conditions:
            sentence, detail = condition_words(one.code, dict(one.figures), met=one.met)
            found.append(ConditionView(one.code, one.met, not one.met and one.code in waived, sentence, detail))
        return found

    def is_late(self, today: date) -> bool:
        """Whether its day is over and its gate is not passed."""
        return not self.gate.passed and self.row.due_on < today


@dataclass(frozen=True, slots=True)
class WaiverView:
    """A gate that was passed with open conditions, in words."""

    step: str
    key: str
    word: SignOff
    sentences: Sequence[str]


@dataclass(frozen=True, slots=True)
class ProjectPage:
    """A project whole; `current` is the step whose gate is next, None when all are passed."""

    project: SelectionProject
    steps: Sequence[StepView]
    current: StepView | None
    waivers: Sequence[WaiverView]

    @property
    def passed(self) -> int:
        """How many gates are passed."""
        return sum(step.gate.passed for step in self.steps)

    def step(self, key: str) -> StepView:
        """The step of this word. Raises ProjectStep.DoesNotExist for another."""
        found = next((one for one in self.steps if one.key == key), None)
        if found is None:
            raise ProjectStep.DoesNotExist
        return found


def project_page(project: SelectionProject, *, today: date | None = None) -> ProjectPage:
    """The project with its steps, gates and waivers."""
    words = valid_signoffs(project)
    gates = gates_for(project, today=today, words=words)
    rows = {Step(row.kind): row for row in project.steps.select_related("responsible")}
    steps = [StepView(n, rows[gate.step], gate, words.get(gate.step)) for n, gate in enumerate(gates, start=1)]
    upcoming = next_gate(gates)
    return ProjectPage(
        project=project,
        steps=steps,
        current=next((step for step in steps if upcoming and step.gate.step is upcoming.step), None),
        waivers=[waiver_view(step.word) for step in steps if step.word and step.gate.state is GateState.WAIVED],
    )


def waiver_view(word: SignOff) -> WaiverView:
    """A waiver in words."""
    sentences = [
        _("Not met: %(sentence)s")
        % {"sentence": " ".join(part for part in condition_words(one["code"], one["figures"], met=False) if part)}
        for one in word.conditions
    ]
    return WaiverView(str(word.step.get_kind_display()), word.step.kind, word, sentences)


def waivers_behind(decision: Decision) -> list[str]:
    """Each waiver of the projects that led to a decision, as a sentence for its minutes."""
    rows = SignOff.objects.filter(state=SignOff.State.WAIVED, step__project__decision=decision)
    found = []
    for word in rows.select_related("step__project", "asked_by", "decided_by"):
        waiver = waiver_view(word)
        found.append(f"{waiver.step}: {' '.join(waiver.sentences)} {word.reason} ({word.asked_by}, {word.decided_by})")
    return found


def past_words(step: ProjectStep) -> QuerySet[SignOff]:
    """Every word about a gate, the newest first: refused ones, and those that ended when a step was opened again."""
    rows: QuerySet[SignOff] = step.signoffs.select_related("step", "asked_by", "decided_by", "ended_by")
    return rows.order_by("-asked_at", "-pk")


def projects_seen_by(user: Any) -> QuerySet[SelectionProject]:
    """Projects with `passed_count`, `waiver_count` and the `next_kind` whose gate is not passed yet."""
    passed = Q(steps__signoffs__state__in=["signed", "waived"])
    waived = Q(steps__signoffs__state="waived")
    rows: QuerySet[SelectionProject] = SelectionProject.objects.visible_to(user)
    return rows.annotate(
        passed_count=Count("steps__signoffs", filter=passed, distinct=True),
        waiver_count=Count("steps__signoffs", filter=waived, distinct=True),
        next_due=Subquery(unpassed_steps().filter(project=OuterRef("pk")).order_by("due_on").values("due_on")[:1]),
    )


def unpassed_steps() -> QuerySet[ProjectStep]:
    """Steps of running projects whose gate is not passed."""
    rows: QuerySet[ProjectStep] = ProjectStep.objects.filter(project__state=SelectionProject.State.RUNNING)
    return rows.exclude(signoffs__state__in=["signed", "waived"])


def steps_to_remind(today: date) -> list[ProjectStep]:
    """Of each running project the step that is next, where it is due within three days or was within two weeks."""
    first: dict[int, ProjectStep] = {}
    rows = unpassed_steps().select_related("project", "responsible")
    for step in sorted(rows, key=lambda row: ORDER.index(Step(row.kind))):
        first.setdefault(step.project_id, step)
    return [
        step
        for step in first.values()
        if today - REMINDED_LATE <= step.due_on <= today + REMINDED_AHEAD and step.responsible.is_active
    ]


def last_passage(project: SelectionProject) -> datetime:
    """When the last gate was passed; when the project was made where none is."""
    words = SignOff.objects.passed().filter(step__project=project)
    found = words.order_by(F("decided_at").desc()).values_list("decided_at", flat=True).first()
    return found or project.created_at


def changes_since(project: SelectionProject, since: datetime, user: User) -> list[AuditEntry]:
    """What was done to the project, its rounds and its decision since a moment, as far as the reader sees them."""
    subjects: Mapping[str, list[int]] = {
        "selection.selectionproject": [project.pk],
        "selection.scoringround": list(
            ScoringRound.objects.visible_to(user).filter(projects=project).values_list("pk", flat=True)
        ),
        "selection.decision": list(
            Decision.objects.visible_to(user).filter(projects=project).values_list("pk", flat=True)
        ),
    }
    wanted = Q()
    for label, keys in subjects.items():
        wanted |= Q(subject_type=label, subject_id__in=keys)
    entries = AuditEntry.objects.filter(wanted, at__gte=since).exclude(action=AuditEntry.Action.DENIED)
    return list(entries.select_related("actor").order_by("-at", "-pk")[:40])
