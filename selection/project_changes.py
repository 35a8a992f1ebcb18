"""What was done to a selection project, as sentences of its timeline."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from django.utils.dateparse import parse_date
from django.utils.translation import gettext_lazy as _

from accounts.models import AuditEntry
from kcrm.lib import formats
from selection.models import ModeChoice, ProjectMember, ProjectStep, SelectionProject, SignOff, StepChoice
from teams.models import TeamMembership

Action = AuditEntry.Action
PARTS: Final[Mapping[str, Any]] = {
    "objective": _("Objective"),
    "resource": _("Days of a function"),
    "mode": _("Selling mode"),
    "member": _("Team"),
    "answer": _("Answer of a function"),
    "reopened": _("Opened again"),
    "open": _("Open conditions"),
    "gate": _("Gate"),
    "former": _("Re-check of"),
    "factor_sets": _("Factor sets"),
    "rounds": _("Scoring rounds"),
    "decision": _("Decision"),
    "market_map": _("Market map"),
    "segments": _("Segments"),
    "released_at": _("Scores opened"),
    "lines": _("Customers"),
}
LOOKS: Final[Mapping[str, tuple[str, str]]] = {
    Action.CREATE: ("plus", "accent"),
    Action.APPROVE: ("circle-check", "good"),
    Action.EXPORT: ("file-down", ""),
}
PERSONS: Final = frozenset({"leader", "sponsor", "responsible", "decided_by", "model"})
WORDS: Final[Mapping[str, Any]] = {
    **dict(SignOff.State.choices),
    **dict(SelectionProject.State.choices),
    **dict(ProjectMember.Answer.choices),
    **dict(ModeChoice.choices),
    **dict(TeamMembership.Function.choices),
}


def event_of(entry: AuditEntry) -> dict[str, Any]:
    """An entry of the audit trail as `components/timeline.html` draws it."""
    icon, css = LOOKS.get(entry.action, ("pencil", ""))
    if any(isinstance(pair[1], str) and pair[1] == SignOff.State.WAIVED for pair in entry.changes.values()):
        icon, css = "triangle-alert", "warn"
    if "reopened" in entry.changes:
        icon, css = "lock-open", "warn"
    parts = [part for name, pair in entry.changes.items() if (part := change_words(name, *pair))]
    title = "; ".join(parts) or str(entry.get_action_display())
    if entry.subject_type != "selection.selectionproject":
        title = f"{entry.subject_label}: {entry.get_action_display()}"
    return {
        "icon": icon, "css": css, "title": title[:300], "note": entry.reason, "url": "", "at": entry.at,
        "who": entry.actor or "",
    }  # fmt: skip


def change_words(name: str, before: Any, after: Any) -> str:
    """One change in words; empty for what says nothing to a reader."""
    step, _dot, field = name.rpartition(".")
    label = str(PARTS.get(field) or _field_label(field))
    if step:
        label = f"{StepChoice(step).label}, {label}" if step in StepChoice.values else label
    if not label:
        return ""
    if field in PERSONS or (before is None and after is None):
        return label
    if field in {"reopened", "open"}:
        return f"{label}: {_shown(after)}" if field == "reopened" else ""
    if isinstance(after, Mapping) or isinstance(before, Mapping):
        name = (after or before or {}).get("name", "")
        return f"{label}: {WORDS.get(name, name)}" if name else label
    if isinstance(after, str) and len(after) > 80:
        return label
    old, new = _shown(before), _shown(after)
    if not old:
        return f"{label}: {new}"
    return f"{label}: {old} → {new}" if new else f"{label}: {old} −"


def _field_label(field: str) -> str:
    for model in (SelectionProject, ProjectStep):
        for known in model._meta.concrete_fields:
            if known.name == field:
                text = str(known.verbose_name)
                return text[:1].upper() + text[1:]
    return ""


def _shown(value: Any) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, str):
        if value in StepChoice.values:
            return str(StepChoice(value).label)
        day = parse_date(value) if len(value) == 10 and value[4:5] == "-" else None
        return formats.day(day) if day else str(WORDS.get(value, value))
    if isinstance(value, Iterable):
        return formats.listing(_shown(one) for one in value)
    return str(value)
