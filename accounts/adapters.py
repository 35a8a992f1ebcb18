"""How the sign-in library is told our rules: by invitation only, and single sign-on for known people."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from accounts.models import User


class AccountAdapter(DefaultAccountAdapter):
    """E-mail sign-in without open sign-up."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """People join by invitation."""
        return False


class SocialAccountAdapter(DefaultSocialAccountAdapter):
    """Single sign-on for people that KCRM knows, or, where the operator allows it, for everybody of the provider."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """Whether the provider may introduce new people."""
        return settings.KCRM_SSO_CREATES_USERS

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
        user = super().populate_user(request, sociallogin, data)
        names = (data.get("first_name"), data.get("last_name"))
        user.full_name = data.get("name") or " ".join(filter(None, names)) or user.email
        return user
