"""Who may do what with plans. Every answer comes from the access matrix."""

from __future__ import annotations

from accounts.models import User
from kcrm.lib.access import Verb, allows, global_standings


def can_change_coverage(user: User) -> bool:
    """Whether the user changes how often customers are spoken with; never through a token."""
    if getattr(user, "api_token", None) is not None:
        return False
    return allows("coverage_rule", Verb.UPDATE, global_standings(user.roles))
