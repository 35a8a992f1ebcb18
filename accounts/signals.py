"""What the sign-in library reports, written into the trail: the only receivers in KCRM, as it offers no other way."""

from __future__ import annotations

import time
from typing import Any

from allauth.account import signals as account_signals
from allauth.mfa import signals as mfa_signals
from django.contrib.auth import signals as auth_signals
from django.http import HttpRequest

from accounts.models import AuditEntry, User
from accounts.services import audit

Action = AuditEntry.Action
SIGNED_IN_AT = "kcrm_signed_in_at"


def on_signed_in(sender: Any, request: HttpRequest, user: User, **values: Any) -> None:
    """Note when the session began, for its longest age."""
    request.session[SIGNED_IN_AT] = int(time.time())
    audit.record(action=Action.SIGN_IN, by=user, subject=user)


def on_signed_out(sender: Any, request: HttpRequest, user: User | None, **values: Any) -> None:
    """Somebody left; an anonymous visitor who signs out is nobody."""
    if user is not None and user.pk:
        audit.record(action=Action.SIGN_OUT, by=user, subject=user)


def on_second_factor_failed(sender: Any, user: User, **values: Any) -> None:
    """The password was right, the code was not."""
    audit.record(action=Action.SIGN_IN_FAILED, by=None, subject=user, reason="wrong second factor")


def on_password_changed(sender: Any, user: User, **values: Any) -> None:
    """The password itself appears nowhere."""
    audit.record(action=Action.UPDATE, by=user, subject=user, changes={"password": [audit.MASK, audit.MASK]})


def on_second_factor_changed(sender: Any, user: User, authenticator: Any, signal: Any, **values: Any) -> None:
    """A second factor came, went or was made anew."""
    gone = signal is mfa_signals.authenticator_removed
    kind = str(authenticator.type)
    audit.record(
        action=Action.UPDATE,
        by=user,
        subject=user,
        changes={"second_factor": [kind, None] if gone else [None, kind]},
    )


def connect() -> None:
    """Begin to listen."""
    auth_signals.user_logged_in.connect(on_signed_in, dispatch_uid="kcrm-signed-in")
    auth_signals.user_logged_out.connect(on_signed_out, dispatch_uid="kcrm-signed-out")
    mfa_signals.authentication_failed.connect(on_second_factor_failed, dispatch_uid="kcrm-second-factor-failed")
    for signal in (
        account_signals.password_changed,
        account_signals.password_set,
        account_signals.password_reset,
    ):
        signal.connect(on_password_changed, dispatch_uid="kcrm-password")
    for signal in (
        mfa_signals.authenticator_added,
        mfa_signals.authenticator_removed,
        mfa_signals.authenticator_reset,
    ):
        signal.connect(on_second_factor_changed, dispatch_uid="kcrm-second-factor")
