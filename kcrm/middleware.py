"""What happens around every request: where it comes from, how long a session lives, what is refused and recorded."""

from __future__ import annotations

import time
import uuid
import zoneinfo
from collections.abc import Callable
from typing import Any, Final

import pghistory
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth import logout
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.cache import patch_cache_control
from pghistory.middleware import WSGIRequest as HistoryRequest

from accounts.models import AuditEntry
from accounts.services import audit
from accounts.signals import SIGNED_IN_AT
from kcrm.lib import context
from kcrm.lib.clients import client_address
from kcrm.lib.errors import NotAllowed, TooMuchAtOnce
from kcrm.views.errors import too_much_at_once

GetResponse = Callable[[HttpRequest], HttpResponse]
SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
API_PREFIX: Final = "/api/"
SEEN_AT: Final = "kcrm_seen_at"
RENEW_AFTER: Final = 300
MFA_CHECKED: Final = "kcrm_second_factor"
PERMISSIONS_POLICY: Final = (
    "accelerometer=(), browsing-topics=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), microphone=(), "
    "midi=(), payment=(), publickey-credentials-create=(self), publickey-credentials-get=(self), usb=()"
)


def origin_middleware(get_response: GetResponse) -> GetResponse:
    """Give the request a number, and the trail the door, the number and the address."""

    def middleware(request: HttpRequest) -> HttpResponse:
        request_id = str(uuid.uuid4())
        request.kcrm_request_id = request_id  # type: ignore[attr-defined]
        via = "api" if request.path.startswith(API_PREFIX) else "page"
        with context.origin(via=via, request_id=request_id, address=client_address(request), token_prefix=""):
            response = get_response(request)
        response["X-Request-ID"] = request_id
        return response

    return middleware


def headers_middleware(get_response: GetResponse) -> GetResponse:
    """Nothing that was made for somebody may be kept by a browser or a proxy; no page needs a sensor."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if "public" not in response.get("Cache-Control", ""):
            del response["Cache-Control"]
            patch_cache_control(response, no_store=True, private=True)
        response["Permissions-Policy"] = PERMISSIONS_POLICY
        return response

    return middleware


def session_age_middleware(get_response: GetResponse) -> GetResponse:
    """End a session twelve hours after its sign-in, however busy; keep a busy one from ending for idleness.

    A session ends three hours after it was last written. It is written again at most every five minutes, so that
    reading pages does not cost a write each.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated and not request.path.startswith(API_PREFIX):
            now = int(time.time())
            started = request.session.get(SIGNED_IN_AT)
            if started is None or now - started > settings.KCRM_SESSION_AGE:
                logout(request)
            elif now - request.session.get(SEEN_AT, started) > RENEW_AFTER:
                request.session[SEEN_AT] = now
        return get_response(request)

    return middleware


def preferences_middleware(get_response: GetResponse) -> GetResponse:
    """Speak the language and the time of the person who is signed in."""

    def middleware(request: HttpRequest) -> HttpResponse:
        user = request.user
        if not user.is_authenticated:
            return get_response(request)
        translation.activate(user.language)
        request.LANGUAGE_CODE = translation.get_language()
        with timezone.override(_zone(user.time_zone)):
            return get_response(request)

    return middleware


def _zone(name: str) -> zoneinfo.ZoneInfo:
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        return zoneinfo.ZoneInfo("UTC")


def second_factor_middleware(get_response: GetResponse) -> GetResponse:
    """Lead people whose roles ask for a second factor to setting one up; until then nothing else opens."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if _needs_second_factor(request) and not _opens_without_second_factor(request.path):
            return HttpResponseRedirect(reverse("mfa_index"))
        return get_response(request)

    return middleware


def _needs_second_factor(request: HttpRequest) -> bool:
    user = request.user
    if not settings.KCRM_REQUIRE_MFA or not user.is_authenticated:
        return False
    if not user.has_role(*settings.KCRM_MFA_ROLES) or request.session.get(MFA_CHECKED):
        return False
    if is_mfa_enabled(user):
        request.session[MFA_CHECKED] = True
        return False
    return True


def _opens_without_second_factor(path: str) -> bool:
    names = ("mfa_index", "account_logout", "account_reauthenticate")
    return path.startswith((*map(reverse, names), "/preferences/"))


def history_middleware(get_response: GetResponse) -> GetResponse:
    """Tell the history of rows who writes, in which request, through which door."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.method in SAFE_METHODS:
            return get_response(request)
        origin = context.current()
        with pghistory.context(user=request.user.pk, request_id=origin.request_id, via=origin.via):
            # a token's owner becomes known inside the API view; this class hands him on to the history
            request.__class__ = HistoryRequest
            return get_response(request)

    return middleware


class DenialMiddleware:
    """Write every refusal to a signed-in person into the trail, in a transaction of its own."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == 403 and request.user.is_authenticated:
            self._record(request)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Remember what was asked for, for the entry; answer who asks for too much at once."""
        if isinstance(exception, PermissionDenied):
            request.kcrm_denial = exception  # type: ignore[attr-defined]
        if isinstance(exception, TooMuchAtOnce):
            return too_much_at_once(request, exception)
        return None

    @staticmethod
    def _record(request: HttpRequest) -> None:
        denial: Any = getattr(request, "kcrm_denial", None)
        match = request.resolver_match
        audit.record(
            action=AuditEntry.Action.DENIED,
            by=request.user,
            subject_type=denial.resource if isinstance(denial, NotAllowed) else "",
            subject_id=_number((match.kwargs if match else {}).get("pk")),
            label=f"{request.method} {request.path}",
            reason=str(denial) if denial else "",
        )


def _number(value: Any) -> int | None:
    return int(value) if str(value).isdecimal() and len(str(value)) < 19 else None
