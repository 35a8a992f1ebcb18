"""What every act on a selection project asks first: is it running, may this person, is the step still open?"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from accounts.models import AuditEntry, User
from accounts.services import audit
from kcrm.lib.access import Verb
from kcrm.lib.errors import DomainError, NotAllowed
from selection import permissions
from selection.models import SelectionProject, SignOff, StepChoice


def locked_project(project_id: int, version: int | None, by: User, *, verb: Verb = Verb.UPDATE) -> SelectionProject:
    """The running project, locked, for who may do this with projects.

    Raises DoesNotExist, StaleVersion, NotAllowed, DomainError for one that is done or called off.
    """
    project: SelectionProject = SelectionProject.objects.visible_to(by).locked(project_id, version)
    allowed = permissions.can_sign_gates(by) if verb is Verb.APPROVE else permissions.can_run_projects(by)
    if not allowed:
        raise NotAllowed("selection_project", verb)
    require_running(project)
    return project


def require_running(project: SelectionProject) -> None:
    """Raise DomainError for a project that is done or called off."""
    if project.state != SelectionProject.State.RUNNING:
        raise DomainError(_("This project is %(state)s.") % {"state": project.get_state_display()})


def require_open(project: SelectionProject, kind: str) -> None:
    """Raise DomainError where the step stands under a sign-off: what was signed is not changed under the signature."""
    if SignOff.objects.filter(step__project=project, step__kind=kind).valid().exists():
        raise DomainError(
            _("The step %(step)s is signed off or waits for it. Open it again before you change it.")
            % {"step": StepChoice(kind).label}
        )


def note(project: SelectionProject, by: User | None, action: str = AuditEntry.Action.UPDATE, **values: Any) -> None:
    """Write an act on a project into the audit trail; `changes` names what of it changed."""
    audit.record(action=action, by=by, subject=project, **values)


def note_row(project: SelectionProject, by: User, part: str, name: str, changes: dict[str, list[Any]]) -> None:
    """Write a change of a row of the project into the audit trail, by the row's name; nothing where nothing changed."""
    if changes:
        before = {key: old for key, (old, _new) in changes.items()}
        after = {key: new for key, (_old, new) in changes.items()}
        note(project, by, changes={part: [{"name": name, **before}, {"name": name, **after}]})
