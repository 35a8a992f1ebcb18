"""One's own profile, preferences and API tokens."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from accounts import selectors
from accounts.forms import ProfileForm, TokenForm
from accounts.models import ApiToken, User
from accounts.models.users import Theme
from accounts.services import tokens, users
from accounts.words import SCOPE_WORDS
from kcrm.lib.errors import DomainError
from kcrm.lib.redirects import back
from kcrm.lib.web import ActView, FormPage, Page, public

YEAR = 365 * 24 * 3600
THEME_COOKIE = "kcrm_theme"
SECRET_IN_SESSION = "kcrm_new_token"  # noqa: S105 - the name of a key
SETTINGS = _("Settings")


class ProfileView(FormPage):
    """One's own name, language, time zone, brightness."""

    form_class = ProfileForm
    template_name = "accounts/profile.html"
    title = SETTINGS
    done_message = _("Saved.")

    def perform(self, form: Any) -> User:
        """Save."""
        user = self.request.user
        return users.change_profile(user_id=user.pk, version=self.posted_version(), values=form.cleaned_data, by=user)

    def get_initial(self) -> dict[str, Any]:
        """What is stored."""
        return {name: getattr(self.request.user, name) for name in users.PROFILE_FIELDS}

    def get_version(self) -> int:
        """One's own version."""
        return self.request.user.version

    def get_done_url(self, result: User) -> str:
        """The same page, in the new language."""
        return reverse("accounts:profile")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The form among the pages of the settings."""
        tabs = selectors.settings_tabs(self.request.path)
        return super().get_context_data(tabs=tabs, person=self.request.user, **kwargs)


class TokenListView(Page):
    """One's own tokens; the secret of a new one is shown this once."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """The page."""
        secret = request.session.pop(SECRET_IN_SESSION, None)
        return render(
            request,
            "accounts/token_list.html",
            {
                "title": SETTINGS,
                "tabs": selectors.settings_tabs(request.path),
                "tokens": ApiToken.objects.filter(owner=request.user).unrevoked().order_by("-created_at"),
                "secret": secret,
                "scope_words": SCOPE_WORDS,
            },
        )


class TokenCreateView(FormPage):
    """Make a token."""

    form_class = TokenForm
    title = _("New API token")
    intro = _("A program with this token works with your rights, narrowed by what you choose here.")
    submit_label = _("Make the token")

    def perform(self, form: Any) -> ApiToken:
        """Make it, and keep the secret for the next page only."""
        token, secret = tokens.create_token(by=self.request.user, **form.cleaned_data)
        self.request.session[SECRET_IN_SESSION] = secret
        return token

    def get_done_url(self, result: ApiToken) -> str:
        """The page that shows the secret."""
        return reverse("accounts:token-list")

    def get_cancel_url(self) -> str:
        """Back to the tokens."""
        return reverse("accounts:token-list")

    def get_crumbs(self) -> list[tuple[Any, str]]:
        """Settings, tokens."""
        return [(SETTINGS, reverse("accounts:profile")), (_("API tokens"), reverse("accounts:token-list"))]


class TokenRevokeView(ActView):
    """End a token."""

    done_message = _("The token does not work any more.")

    def perform(self) -> ApiToken:
        """Revoke."""
        return tokens.revoke_token(token_id=self.kwargs["pk"], by=self.request.user)

    def get_done_url(self, result: ApiToken | None) -> str:
        """Back to the tokens."""
        return reverse("accounts:token-list")


@public
@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Speak another language from now on; without an account, on this device."""
    language = request.POST.get("language", "")
    answer = back(request, "/")
    if language not in dict(settings.LANGUAGES):
        return answer
    if request.user.is_authenticated:
        _prefer(request, {"language": language})
    translation.activate(language)
    return _remember(answer, settings.LANGUAGE_COOKIE_NAME, language)


@public
@require_POST
def set_theme(request: HttpRequest) -> HttpResponse:
    """Be light, dark, or as the device is."""
    theme = request.POST.get("theme", "")
    answer = back(request, "/")
    if theme not in Theme.values:
        return answer
    if request.user.is_authenticated:
        _prefer(request, {"theme": theme})
    return _remember(answer, THEME_COOKIE, theme)


def _prefer(request: HttpRequest, values: dict[str, str]) -> None:
    try:
        users.change_profile(user_id=request.user.pk, version=None, values=values, by=request.user)
    except DomainError as error:
        messages.error(request, str(error))


def _remember(answer: HttpResponseRedirect, name: str, value: str) -> HttpResponse:
    answer.set_cookie(name, value, max_age=YEAR, secure=settings.SESSION_COOKIE_SECURE, httponly=True, samesite="Lax")
    return answer
