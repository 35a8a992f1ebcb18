"""May this person change models, rate customers, start scoring? Every answer comes from the access matrix."""

from __future__ import annotations

from accounts.models import User
from customers.models import Customer
from customers.permissions import may, token_covers
from kcrm.lib.access import Verb, allows, allows_anywhere, global_standings
from teams.permissions import reach_of


def _everywhere(user: User, resource: str, verb: Verb) -> bool:
    return token_covers(user, resource, verb) and allows(resource, verb, global_standings(user.roles))


def can_edit_models(user: User) -> bool:
    """Whether the user makes and changes factor sets."""
    return _everywhere(user, "scoring_model", Verb.UPDATE)


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
