"""What API tokens may carry at most, on top of the rights of their owners."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from kcrm.lib.access.matrix import MATRIX, Verb

API_SCOPES: Final = (
    "accounts:read",
    "accounts:write",
    "contacts:read",
    "contacts:write",
    "activities:read",
    "activities:write",
    "opportunities:read",
    "opportunities:write",
    "cases:read",
    "cases:write",
    "finance:read",
    "credit:read",
    "erp:facts:write",
    "imports:write",
    "exports:read",
    "webhooks:read",
    "audit:read",
    "consents:write",
)


def token_allows(resource: str, verb: Verb, scopes: Collection[str]) -> bool:
    """Whether a token with these scopes may ask for this at all.

    A write scope never implies the read scope of the same resource.
    """
    row = MATRIX[resource]
    if verb not in row.api_verbs:
        return False
    needed = row.api_read if verb is Verb.READ else row.api_write
    return bool(needed) and needed in scopes
