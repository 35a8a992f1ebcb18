"""What must be true before a step of a selection project is done: facts in, conditions out (M06, M07)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date

from selection.calculations.figures import TOLERANCE, reaches
from selection.calculations.load import LoadLevel
from selection.calculations.mode_costs import ModeBudget
from selection.calculations.project_steps import Condition, Step
from selection.calculations.selection_team import (
    EARLIEST_RECHECK_MONTHS,
    FEWEST_MEMBERS,
    LATEST_RECHECK_MONTHS,
    TeamCheck,
    TeamReason,
)
from selection.calculations.selling_modes import ModeCheck, ProgrammeFit, SellingMode

MOST_OVERRIDDEN = 0.2
SOLID_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class ObjectiveFact:
    """One objective: its weight, and whether it says what is measured, how much and by when."""

    weight: float
    measurable: bool


@dataclass(frozen=True, slots=True)
class MarketFacts:
    """The market map and the segments: whether the map is published, where it is decided, what each segment owns."""

    has_map: bool = False
    published: bool = False
    leverage_points: int = 0
    segments: int = 0
    accepted: int = 0
    with_factors: int = 0
    unplaced: int = 0


@dataclass(frozen=True, slots=True)
class CandidateFacts:
    """The customers that the project scores: how many, and how well we know how they see us."""

    count: int = 0
    placed: int = 0
    solid: int = 0
    stale: int = 0


@dataclass(frozen=True, slots=True)
class ScoringFacts:
    """Factor sets and rounds: how many, how many in force or agreed, cells far apart that nobody agreed on."""

    models: int = 0
    models_in_force: int = 0
    rounds: int = 0
    rounds_agreed: int = 0
    raters: int = 0
    undiscussed: int = 0


@dataclass(frozen=True, slots=True)
class DecisionFacts:
    """The decision: whether its snapshot is younger than the last agreement, who decided, how far it differs."""

    there: bool = False
    snapshot_fresh: bool = False
    approved: bool = False
    override_share: float | None = None
    in_force: bool = False
    told: int = 0
    acknowledged: int = 0
    members_untold: int = 0


@dataclass(frozen=True, slots=True)
class ProjectFacts:
    """Everything that the gates of a project look at."""

    objectives: Sequence[ObjectiveFact] = ()
    fit: ProgrammeFit | None = None
    budget: ModeBudget | None = None
    modes: Sequence[ModeCheck] = ()
    team: TeamCheck | None = None
    has_chair: bool = False
    raters: int = 0
    market: MarketFacts = field(default_factory=MarketFacts)
    candidates: CandidateFacts = field(default_factory=CandidateFacts)
    scoring: ScoringFacts = field(default_factory=ScoringFacts)
    decision: DecisionFacts = field(default_factory=DecisionFacts)
    endorsements_asked: int = 0
    endorsements_given: int = 0
    effective_on: date | None = None
    recheck_on: date | None = None


def conditions_of(facts: ProjectFacts) -> dict[Step, tuple[Condition, ...]]:
    """Checks every step against the facts."""
    return {step: check(facts) for step, check in CHECKS.items()}


def _objectives(facts: ProjectFacts) -> tuple[Condition, ...]:
    total = sum(one.weight for one in facts.objectives)
    vague = sum(not one.measurable for one in facts.objectives)
    return (
        Condition("objectives_named", bool(facts.objectives), (("count", len(facts.objectives)),)),
        Condition("objectives_measurable", bool(facts.objectives) and not vague, (("count", vague),)),
        Condition("weights_total", abs(total - 100) <= TOLERANCE, (("total", total),)),
    )


def _resources(facts: ProjectFacts) -> tuple[Condition, ...]:
    budget = facts.budget
    costs = budget.costs if budget else ()
    described = {cost.mode for cost in costs if cost.days_each > 0}
    priced = bool(costs) and all(cost.cost is not None for cost in costs)
    loads = budget.loads if budget else ()
    days = sum(load.capacity_days for load in loads)
    red = sum(load.level is LoadLevel.RED for load in loads)
    wrong = sum(len(check.reasons) for check in facts.modes)
    score = facts.fit.score if facts.fit else None
    fits = bool(facts.fit and facts.fit.fits)
    return (
        Condition("fit_tested", fits, () if score is None else (("score", score),)),
        Condition("capacity_known", days > 0, (("days", days),)),
        Condition("modes_described", len(described) == len(SellingMode), (("count", len(described)),)),
        Condition("modes_priced", priced),
        Condition("days_suffice", days > 0 and not red, (("count", red),)),
        Condition("pay_fits_mode", not wrong, (("count", wrong),)),
    )


def _team(facts: ProjectFacts) -> tuple[Condition, ...]:
    check = facts.team
    codes = {found.code for found in check.reasons} if check else set(TeamReason)
    missing = len(check.missing) if check else 0

    def free_of(*reasons: TeamReason) -> bool:
        return codes.isdisjoint(reasons)

    return (
        Condition("team_size", free_of(TeamReason.TOO_SMALL, TeamReason.TOO_LARGE), (("size", _size(check)),)),
        Condition("functions_covered", free_of(TeamReason.FUNCTION_MISSING), (("count", missing),)),
        Condition("raters_named", facts.has_chair and facts.raters >= FEWEST_MEMBERS - 1, (("count", facts.raters),)),
        Condition("sponsor_named", free_of(TeamReason.NO_SPONSOR)),
        Condition("purpose_written", free_of(TeamReason.NO_PURPOSE)),
        Condition(
            "timetable_fits",
            free_of(TeamReason.NO_TIMETABLE, TeamReason.TIMETABLE_TOO_SHORT, TeamReason.TIMETABLE_TOO_LONG),
            () if check is None or check.weeks is None else (("weeks", check.weeks),),
        ),
        Condition("meetings_planned", free_of(TeamReason.TOO_FEW_MEETINGS)),
    )


def _size(check: TeamCheck | None) -> int:
    return check.size if check else 0


def _market_map(facts: ProjectFacts) -> tuple[Condition, ...]:
    market = facts.market
    return (
        Condition("map_chosen", market.has_map),
        Condition("map_published", market.published),
        Condition("leverage_known", market.leverage_points > 0),
    )


def _segments(facts: ProjectFacts) -> tuple[Condition, ...]:
    market = facts.market
    count = market.segments
    return (
        Condition("segments_chosen", count > 0),
        Condition("segments_accepted", 0 < count == market.accepted, _count(count - market.accepted)),
        Condition("segments_own_factors", 0 < count == market.with_factors, _count(count - market.with_factors)),
    )


def _attractiveness(facts: ProjectFacts) -> tuple[Condition, ...]:
    scoring = facts.scoring
    return (
        Condition(
            "candidates_in_segments",
            facts.candidates.count > 0 and not facts.market.unplaced,
            _count(facts.market.unplaced),
        ),
        Condition("factors_in_force", 0 < scoring.models == scoring.models_in_force, (("count", scoring.models),)),
        Condition("rounds_agreed", 0 < scoring.rounds == scoring.rounds_agreed, (("count", scoring.rounds),)),
        Condition("raters_enough", scoring.raters >= FEWEST_MEMBERS - 1, (("count", scoring.raters),)),
        Condition("differences_discussed", scoring.rounds > 0 and not scoring.undiscussed, _count(scoring.undiscussed)),
    )


def _strength(facts: ProjectFacts) -> tuple[Condition, ...]:
    known = facts.candidates
    unknown = known.count - known.placed
    return (
        Condition("candidates_named", known.count > 0, (("count", known.count),)),
        Condition("views_known", known.count > 0 and unknown == 0, (("count", unknown), ("all", known.count))),
        Condition(
            "views_solid",
            known.placed > 0 and reaches(known.solid / known.placed, SOLID_SHARE),
            (("count", known.solid), ("all", known.placed)),
        ),
        Condition("views_fresh", known.placed > 0 and not known.stale, (("count", known.stale),)),
    )


def _decision(facts: ProjectFacts) -> tuple[Condition, ...]:
    decision = facts.decision
    share = decision.override_share
    return (
        Condition("decision_there", decision.there),
        Condition("snapshot_fresh", decision.there and decision.snapshot_fresh),
        Condition("two_persons", decision.approved),
        Condition(
            "few_exceptions",
            share is not None and not share > MOST_OVERRIDDEN + TOLERANCE,
            () if share is None else (("share", share),),
        ),
    )


def _communication(facts: ProjectFacts) -> tuple[Condition, ...]:
    decision = facts.decision
    missing = decision.told - decision.acknowledged
    silent = facts.endorsements_asked - facts.endorsements_given
    return (
        Condition("decision_in_force", decision.in_force),
        Condition("team_told", decision.there and not decision.members_untold, _count(decision.members_untold)),
        Condition("all_acknowledged", decision.told > 0 and not missing, (("count", missing), ("all", decision.told))),
        Condition("functions_answered", facts.endorsements_asked > 0 and not silent, _count(silent)),
    )


def _recheck(facts: ProjectFacts) -> tuple[Condition, ...]:
    months = None
    if facts.effective_on and facts.recheck_on:
        months = (facts.recheck_on - facts.effective_on).days / 30.4375
    inside = months is not None and EARLIEST_RECHECK_MONTHS - 0.2 <= months <= LATEST_RECHECK_MONTHS + 0.2
    return (
        Condition("recheck_dated", facts.recheck_on is not None),
        Condition("recheck_in_time", inside, () if months is None else (("months", months),)),
    )


def _count(number: int) -> tuple[tuple[str, float], ...]:
    return (("count", number),)


CHECKS: dict[Step, Callable[[ProjectFacts], tuple[Condition, ...]]] = {
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
"""What each step is checked for; the order is the order of the sentences on its page."""
