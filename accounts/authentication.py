"""How programs and the browser prove to the REST door who they are."""

from __future__ import annotations

import hashlib
import ipaddress
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import CharField, DateTimeField
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, SessionAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts.models import ApiToken, User
from accounts.models.stamps import fields_stamp
from kcrm.lib import context
from kcrm.lib.clients import client_address
from kcrm.lib.prepared import Prepared, Slot

SCHEME: Final = b"bearer"
USE_NOTED_EVERY: Final = timedelta(minutes=1)


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer kcrm_...`: the token's owner, with the token on the user object as `api_token`."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        """The owner and the token; None when the call carries no such header. Raises AuthenticationFailed."""
        words = get_authorization_header(request).split()
        if not words or words[0].lower() != SCHEME:
            return None
        if len(words) != 2:
            raise AuthenticationFailed(_("The token is not valid."))
        digest = hashlib.sha256(words[1]).hexdigest()
        now = timezone.now()
        token = TOKEN().first(now=now, digest=digest)
        if token is None or not _may_come_from(token, client_address(request)):
            raise AuthenticationFailed(_("The token is not valid."))
        _note_use(token, now)
        user = token.owner
        user.api_token = token
        user.fields_stamp = token.fields_stamp
        context.refine(token_prefix=token.prefix)
        return user, token

    def authenticate_header(self, request: Request) -> str:
        """What a 401 asks for."""
        return 'Bearer realm="KCRM"'


def _tokens(now: Any) -> Any:
    """Usable tokens with their owners and what their requests will need."""
    return ApiToken.objects.usable(now).select_related("owner").annotate(fields_stamp=fields_stamp())


TOKEN: Final = Prepared.once(lambda: _tokens(Slot("now", DateTimeField())).filter(digest=Slot("digest", CharField())))


def _may_come_from(token: ApiToken, address: str | None) -> bool:
    if not token.networks:
        return True
    if address is None:
        return False
    found = ipaddress.ip_address(address)
    return any(found in ipaddress.ip_network(network, strict=False) for network in token.networks)


def _note_use(token: ApiToken, now: datetime) -> None:
    if token.last_used_at is None or now - token.last_used_at > USE_NOTED_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)


class Session(SessionAuthentication):
    """The browser's session, with CSRF protection on every unsafe call."""


class TokenScheme(OpenApiAuthenticationExtension):
    """Tells the API document about tokens."""

    target_class = "accounts.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """The scheme as OpenAPI names it."""
        return {"type": "http", "scheme": "bearer", "bearerFormat": "kcrm_..."}


class SessionScheme(OpenApiAuthenticationExtension):
    """Tells the API document about the browser's session."""

    target_class = "accounts.authentication.Session"
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """The scheme as OpenAPI names it."""
        return {"type": "apiKey", "in": "cookie", "name": "sessionid"}
