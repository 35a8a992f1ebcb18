"""Make and end API tokens. The secret is shown once; the table holds a digest that opens nothing."""

from __future__ import annotations

import hashlib
import ipaddress
import secrets
from collections.abc import Collection
from datetime import timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import permissions
from accounts.models import ApiToken, AuditEntry, User
from accounts.services import audit
from kcrm.lib.access import API_SCOPES, Verb
from kcrm.lib.aftermath import note_end
from kcrm.lib.errors import DomainError, NotAllowed

PREFIX: Final = "kcrm_"
SECRET_BYTES: Final = 32
DEFAULT_DAYS: Final = 90
MAXIMUM_DAYS: Final = 365


def digest_of(secret: str) -> str:
    """What is stored instead of the secret: 256 random bits need no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()


@transaction.atomic
def create_token(
    *,
    name: str,
    scopes: Collection[str],
    by: User,
    days: int = DEFAULT_DAYS,
    customer_ids: Collection[int] | None = None,
    networks: Collection[str] = (),
) -> tuple[ApiToken, str]:
    """A token of one's own, and its secret, which nobody can read again.

    `customer_ids` None means every customer its owner sees; an empty list means none. Raises DomainError for an
    unknown scope, a lifetime outside 1 to 365 days, or an address list that cannot be read.
    """
    if not permissions.can_create_token(by):
        raise NotAllowed("api_token", Verb.CREATE)
    name = " ".join(name.split())
    if not name:
        raise DomainError(_("Give the token a name that says what it is for."), field="name")
    if not scopes or set(scopes) - set(API_SCOPES):
        raise DomainError(_("Choose at least one of the offered scopes."), field="scopes")
    if not 1 <= days <= MAXIMUM_DAYS:
        raise DomainError(_("A token lives from 1 to 365 days."), field="days")
    secret = PREFIX + secrets.token_urlsafe(SECRET_BYTES)
    token = ApiToken.objects.create(
        owner=by,
        name=name,
        prefix=secret[:12],
        digest=digest_of(secret),
        scopes=[scope for scope in API_SCOPES if scope in set(scopes)],
        customer_ids=None if customer_ids is None else sorted(set(customer_ids)),
        networks=_check_networks(networks),
        expires_at=timezone.now() + timedelta(days=days),
    )
    audit.record(
        action=AuditEntry.Action.GRANT,
        by=by,
        subject=token,
        changes={
            "scopes": [None, token.scopes],
            "customer_ids": [None, token.customer_ids],
            "networks": [None, token.networks],
            "expires_at": [None, token.expires_at],
        },
    )
    return token, secret


@transaction.atomic
def revoke_token(*, token_id: int, by: User) -> ApiToken:
    """End a token at once: one's own, or anybody's as administrator."""
    token = ApiToken.objects.visible_to(by).select_for_update().get(pk=token_id)
    if not permissions.can_revoke_token(by, token):
        raise NotAllowed("api_token", Verb.DELETE)
    if token.revoked_at is None:
        token.revoked_at = timezone.now()
        token.save(update_fields=["revoked_at"])
        audit.record(action=AuditEntry.Action.REVOKE, by=by, subject=token)
        note_end("token", token.digest)
    return token


def _check_networks(networks: Collection[str]) -> list[str]:
    """The networks as CIDR. Raises DomainError naming the first that cannot be read."""
    checked = []
    for network in networks:
        try:
            checked.append(str(ipaddress.ip_network(network.strip(), strict=False)))
        except ValueError:
            raise DomainError(
                _("“%(network)s” is no network. Write 203.0.113.0/24 or a single address.") % {"network": network},
                field="networks",
            ) from None
    return checked
