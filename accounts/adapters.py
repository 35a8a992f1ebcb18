"""How the sign-in library is told our rules: by invitation only, slow for guessers, single sign-on for known people."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from accounts import mail
from accounts.models import AuditEntry, User
from accounts.services import audit, throttle
from kcrm.lib.clients import client_address


class AccountAdapter(DefaultAccountAdapter):
    """E-mail sign-in without open sign-up."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """People join by invitation."""
        return False

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """The person with these credentials, or None; the same answer for unknown, wrong and deactivated.

        Raises the library's validation error while the account or the address has to wait.
        """
        email, address = str(credentials.get("email") or ""), client_address(request)
        if throttle.take_attempt(email=email, address=address, now=timezone.now()) is not None:
            self._record_failure(request, email, "too many attempts")
            raise self.validation_error("too_many_login_attempts")
        user = authenticate(request, **credentials)
        # the library would tell a deactivated person apart once the password is right
        AuthenticationBackend.unstash_authenticated_user()
        if user is None:
            self._record_failure(request, email, "wrong e-mail or password")
            return None
        throttle.give_back(email=email, address=address)
        return user

    @staticmethod
    def _record_failure(request: HttpRequest, email: str, reason: str) -> None:
        """Enter the failure with the person it was aimed at, if there is one; never what was typed as password."""
        target = User.objects.filter(email__iexact=email).first() if email else None
        audit.record(
            action=AuditEntry.Action.SIGN_IN_FAILED,
            by=None,
            subject=target,
            label=str(target) if target else "",
            reason=reason,
        )

    def get_client_ip(self, request: HttpRequest) -> str:
        """The address as the trusted proxies saw it."""
        address = client_address(request)
        if address is None:
            raise PermissionDenied
        return address

    def get_reset_password_from_key_url(self, key: str) -> str:
        """The link of a reset mail, built from the configured address whatever host the request claims."""
        path = urlsplit(super().get_reset_password_from_key_url(key)).path
        return f"{settings.KCRM_BASE_URL}{path}"

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send a mail of the sign-in library after the answer, so that the answer takes the same time without one."""
        values = context | {"email": email, "base_url": settings.KCRM_BASE_URL}
        mail.send_soon(self.render_mail(template_prefix, email, values))


class MFAAdapter(DefaultMFAAdapter):
    """Seeds of authenticators are stored encrypted, with a key that the database does not have."""

    def encrypt(self, text: str) -> str:
        """The text as only this installation can read it."""
        return _ciphers().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """The text again; an old secret key still opens it while it is among the fallbacks."""
        return _ciphers().decrypt(encrypted_text.encode()).decode()


def _ciphers() -> MultiFernet:
    """One cipher for each secret key in force, the present one first."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet(
        [Fernet(urlsafe_b64encode(salted_hmac("kcrm.mfa", "seed", key, algorithm="sha256").digest())) for key in keys]
    )


class SocialAccountAdapter(DefaultSocialAccountAdapter):
    """Single sign-on for people that KCRM knows, or, where the operator allows it, for everybody of the provider."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """Whether the provider may introduce new people."""
        return bool(settings.KCRM_SSO_CREATES_USERS)

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Join a provider's verified e-mail to the person who already has it."""
        if sociallogin.is_existing:
            return
        verified = {address.email.lower() for address in sociallogin.email_addresses if address.verified}
        user = User.objects.active().filter(email__in=verified).first()
        if user:
            sociallogin.connect(request, user)
        elif not settings.KCRM_SSO_CREATES_USERS:
            messages.error(request, _("Nobody here has this address. Ask an administrator for an invitation."))
            raise ImmediateHttpResponse(redirect("account_login"))

    def populate_user(self, request: HttpRequest, sociallogin: Any, data: dict[str, Any]) -> User:
        """A new person with the name that the provider gives."""
        user: User = super().populate_user(request, sociallogin, data)
        names = (data.get("first_name"), data.get("last_name"))
        user.full_name = data.get("name") or " ".join(filter(None, names)) or user.email
        return user
