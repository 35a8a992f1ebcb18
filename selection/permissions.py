"""May this person change models, rate customers, start scoring? Every answer comes from the access matrix."""

from __future__ import annotations

from accounts.models import User
from customers.models import Customer
from customers.permissions import may, token_covers
from kcrm.lib.access import Verb, allows, allows_anywhere, global_standings
from selection.models import Decision, ScoringRound
from teams.permissions import reach_of


def _everywhere(user: User, resource: str, verb: Verb) -> bool:
    return token_covers(user, resource, verb) and allows(resource, verb, global_standings(user.roles))


def can_edit_models(user: User) -> bool:
    """Whether the user makes and changes factor sets."""
    return _everywhere(user, "scoring_model", Verb.UPDATE)


def can_approve_models(user: User) -> bool:
    """Whether the user puts factor sets into force that others wrote and asked for."""
    return _everywhere(user, "scoring_model", Verb.APPROVE)


def can_run_scoring(user: User) -> bool:
    """Whether the user scores all customers anew, which needs the sight of all of them."""
    return _everywhere(user, "score", Verb.CREATE)


def can_open_scores(user: User) -> bool:
    """Whether the user sees scores of any customer at all."""
    return token_covers(user, "score", Verb.READ) and allows_anywhere("score", Verb.READ, reach_of(user).actors())


def can_rate(user: User, customer: Customer) -> bool:
    """Whether the user rates this customer on judged factors."""
    return may(user, "score_sheet", Verb.CREATE, customer)


def can_read_score(user: User, customer: Customer) -> bool:
    """Whether the user sees how this customer scored."""
    return may(user, "score", Verb.READ, customer)


def can_give_task(user: User, customer: Customer) -> bool:
    """Whether the user gives somebody a task for this customer, such as finding out what is not known."""
    return may(user, "task", Verb.CREATE, customer)


def can_read_some_scores(user: User) -> bool:
    """Whether pages of scores open for the user at all, be they empty."""
    return token_covers(user, "score", Verb.READ) and allows_anywhere("score", Verb.READ, reach_of(user).actors())


def can_read_models(user: User) -> bool:
    """Whether the user reads factor sets, policies and the other rules of the method."""
    return token_covers(user, "scoring_model", Verb.READ) and allows_anywhere(
        "scoring_model", Verb.READ, reach_of(user).actors()
    )


def can_run_rounds(user: User) -> bool:
    """Whether the user opens scoring rounds and appoints their raters."""
    return _everywhere(user, "scoring_round", Verb.CREATE)


def can_lead(user: User, scoring_round: ScoringRound) -> bool:
    """Whether the user leads this round: its chair by appointment, the programme office by role."""
    if scoring_round.chair_id == user.pk:
        return token_covers(user, "scoring_round", Verb.UPDATE)
    return _everywhere(user, "scoring_round", Verb.UPDATE)


def can_score_in(user: User, scoring_round: ScoringRound) -> bool:
    """Whether the user scores in this round: its raters by appointment, as long as they have not left."""
    seated = scoring_round.raters.filter(user=user, left_on=None).exists()
    return seated and token_covers(user, "scoring_round", Verb.UPDATE)


def can_prepare_decisions(user: User) -> bool:
    """Whether the user takes snapshots and drafts decisions."""
    return _everywhere(user, "selection_decision", Verb.CREATE)


def can_approve_decisions(user: User) -> bool:
    """Whether the user decides about proposals at all; about which customers is asked for each."""
    actors = reach_of(user).actors()
    return token_covers(user, "selection_decision", Verb.APPROVE) and allows_anywhere(
        "selection_decision", Verb.APPROVE, actors
    )


def customers_outside(user: User, decision: Decision) -> list[str]:
    """The names of customers in the decision about which the user has no right to decide."""
    lines = decision.lines.select_related("customer__org_unit")
    return [line.customer.name for line in lines if not may(user, "selection_decision", Verb.APPROVE, line.customer)]


def can_open_decisions(user: User) -> bool:
    """Whether the pages of decisions open for the user at all."""
    return token_covers(user, "selection_decision", Verb.READ) and allows_anywhere(
        "selection_decision", Verb.READ, reach_of(user).actors()
    )


def can_read_scenarios(user: User) -> bool:
    """Whether the user reads scenarios of the portfolio."""
    return _everywhere(user, "scenario", Verb.READ)


def can_save_scenarios(user: User) -> bool:
    """Whether the user keeps a what-if under a name."""
    return _everywhere(user, "scenario", Verb.CREATE)


def can_change_scenarios(user: User) -> bool:
    """Whether the user changes scenarios, also those that somebody else began."""
    return _everywhere(user, "scenario", Verb.UPDATE)


def can_delete_scenarios(user: User) -> bool:
    """Whether the user lets go of scenarios."""
    return _everywhere(user, "scenario", Verb.DELETE)


def can_preview_tiers(user: User) -> bool:
    """Whether the user sees what other cuts of the tiers would do: they are cut over all customers, seen or not."""
    return _everywhere(user, "score", Verb.READ)


def can_read_segments(user: User) -> bool:
    """Whether the user reads the register of segments."""
    return token_covers(user, "segment", Verb.READ) and allows_anywhere("segment", Verb.READ, reach_of(user).actors())


def can_edit_segments(user: User) -> bool:
    """Whether the user makes and changes segments."""
    return _everywhere(user, "segment", Verb.UPDATE)


def can_place(user: User, customer: Customer) -> bool:
    """Whether the user puts this customer into a segment, or takes it out."""
    return may(user, "segment_place", Verb.UPDATE, customer)


def can_place_anybody(user: User) -> bool:
    """Whether the user puts any customer at all into segments, so that it is offered."""
    actors = reach_of(user).actors()
    return token_covers(user, "segment_place", Verb.UPDATE) and allows_anywhere("segment_place", Verb.UPDATE, actors)


def can_read_maps(user: User) -> bool:
    """Whether the user reads market maps."""
    return token_covers(user, "market_map", Verb.READ) and allows_anywhere(
        "market_map", Verb.READ, reach_of(user).actors()
    )


def can_edit_maps(user: User) -> bool:
    """Whether the user draws market maps and publishes them."""
    return _everywhere(user, "market_map", Verb.UPDATE)


def can_run_projects(user: User) -> bool:
    """Whether the user starts selection projects, fills their steps and asks for sign-offs."""
    return _everywhere(user, "selection_project", Verb.UPDATE)


def can_sign_gates(user: User) -> bool:
    """Whether the user signs the gates of selection projects; never where he asked for it."""
    return _everywhere(user, "selection_project", Verb.APPROVE)
