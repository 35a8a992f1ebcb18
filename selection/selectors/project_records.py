"""What a step of a selection project rests on: its own rows, and links to rounds, models, views and decisions."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from customers.models import Customer
from kcrm.lib import formats
from selection import permissions
from selection.calculations.market_map import LEVERAGE_FROM
from selection.calculations.project_steps import Step
from selection.calculations.selection_team import TeamFunction
from selection.calculations.selling_modes import ModeReason
from selection.models import (
    CustomerView,
    Decision,
    FunctionChoice,
    MarketMap,
    ModeChoice,
    ProjectMember,
    ScoringModel,
    ScoringRound,
    Segment,
    SelectionProject,
    Snapshot,
)
from selection.project_words import FIT_LABELS, MEASURE_NAMES, MODE_REMARKS
from selection.selectors.project_facts import budget_of, candidates, checked_mode, fit_of, live_rounds, team_of
from selection.selectors.projects import StepView
from teams.models import TeamMembership

MOST_CANDIDATES: Final = 200


def records_of(project: SelectionProject, step: StepView, user: User) -> dict[str, Any]:
    """What the step's page shows, with the template that draws it."""
    gather = RECORDS.get(step.gate.step)
    found = gather(project, user) if gather else {}
    return {"template": f"selection/project/{step.key}.html"} | found


def link(title: Any, url: str, note: Any = "", tag: Any = "", css: str = "") -> dict[str, Any]:
    """A line of `components/items.html`; without an address it only says that the thing is there."""
    return {"title": title, "url": url, "note": note, "tag": tag, "css": css}


def _objectives(project: SelectionProject, user: User) -> dict[str, Any]:
    rows = list(project.objectives.all())
    return {"rows": rows, "total": sum(row.weight for row in rows)}


def _resources(project: SelectionProject, user: User) -> dict[str, Any]:
    budget = budget_of(project)
    loads = {load.function: load for load in budget.loads}
    names = dict(TeamMembership.Function.choices)
    resources = {row.function: row for row in project.resources.all()}
    order = [code for code in TeamMembership.Function.values if code in resources or code in loads]
    modes = {row.mode: row for row in project.modes.all()}
    fit = fit_of(project)
    return {
        "functions": [(code, names[code], resources.get(code), loads.get(code)) for code in order],
        "modes": [
            {
                "row": modes[cost.mode.value],
                "label": ModeChoice(cost.mode.value).label,
                "cost": cost,
                "remarks": _remarks(modes[cost.mode.value]),
                "measures": formats.listing(str(MEASURE_NAMES[one]) for one in modes[cost.mode.value].measures),
            }
            for cost in budget.costs
        ],
        "total_days": sum(cost.days for cost in budget.costs),
        "total_cost": None if any(cost.cost is None for cost in budget.costs) else _sum(budget.costs),
        "exchange": budget.rounds_per_key,
        "fit": fit,
        "fit_answers": [(FIT_LABELS[name][0], answer) for name, answer in fit.answers],
        "currency": settings.KCRM_REPORTING_CURRENCY,
    }


def _sum(costs: Any) -> Decimal:
    return sum((cost.cost for cost in costs), Decimal(0))


def _remarks(row: Any) -> list[str]:
    found = []
    for remark in checked_mode(row).reasons:
        words = str(MODE_REMARKS[ModeReason(remark.code)])
        found.append(words % {"measure": MEASURE_NAMES[remark.subject]} if "%" in words else words)
    return found


def _team(project: SelectionProject, user: User) -> dict[str, Any]:
    members = list(project.members.select_related("user").order_by("left_on", "function", "user__full_name"))
    active = [member for member in members if member.left_on is None]
    check = team_of(project, active)
    return {
        "members": members,
        "size": len(active),
        "missing": formats.listing(str(FunctionChoice(one.value).label) for one in check.missing),
        "covered": len(TeamFunction) - len(check.missing),
        "functions": len(TeamFunction),
        "weeks": check.weeks,
    }


def _market_map(project: SelectionProject, user: User) -> dict[str, Any]:
    chosen = project.market_map
    if chosen is None:
        return {"items": []}
    decided = chosen.nodes.filter(decision_share__gte=LEVERAGE_FROM).order_by("-decision_share")
    places = [f"{node.name} {formats.percent(node.decision_share, 0)}" for node in decided]
    note = _("Decided at: %(places)s") % {"places": formats.listing(places)} if places else ""
    css = "good" if chosen.state == MarketMap.State.PUBLISHED else ""
    seen = MarketMap.objects.visible_to(user).filter(pk=chosen.pk).exists()
    url = reverse("selection:map-detail", args=[chosen.pk]) if seen else ""
    return {"items": [link(chosen, url, note, chosen.get_state_display(), css)]}


def _segments(project: SelectionProject, user: User) -> dict[str, Any]:
    own = {model.segment_id: model for model in project.factor_sets.exclude(segment=None)}
    seen = set(Segment.objects.visible_to(user).values_list("pk", flat=True))
    return {
        "items": [
            link(
                segment,
                reverse("selection:segment-detail", args=[segment.pk]) if segment.pk in seen else "",
                own.get(segment.pk, _("no factor set of its own")),
                segment.get_state_display(),
                "good" if segment.state == Segment.State.ACCEPTED else "",
            )
            for segment in project.segments.all()
        ]
    }


def _attractiveness(project: SelectionProject, user: User) -> dict[str, Any]:
    sets = project.factor_sets.order_by("name", "edition")
    readable = set(ScoringModel.objects.visible_to(user).filter(pk__in=sets).values_list("pk", flat=True))
    seen = set(ScoringRound.objects.visible_to(user).filter(projects=project).values_list("pk", flat=True))
    items = [
        link(
            model, reverse("selection:model-detail", args=[model.pk]) if model.pk in readable else "", model.purpose,
            model.get_state_display(), "good" if model.state == ScoringModel.State.ACTIVE else "",
        )
        for model in sets
    ]  # fmt: skip
    for row in live_rounds(project).select_related("chair").order_by("due_on", "pk"):
        note = _("Chair %(person)s, due on %(day)s") % {"person": row.chair, "day": formats.day(row.due_on)}
        url = reverse("selection:round-detail", args=[row.pk]) if row.pk in seen else ""
        css = "good" if row.state == ScoringRound.State.CLOSED else "warn"
        items.append(link(row, url, note, row.get_state_display(), css))
    return {"items": items}


def _strength(project: SelectionProject, user: User) -> dict[str, Any]:
    wanted = Customer.objects.visible_to(user, "score").filter(pk__in=candidates(project))
    rows = list(wanted.order_by("name_sort", "pk")[:MOST_CANDIDATES])
    views = {view.customer_id: view for view in CustomerView.objects.filter(customer__in=rows)}
    return {"rows": [(row, views.get(row.pk)) for row in rows], "count": candidates(project).count()}


def _decision(project: SelectionProject, user: User) -> dict[str, Any]:
    decision = project.decision
    items = []
    if decision is not None:
        seen = Decision.objects.visible_to(user).filter(pk=decision.pk).exists()
        url = reverse("selection:decision-detail", args=[decision.pk]) if seen else ""
        note = _("in force from %(day)s") % {"day": formats.day(decision.effective_on)}
        items.append(link(decision, url, note, decision.get_state_display(), ""))
        shown = Snapshot.objects.visible_to(user).filter(pk=decision.snapshot_id).exists()
        items.append(
            link(
                decision.snapshot,
                reverse("selection:snapshot-detail", args=[decision.snapshot_id]) if shown else "",
                _("taken at %(moment)s") % {"moment": formats.moment(decision.snapshot.made_at)},
                _("Snapshot"),
            )
        )
    matrix = reverse("selection:matrix") if permissions.can_read_some_scores(user) else ""
    items.append(link(_("KAISM matrix"), matrix, _("Attractiveness against relative strength")))
    policies = reverse("selection:policy-list") if permissions.can_read_models(user) else ""
    items.append(link(_("Policies and capacity"), policies, _("What each quadrant is entitled to")))
    return {"items": items, "decision": decision}


def _communication(project: SelectionProject, user: User) -> dict[str, Any]:
    decision = project.decision
    notices = {notice.person_id: notice for notice in decision.notices.all()} if decision else {}
    members = list(project.members.filter(left_on=None).select_related("user").order_by("function", "user__full_name"))
    own = next((member for member in members if member.user_id == user.pk), None)
    answered = [member for member in members if member.answer]
    return {
        "members": [(member, notices.get(member.user_id)) for member in members],
        "own": own if decision and decision.state in {"approved", "in_force"} else None,
        "told": len(notices),
        "acknowledged": sum(notice.acknowledged_at is not None for notice in notices.values()),
        "endorsed": sum(member.answer == ProjectMember.Answer.ENDORSED for member in answered),
        "dissented": sum(member.answer == ProjectMember.Answer.DISSENTED for member in answered),
        "decision": Decision.objects.visible_to(user).filter(pk=project.decision_id).first(),
    }


def _recheck(project: SelectionProject, user: User) -> dict[str, Any]:
    near = SelectionProject.objects.visible_to(user)
    items = [
        link(one, reverse("selection:project-detail", args=[one.pk]), tag=tag)
        for tag, rows in (
            (_("before this"), near.filter(pk=project.former_id)),
            (_("after this"), near.filter(former=project).exclude(state="called_off")),
        )
        for one in rows
    ]
    return {"items": items}


RECORDS: Final[dict[Step, Callable[[SelectionProject, User], dict[str, Any]]]] = {
    Step.OBJECTIVES: _objectives,
    Step.RESOURCES: _resources,
    Step.TEAM: _team,
    Step.MARKET_MAP: _market_map,
    Step.SEGMENTS: _segments,
    Step.ATTRACTIVENESS: _attractiveness,
    Step.STRENGTH: _strength,
    Step.DECISION: _decision,
    Step.COMMUNICATION: _communication,
    Step.RECHECK: _recheck,
}
