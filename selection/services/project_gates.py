"""Open the gates of a selection project: asked for by one person, given by another, never silently, opened again with
a reason that every later gate repeats."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import AuditEntry, User
from jobs.notices import notification_kind
from jobs.services.notifications import Notice, notify_many
from kcrm.lib.access import Verb
from kcrm.lib.errors import DomainError, NotAllowed
from selection import permissions
from selection.calculations.project_steps import ORDER, Gate, Step, before
from selection.models import ProjectStep, SelectionProject, SignOff, StepChoice
from selection.selectors.project_facts import gates_for
from selection.services.project_rules import locked_project, note

WAITS: Final = notification_kind("selection.gate", gettext_lazy("A gate of a selection project waits for your word"))
TURN: Final = notification_kind("selection.turn", gettext_lazy("A step of a selection project is yours now"))
REOPENED: Final = notification_kind(
    "selection.reopened", gettext_lazy("A step of a selection project was opened again")
)
State = SignOff.State


@transaction.atomic
def ask(*, project_id: int, kind: str, by: User, reason: str = "") -> SignOff:
    """Ask that a gate be signed off; with open conditions only with a reason, and then it asks for a waiver.

    Raises DoesNotExist, NotAllowed, DomainError while an earlier gate is not passed, when it was asked for already,
    and for open conditions without a reason.
    """
    project = locked_project(project_id, None, by)
    step = _step(project, kind)
    _require_earlier(project, step)
    if SignOff.objects.valid().filter(step=step).exists():
        raise DomainError(_("This gate was asked for or passed already."))
    waiting = _open_conditions(project, kind)
    if waiting and not reason.strip():
        raise DomainError(_("Conditions are open: say why to go on all the same."), field="reason")
    made = SignOff.objects.create(
        step=step, conditions=waiting, reason=reason.strip()[:500] if waiting else "", asked_by=by
    )
    note(project, by, changes={f"{kind}.gate": [None, State.ASKED], **_said(waiting)}, reason=made.reason)
    if waiting:
        subject = gettext_lazy("Go on with open conditions? %(step)s of %(project)s")
    else:
        subject = gettext_lazy("Sign off: %(step)s of %(project)s")
    _tell(project, step, _signers(project, by), WAITS, f"gate:{made.pk}", subject)
    return made


@transaction.atomic
def sign_off(*, project_id: int, kind: str, by: User, remark: str = "") -> SignOff:
    """Sign a gate that somebody else asked for, with every condition met; the next step's person is told.

    Raises DoesNotExist, NotAllowed, DomainError for one's own request and for open conditions.
    """
    project, found = _asked(project_id, kind, by)
    if _open_conditions(project, kind):
        raise DomainError(_("Conditions are open. Only a waiver, asked for with a reason, passes this gate."))
    return _pass(project, found, State.SIGNED, [], remark, by)


@transaction.atomic
def waive(*, project_id: int, kind: str, by: User, remark: str = "") -> SignOff:
    """Let a gate pass with open conditions, for the reason that somebody else gave; counted and shown from then on.

    Raises DoesNotExist, NotAllowed, DomainError for one's own request, when nothing is open any more, and when more is
    open than the reason was given for.
    """
    project, found = _asked(project_id, kind, by)
    waiting = _open_conditions(project, kind)
    if not waiting:
        raise DomainError(_("Every condition is met: sign the gate off instead."))
    if {one["code"] for one in waiting} - {one["code"] for one in found.conditions}:
        raise DomainError(_("More is open now than when this was asked for. Refuse it, so that it is asked for anew."))
    return _pass(project, found, State.WAIVED, waiting, remark, by)


@transaction.atomic
def refuse(*, project_id: int, kind: str, by: User, remark: str) -> SignOff:
    """Send a gate back with a word why. Raises DoesNotExist, NotAllowed, DomainError."""
    project, found = _asked(project_id, kind, by)
    if not remark.strip():
        raise DomainError(_("Say why, so that it can be changed."), field="remark")
    found.apply(
        {"state": State.REFUSED, "decided_by": by, "decided_at": timezone.now(), "remark": remark.strip()[:500]}
    )
    note(project, by, changes={f"{kind}.gate": [State.ASKED, State.REFUSED]}, reason=found.remark)
    _tell(
        project, found.step, [found.asked_by, found.step.responsible], TURN, f"refused:{found.pk}",
        gettext_lazy("Sent back: %(step)s of %(project)s"),
    )  # fmt: skip
    return found


@transaction.atomic
def reopen(*, project_id: int, kind: str, reason: str, by: User) -> list[SignOff]:
    """Open a step again: its word and that of every later gate end, each saying why. Returns the ended ones.

    Raises DoesNotExist, NotAllowed, DomainError without a reason or for a step that stands open.
    """
    project: SelectionProject = SelectionProject.objects.visible_to(by).locked(project_id, None)
    if not (permissions.can_run_projects(by) or permissions.can_sign_gates(by)):
        raise NotAllowed("selection_project", Verb.UPDATE)
    if project.state == SelectionProject.State.CALLED_OFF or project.followers.exclude(state="called_off").exists():
        raise DomainError(_("A project that is called off or followed by a re-check stays as it is."))
    if not reason.strip():
        raise DomainError(_("Say why: every later gate repeats it."), field="reason")
    place = ORDER.index(Step(kind))
    words = SignOff.objects.valid().filter(step__project=project).select_related("step__responsible")
    ended = [row for row in words if ORDER.index(Step(row.step.kind)) >= place]
    if not any(row.step.kind == kind for row in ended):
        raise DomainError(_("This step stands open."))
    _end(ended, kind, reason.strip()[:500], by, timezone.now())
    if project.state == SelectionProject.State.DONE:
        project.apply({"state": SelectionProject.State.RUNNING})
    steps = sorted((row.step for row in ended), key=lambda step: ORDER.index(Step(step.kind)))
    note(project, by, changes={"reopened": [None, [step.kind for step in steps]]}, reason=reason[:500])
    people = {step.responsible for step in steps} - {by}
    _tell(
        project, _step(project, kind), people, REOPENED, f"reopened:{ended[0].pk}:{len(ended)}",
        gettext_lazy("Opened again: %(step)s of %(project)s, and every gate after it"),
    )  # fmt: skip
    return ended


def _end(words: Iterable[SignOff], kind: str, reason: str, by: User, now: datetime) -> None:
    for row in words:
        row.apply({"state": State.ENDED, "ended_by": by, "ended_at": now, "ended_step": kind, "ended_reason": reason})


def _pass(
    project: SelectionProject, found: SignOff, state: str, waiting: list[dict[str, Any]], remark: str, by: User
) -> SignOff:
    found.apply(
        {
            "state": state,
            "conditions": waiting,
            "decided_by": by,
            "decided_at": timezone.now(),
            "remark": remark.strip()[:500],
        }
    )
    kind = found.step.kind
    note(
        project,
        by,
        AuditEntry.Action.APPROVE,
        changes={f"{kind}.gate": [State.ASKED, state], **_said(waiting)},
        reason=found.reason or found.remark,
    )
    following = ORDER[ORDER.index(Step(kind)) + 1 :]
    if not following:
        project.apply({"state": SelectionProject.State.DONE})
        return found
    step = _step(project, following[0])
    _tell(
        project, step, [step.responsible], TURN, f"turn:{found.pk}", gettext_lazy("Your turn: %(step)s of %(project)s")
    )
    return found


def _asked(project_id: int, kind: str, by: User) -> tuple[SelectionProject, SignOff]:
    """The request about this gate, for who may decide about it."""
    project = locked_project(project_id, None, by, verb=Verb.APPROVE)
    step = _step(project, kind)
    found = step.signoffs.select_for_update(of=("self",)).filter(state=State.ASKED).first()
    if found is None:
        raise DomainError(_("Nobody has asked for this gate."))
    if found.asked_by_id == by.pk:
        raise DomainError(_("Somebody else must decide about what you asked for."))
    _require_earlier(project, step)
    return project, found


def _step(project: SelectionProject, kind: str) -> ProjectStep:
    found: ProjectStep = project.steps.select_related("responsible").get(kind=kind)
    return found


def _require_earlier(project: SelectionProject, step: ProjectStep) -> None:
    passed = set(SignOff.objects.passed().filter(step__project=project).values_list("step__kind", flat=True))
    missing = [one for one in before(Step(step.kind)) if one.value not in passed]
    if missing:
        raise DomainError(
            _("Gates open in order: %(step)s comes first.") % {"step": StepChoice(missing[0].value).label}
        )


def _open_conditions(project: SelectionProject, kind: str) -> list[dict[str, Any]]:
    gate: Gate = next(gate for gate in gates_for(project) if gate.step.value == kind)
    return [{"code": one.code, "figures": dict(one.figures)} for one in gate.conditions if not one.met]


def _said(waiting: list[dict[str, Any]]) -> dict[str, list[Any]]:
    return {"open": [None, [one["code"] for one in waiting]]} if waiting else {}


def _signers(project: SelectionProject, asking: User) -> list[User]:
    """The sponsor where he may sign, else every director."""
    sponsor = project.sponsor
    if sponsor and sponsor.is_active and sponsor.pk != asking.pk and permissions.can_sign_gates(sponsor):
        return [sponsor]
    return list(User.objects.active().filter(roles__contains=["director"]).exclude(pk=asking.pk))


def _tell(
    project: SelectionProject, step: ProjectStep, people: Iterable[User], kind: str, key: str, subject: Any
) -> None:
    notify_many(
        Notice(
            user=person,
            kind=kind,
            key=f"selection-{key}",
            subject=subject,
            params={"step": StepChoice(step.kind).label, "project": project.name},
            url=reverse("selection:project-step", args=[project.pk, step.kind]),
        )
        for person in set(people)
        if person.is_active
    )
