"""May this person keep webhooks? It answers; the caller raises."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kcrm.lib.access import Verb, allows, global_standings

if TYPE_CHECKING:
    from accounts.models import User


def may_keep_webhooks(user: User, verb: Verb) -> bool:
    """Whether the person does this with webhooks; never through a token."""
    return getattr(user, "api_token", None) is None and allows("webhook", verb, global_standings(user.roles))
