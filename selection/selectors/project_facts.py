"""What the gates of a selection project look at, gathered in a fixed number of statements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db.models import Count, F, Q, QuerySet
from django.utils import timezone

from customers.models import Customer
from selection.calculations.market_map import LEVERAGE_FROM
from selection.calculations.mode_costs import ModeBudget, ModePlan, mode_budget
from selection.calculations.project_conditions import (
    CandidateFacts,
    DecisionFacts,
    MarketFacts,
    ObjectiveFact,
    ProjectFacts,
    ScoringFacts,
    conditions_of,
)
from selection.calculations.project_steps import Gate, SignState, Step, gates_of
from selection.calculations.raters import Rating, rater_spread
from selection.calculations.resources import capacity_days
from selection.calculations.selection_team import TeamCharter, TeamCheck, TeamFunction, TeamMember, team_check
from selection.calculations.selling_modes import (
    ModeCheck,
    ProgrammeFit,
    SellingMeasure,
    SellingMode,
    mode_check,
    programme_fit,
)
from selection.models import (
    Consensus,
    CustomerView,
    Decision,
    MarketMap,
    ProjectMember,
    ProjectMode,
    ProjectResource,
    RoundCustomer,
    ScoringModel,
    ScoringRound,
    Segment,
    SegmentPlace,
    SelectionProject,
    SheetScore,
    SignOff,
    Snapshot,
)

FIT_QUESTIONS = (
    "concentration", "purchase_complexity", "number_of_contacts", "potential", "customers_willing", "able_to_tailor",
)  # fmt: skip


def valid_signoffs(project: SelectionProject) -> dict[Step, SignOff]:
    """The word that stands about each gate; none where nobody asked, or where the step was opened again."""
    rows = SignOff.objects.valid().filter(step__project=project)
    return {Step(row.step.kind): row for row in rows.select_related("step", "asked_by", "decided_by")}


def gates_for(
    project: SelectionProject, *, today: date | None = None, words: Mapping[Step, SignOff] | None = None
) -> tuple[Gate, ...]:
    """How the ten gates of a project stand now."""
    given = valid_signoffs(project) if words is None else words
    facts = project_facts(project, today or timezone.localdate())
    return gates_of(
        conditions_of(facts),
        {step: (SignState(row.state), [one["code"] for one in row.conditions]) for step, row in given.items()},
    )


def project_facts(project: SelectionProject, today: date) -> ProjectFacts:
    """Everything that the gates look at."""
    members = list(project.members.filter(left_on=None))
    answers = {function.value: False for function in TeamFunction}
    for member in members:
        answers[member.function] = answers.get(member.function, False) or bool(member.answer)
    asked = [function for function in answers if any(member.function == function for member in members)]
    return ProjectFacts(
        objectives=[
            ObjectiveFact(row.weight, bool(row.measure and row.target and row.due_on))
            for row in project.objectives.all()
        ],
        fit=fit_of(project),
        budget=budget_of(project),
        modes=[checked_mode(row) for row in project.modes.all()],
        team=team_of(project, members),
        has_chair=any(member.role == ProjectMember.Role.CHAIR for member in members),
        raters=sum(member.role != ProjectMember.Role.ADVISER for member in members),
        market=_market(project, today),
        candidates=_candidates(project, today),
        scoring=_scoring(project),
        decision=_decision(project, members),
        endorsements_asked=len(asked),
        endorsements_given=sum(answers[function] for function in asked),
        effective_on=project.decision.effective_on if project.decision else None,
        recheck_on=project.recheck_on,
    )


def fit_of(project: SelectionProject) -> ProgrammeFit:
    """The fit test with what was answered so far."""
    return programme_fit(**{question: project.fit.get(question) for question in FIT_QUESTIONS})


def budget_of(project: SelectionProject) -> ModeBudget:
    """What the ways of selling take, against the days there are."""
    resources: Sequence[ProjectResource] = list(project.resources.all())
    order = list(SellingMode)
    modes = sorted(project.modes.all(), key=lambda row: order.index(SellingMode(row.mode)))
    plans = [
        ModePlan(SellingMode(row.mode), row.customers, tuple((name, float(days)) for name, days in row.effort.items()))
        for row in modes
    ]
    capacity = {row.function: capacity_days(heads=float(row.heads), net_days=float(row.net_days)) for row in resources}
    return mode_budget(plans, capacity, {row.function: row.day_rate for row in resources if row.day_rate is not None})


def checked_mode(row: ProjectMode) -> ModeCheck:
    """Where pay and measures of a way of selling pull another way."""
    return mode_check(
        None,
        mode=SellingMode(row.mode),
        paid_as=SellingMode(row.paid_as) if row.paid_as else None,
        measures=[SellingMeasure(measure) for measure in row.measures],
    )


def team_of(project: SelectionProject, members: Sequence[ProjectMember]) -> TeamCheck:
    """What the team covers and lacks."""
    months = None
    if project.recheck_on:
        months = round((project.recheck_on - project.ends_on).days / 30.4375)
    charter = TeamCharter(
        sponsor=str(project.sponsor_id) if project.sponsor_id else None,
        has_purpose=bool(project.purpose.strip() and project.rights.strip()),
        starts_on=project.starts_on,
        ends_on=project.ends_on,
        meetings=project.meetings,
        recheck_after_months=months,
    )
    return team_check([TeamMember(str(one.user_id), TeamFunction(one.function)) for one in members], charter)


def live_rounds(project: SelectionProject) -> QuerySet[ScoringRound]:
    """The rounds of a project that were not called off."""
    rows: QuerySet[ScoringRound] = project.rounds.exclude(state=ScoringRound.State.CANCELLED)
    return rows


def candidates(project: SelectionProject) -> QuerySet[Customer]:
    """The customers that its rounds score."""
    places = RoundCustomer.objects.filter(round__in=live_rounds(project))
    return Customer.objects.filter(pk__in=places.values("customer"), deleted_at__isnull=True)


def _market(project: SelectionProject, today: date) -> MarketFacts:
    chosen = project.market_map
    segments = list(project.segments.values_list("pk", "state"))
    keys = [pk for pk, _state in segments]
    owning = set(project.factor_sets.filter(segment__in=keys).values_list("segment", flat=True))
    placed = SegmentPlace.objects.on_day(today).filter(segment__in=keys).values("customer")
    decided = chosen.nodes.filter(decision_share__gte=LEVERAGE_FROM).count() if chosen else 0
    return MarketFacts(
        has_map=chosen is not None,
        published=chosen is not None and chosen.state != MarketMap.State.DRAFT,
        leverage_points=decided,
        segments=len(segments),
        accepted=sum(state == Segment.State.ACCEPTED for _pk, state in segments),
        with_factors=len(owning),
        unplaced=candidates(project).exclude(pk__in=placed).count(),
    )


def _candidates(project: SelectionProject, today: date) -> CandidateFacts:
    scored = candidates(project)
    solid = Q(is_hollow=False, solid_until__gte=today)
    views = CustomerView.objects.placed().filter(customer__in=scored)
    found = views.aggregate(
        placed=Count("pk"),
        solid=Count("pk", filter=solid),
        stale=Count("pk", filter=Q(solid_until__isnull=True) | Q(solid_until__lt=today)),
    )
    return CandidateFacts(count=scored.count(), **found)


def _scoring(project: SelectionProject) -> ScoringFacts:
    states = list(live_rounds(project).values_list("state", flat=True))
    sets = list(project.factor_sets.values_list("state", flat=True))
    seats = live_rounds(project).filter(raters__left_on=None).values_list("raters__user", flat=True)
    return ScoringFacts(
        models=len(sets),
        models_in_force=sum(state != ScoringModel.State.DRAFT for state in sets),
        rounds=len(states),
        rounds_agreed=states.count(ScoringRound.State.CLOSED),
        raters=len(set(seats) - {None}),
        undiscussed=_undiscussed(project),
    )


def _undiscussed(project: SelectionProject) -> int:
    """Cells of opened rounds on which raters are far apart and nobody wrote down an agreement."""
    opened = live_rounds(project).filter(released_at__isnull=False)
    given: dict[tuple[Any, ...], list[Rating]] = {}
    cells = SheetScore.objects.filter(round__in=opened, score__isnull=False)
    for *place, rater, score in cells.values_list("round", "customer", "factor_key", "rater", "score"):
        given.setdefault(tuple(place), []).append(Rating(str(rater), "", float(score)))
    agreed = set(Consensus.objects.filter(round__in=opened).values_list("round", "customer", "factor_key"))
    return sum(rater_spread(cell).discuss for place, cell in given.items() if place not in agreed)


def _decision(project: SelectionProject, members: Sequence[ProjectMember]) -> DecisionFacts:
    decision = project.decision
    if decision is None or decision.state in {Decision.State.REJECTED, Decision.State.WITHDRAWN}:
        return DecisionFacts()
    lines = decision.lines.aggregate(all=Count("pk"), bent=Count("pk", filter=~Q(chosen=F("calculated"))))
    notices = list(decision.notices.values_list("person", "acknowledged_at"))
    told = {person for person, _at in notices}
    agreed_at = [at for at in live_rounds(project).values_list("closed_at", flat=True) if at]
    snapshot: Snapshot = decision.snapshot
    return DecisionFacts(
        there=True,
        snapshot_fresh=not agreed_at or snapshot.made_at >= max(agreed_at),
        approved=decision.state in {Decision.State.APPROVED, Decision.State.IN_FORCE},
        override_share=lines["bent"] / lines["all"] if lines["all"] else None,
        in_force=decision.state == Decision.State.IN_FORCE,
        told=len(notices),
        acknowledged=sum(at is not None for _person, at in notices),
        members_untold=sum(member.user_id not in told for member in members),
    )
