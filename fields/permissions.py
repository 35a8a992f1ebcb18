"""May this person define fields? It answers; the caller raises."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kcrm.lib.access import Verb, allows, global_standings

if TYPE_CHECKING:
    from accounts.models import User


def may_define(user: User, verb: Verb = Verb.UPDATE) -> bool:
    """Whether the person does this with the definitions of custom fields; never through a token."""
    return getattr(user, "api_token", None) is None and allows("custom_field", verb, global_standings(user.roles))
