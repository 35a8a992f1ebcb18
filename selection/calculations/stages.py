"""How far a relationship has come, as we see it and as the customer does (M12)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

LOWEST_ANSWER = 1
HIGHEST_ANSWER = 4


class Stage(StrEnum):
    """A stage of a relationship; the order is from the loosest to the closest."""

    EXPLORATORY = "exploratory"
    BASIC = "basic"
    COOPERATIVE = "cooperative"
    INTERDEPENDENT = "interdependent"
    INTEGRATED = "integrated"


class StageItem(StrEnum):
    """The six questions, each answered 1 to 4."""

    CONTACT_BREADTH = "contact_breadth"
    OPENNESS = "openness"
    JOINT_PLANNING = "joint_planning"
    LINKED_PROCESSES = "linked_processes"
    TRUST_IN_TROUBLE = "trust_in_trouble"
    EXIT_DIFFICULTY = "exit_difficulty"


class ContactForm(StrEnum):
    """How the people of both firms meet at a stage."""

    SINGLE_LINE = "single_line"
    BOW_TIE = "bow_tie"
    NETWORK = "network"
    DIAMOND = "diamond"
    JOINT_TEAMS = "joint_teams"


ORDER: dict[Stage, int] = {stage: place for place, stage in enumerate(Stage)}

LOWEST_TOTAL: dict[Stage, int] = {
    Stage.BASIC: 6,
    Stage.COOPERATIVE: 11,
    Stage.INTERDEPENDENT: 17,
    Stage.INTEGRATED: 23,
}
"""The lowest total of the six answers at which each stage begins."""

FORM_OF_STAGE: dict[Stage, ContactForm] = {
    Stage.EXPLORATORY: ContactForm.SINGLE_LINE,
    Stage.BASIC: ContactForm.BOW_TIE,
    Stage.COOPERATIVE: ContactForm.NETWORK,
    Stage.INTERDEPENDENT: ContactForm.DIAMOND,
    Stage.INTEGRATED: ContactForm.JOINT_TEAMS,
}

OLDER_NAMES: dict[str, Stage | None] = {
    "pre-kam": Stage.EXPLORATORY,
    "early-kam": Stage.BASIC,
    "mid-kam": Stage.COOPERATIVE,
    "partnership-kam": Stage.INTERDEPENDENT,
    "synergistic-kam": Stage.INTEGRATED,
    "uncoupling-kam": None,
}
"""The older wording; uncoupling is a fall from any stage and no stage of its own."""


@dataclass(frozen=True, slots=True)
class StageResult:
    """The stage that one side sees; ``total`` and ``stage`` are None while an answer is missing."""

    answers: tuple[tuple[StageItem, int | None], ...]
    total: int | None
    stage: Stage | None
    missing: tuple[StageItem, ...]

    @property
    def contact_form(self) -> ContactForm | None:
        """Gives the form of contact that belongs to the stage; None without a stage."""
        return None if self.stage is None else FORM_OF_STAGE[self.stage]


@dataclass(frozen=True, slots=True)
class StageGap:
    """How differently both sides see the relationship.

    ``stages`` is our stage less the customer's, positive where we see it closer than it does; None where one side has
    no stage. ``items`` lists each question's difference where both answered, the widest first.
    """

    stages: int | None
    warning: bool
    items: tuple[tuple[StageItem, int], ...]


def stage_result(answers: Mapping[StageItem, int | None], *, trading: bool) -> StageResult:
    """Reads the stage off the six answers: 6-10 basic, 11-16 cooperative, 17-22 interdependent, 23-24 integrated (M12).

    Without trade the stage is exploratory whatever is answered. Raises ValueError for an answer outside 1-4.
    """
    given = tuple((item, answers.get(item)) for item in StageItem)
    known = [answer for _, answer in given if answer is not None]
    if any(not LOWEST_ANSWER <= answer <= HIGHEST_ANSWER for answer in known):
        raise ValueError("an answer lies between 1 and 4")
    missing = tuple(item for item, answer in given if answer is None)
    total = None if missing else sum(known)
    stage = stage_of_total(total) if trading else Stage.EXPLORATORY
    return StageResult(answers=given, total=total, stage=stage, missing=missing)


def stage_of_total(total: int | None) -> Stage | None:
    """Gives the stage of a total of 6-24 between firms that trade; None for no total."""
    if total is None:
        return None
    return max((stage for stage, lowest in LOWEST_TOTAL.items() if total >= lowest), key=ORDER.__getitem__)


def stage_gap(ours: StageResult, theirs: StageResult) -> StageGap:
    """Compares our view with the customer's; a difference of one stage or more is a warning (M12)."""
    stages = None
    if ours.stage is not None and theirs.stage is not None:
        stages = ORDER[ours.stage] - ORDER[theirs.stage]
    their_answers = dict(theirs.answers)
    items = [
        (item, ours_given - theirs_given)
        for item, ours_given in ours.answers
        if ours_given is not None and (theirs_given := their_answers[item]) is not None
    ]
    items.sort(key=lambda pair: -abs(pair[1]))
    return StageGap(stages=stages, warning=bool(stages), items=tuple(items))


def stage_index(stage: Stage | None) -> float | None:
    """Turns a stage into an index of 0-100 in equal steps (M10): exploratory 0, basic 25 ... integrated 100."""
    return None if stage is None else 100 * ORDER[stage] / (len(Stage) - 1)
