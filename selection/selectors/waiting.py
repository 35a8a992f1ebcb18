"""What waits for one person's word in the selection: a sheet to fill, scores to open, a gate, a decision."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import chain
from typing import Any, Final

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from selection import permissions
from selection.calculations.project_steps import ORDER, Step
from selection.models import (
    Decision,
    ModelFactor,
    Notice,
    ScoringModel,
    ScoringRound,
    SelectionProject,
    SheetScore,
    SignOff,
)
from selection.selectors.projects import unpassed_steps

SHOWN: Final = 8
NO_DAY: Final = date.max


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something that goes on only after one's word; `day` is None where none is set."""

    title: str
    note: str
    url: str
    day: date | None = None


def waiting_for(user: User) -> list[Waiting]:
    """Everything in the selection that waits for this person, what is due first on top."""
    found = chain(
        _sheets(user), _rounds_led(user), _gates(user), _steps(user), _models(user), _decisions(user),
        _notices(user),
    )  # fmt: skip
    return sorted(found, key=lambda one: one.day or NO_DAY)[:SHOWN]


def _cells_answered(**raters: Any) -> Coalesce:
    """How many judged cells of a round have an answer, of these raters."""
    judged = ModelFactor.objects.filter(model=OuterRef("round__model"), kind=ModelFactor.Kind.JUDGED)
    cells = (
        SheetScore.objects.filter(Q(score__isnull=False) | Q(unknown=True), round=OuterRef("pk"), **raters)
        .filter(customer__deleted_at=None, factor_key__in=judged.values("key"))
        .order_by()
        .values("round")
    )
    return Coalesce(Subquery(cells.annotate(count=Count("pk")).values("count")), 0)


def _with_cells(rows: QuerySet[ScoringRound]) -> QuerySet[ScoringRound]:
    """Rounds with how many cells each rater has to answer."""
    factors = Count("model__factors", filter=Q(model__factors__kind=ModelFactor.Kind.JUDGED), distinct=True)
    customers = Count("candidates", filter=Q(candidates__customer__deleted_at=None), distinct=True)
    return rows.annotate(cells=factors * customers)


def _sheets(user: User) -> Iterator[Waiting]:
    seats = ScoringRound.objects.being_scored().filter(raters__user=user, raters__left_on=None).values("pk")
    rows = _with_cells(ScoringRound.objects.filter(pk__in=seats)).annotate(answered=_cells_answered(rater=user))
    for row in rows.filter(answered__lt=F("cells")):
        left = row.cells - row.answered
        note = ngettext("%(count)s cell is still empty", "%(count)s cells are still empty", left) % {"count": left}
        title = _("Score your sheet: %(round)s") % {"round": row.name}
        yield Waiting(title, note, reverse("selection:sheet", args=[row.pk]), row.due_on)


def _rounds_led(user: User) -> Iterator[Waiting]:
    """Rounds that one chairs: all raters are through, or their scores lie open and are to be agreed."""
    seated = Count("raters", filter=Q(raters__left_on=None), distinct=True)
    still = {"rater__round_seat__round": OuterRef("pk"), "rater__round_seat__left_on": None}
    rows = _with_cells(ScoringRound.objects.filter(chair=user, state__in=["open", "released"])).annotate(
        seated=seated, answered=_cells_answered(**still)
    )
    for row in rows:
        url = reverse("selection:round-detail", args=[row.pk])
        if row.state == ScoringRound.State.RELEASED:
            title = _("Agree on the scores: %(round)s") % {"round": row.name}
            yield Waiting(title, _("the scores are open to all raters"), url, row.due_on)
        elif row.seated and row.answered >= row.cells * row.seated:
            title = _("Open the scores: %(round)s") % {"round": row.name}
            yield Waiting(title, _("every rater is through"), url, row.due_on)


def _gates(user: User) -> Iterator[Waiting]:
    if not permissions.can_sign_gates(user):
        return
    words = SignOff.objects.visible_to(user).filter(
        state=SignOff.State.ASKED, step__project__state=SelectionProject.State.RUNNING
    )
    for word in words.exclude(asked_by=user).select_related("step__project", "asked_by"):
        step = word.step
        title = _("Sign the gate: %(step)s") % {"step": step.get_kind_display()}
        note = _("%(project)s, asked for by %(person)s") % {"project": step.project.name, "person": word.asked_by}
        yield Waiting(title, note, _step_url(step), step.due_on)


def _steps(user: User) -> Iterator[Waiting]:
    """The next step of each running project, where it is one's own and nobody has been asked to sign it yet."""
    mine = SelectionProject.objects.filter(steps__responsible=user)
    rows = unpassed_steps().filter(project__in=mine.values("pk")).select_related("project")
    asked = set(SignOff.objects.filter(step__in=rows, state=SignOff.State.ASKED).values_list("step", flat=True))
    seen = set()
    for step in sorted(rows, key=lambda row: ORDER.index(Step(row.kind))):
        if step.project_id in seen:
            continue
        seen.add(step.project_id)
        if step.responsible_id == user.pk and step.pk not in asked:
            title = _("Finish the step: %(step)s") % {"step": step.get_kind_display()}
            yield Waiting(title, step.project.name, _step_url(step), step.due_on)


def _step_url(step: Any) -> str:
    return reverse("selection:project-step", args=[step.project_id, step.kind])


def _models(user: User) -> Iterator[Waiting]:
    """Factor sets that somebody else wrote and asked for."""
    if not permissions.can_approve_models(user):
        return
    asked = ScoringModel.objects.visible_to(user).filter(state=ScoringModel.State.ASKED)
    for model in asked.exclude(asked_by=user).exclude(written_by=user).select_related("asked_by"):
        title = _("Put into force or send back: %(model)s") % {"model": model}
        note = _("asked for by %(person)s") % {"person": model.asked_by}
        yield Waiting(title, note, reverse("selection:model-detail", args=[model.pk]))


def _decisions(user: User) -> Iterator[Waiting]:
    if not permissions.can_approve_decisions(user):
        return
    rows = Decision.objects.visible_to(user).filter(state=Decision.State.PROPOSED).exclude(drafted_by=user)
    for row in rows.select_related("drafted_by"):
        if permissions.customers_outside(user, row):
            continue
        title = _("Approve or reject: %(decision)s") % {"decision": row}
        note = _("proposed by %(person)s") % {"person": row.drafted_by}
        yield Waiting(title, note, reverse("selection:decision-detail", args=[row.pk]), row.effective_on)


def _notices(user: User) -> Iterator[Waiting]:
    rows = Notice.objects.filter(person=user, told_at__isnull=False, acknowledged_at=None).select_related("decision")
    for row in rows.exclude(decision__state__in=[Decision.State.REJECTED, Decision.State.WITHDRAWN]):
        title = _("Read and acknowledge: %(decision)s") % {"decision": row.decision}
        url = reverse("selection:decision-detail", args=[row.decision_id])
        yield Waiting(title, row.duty, url, row.decision.effective_on)
