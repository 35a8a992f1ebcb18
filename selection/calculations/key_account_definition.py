"""Does a customer meet the written definition of a key account (M14)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

TRAITS_NEEDED = 3


class KeyCriterion(StrEnum):
    """What makes a key account; one is enough."""

    LARGE_ORDERS_UNDER_CONTRACT_OR_POTENTIAL = "large_orders_under_contract_or_potential"
    STRATEGIC_PROJECT = "strategic_project"
    EFFECT_ON_BUSINESS_OR_IMAGE = "effect_on_business_or_image"
    TECHNOLOGY_UPTAKE = "technology_uptake"
    MARKET_GROWTH = "market_growth"


class KeyTrait(StrEnum):
    """What key accounts have in common; three of four make a candidate."""

    HIGH_VALUE = "high_value"
    ENTRY_BARRIER = "entry_barrier"
    FOCUS_OF_FUTURE_COMPETITION = "focus_of_future_competition"
    BASE_OF_MAIN_BUSINESS = "base_of_main_business"


@dataclass(frozen=True, slots=True)
class DefinitionCheck:
    """The verdict of both lists and what decided it; None where what is not known could still turn it."""

    meets_definition: bool | None
    criteria_met: tuple[KeyCriterion, ...]
    shows_traits: bool | None
    traits_shown: tuple[KeyTrait, ...]
    open_questions: tuple[str, ...]

    @property
    def candidate(self) -> bool | None:
        """Says whether to consider the customer: by a criterion or by its traits; None while that is open."""
        if self.meets_definition or self.shows_traits:
            return True
        return None if self.meets_definition is None or self.shows_traits is None else False


def definition_check(
    criteria: Mapping[KeyCriterion, bool | None],
    traits: Mapping[KeyTrait, bool | None],
    *,
    traits_needed: int = TRAITS_NEEDED,
) -> DefinitionCheck:
    """Tests a customer against the definition: any of five criteria, or three of four traits (M14).

    An answer of None, or none at all, is not known and never counts as no.
    """
    criteria_answers = [criteria.get(criterion) for criterion in KeyCriterion]
    trait_answers = [traits.get(trait) for trait in KeyTrait]
    return DefinitionCheck(
        meets_definition=_at_least(1, criteria_answers),
        criteria_met=tuple(criterion for criterion in KeyCriterion if criteria.get(criterion)),
        shows_traits=_at_least(traits_needed, trait_answers),
        traits_shown=tuple(trait for trait in KeyTrait if traits.get(trait)),
        open_questions=(
            *(str(criterion) for criterion in KeyCriterion if criteria.get(criterion) is None),
            *(str(trait) for trait in KeyTrait if traits.get(trait) is None),
        ),
    )


def _at_least(needed: int, answers: Iterable[bool | None]) -> bool | None:
    answers = list(answers)
    met, unknown = answers.count(True), answers.count(None)
    if met >= needed:
        return True
    return None if met + unknown >= needed else False
