"""Is what was typed about people, tokens and settings well-formed?"""

from __future__ import annotations

import zoneinfo
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.models.users import Role, Theme
from accounts.services.tokens import DEFAULT_DAYS, MAXIMUM_DAYS
from accounts.words import ROLE_HELP, SCOPE_WORDS


def zone_choices() -> list[tuple[str, str]]:
    """The time zones a person lives in: places, not abbreviations."""
    places = (zone for zone in zoneinfo.available_timezones() if "/" in zone and not zone.startswith("Etc/"))
    return [("UTC", "UTC"), *((zone, zone.replace("_", " ")) for zone in sorted(places))]


def role_choices() -> list[tuple[str, Any]]:
    """Each role with what it is for."""
    return [(role.value, f"{role.label}: {ROLE_HELP[role]}") for role in Role]


class RolesField(forms.MultipleChoiceField):
    """Roles as tick boxes; none is right for an account manager, whose rights come from teams."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            choices=role_choices,
            required=False,
            widget=forms.CheckboxSelectMultiple,
            label=pgettext_lazy("rights", "Roles"),
            help_text=gettext_lazy(
                "Account managers and team members need none: what they may do comes from their account teams."
            ),
            **options,
        )


class InvitationForm(forms.Form):
    """Who is invited."""

    email = forms.EmailField(
        label=pgettext_lazy("person", "E-mail"), widget=forms.EmailInput(attrs={"autocomplete": "off"})
    )
    full_name = forms.CharField(label=pgettext_lazy("person", "Name"), max_length=150)
    language = forms.ChoiceField(label=gettext_lazy("Language of the mail"), choices=settings.LANGUAGES)
    roles = RolesField()


class RolesForm(forms.Form):
    """What somebody is for."""

    roles = RolesField()


class CodesForm(forms.Form):
    """What other systems call somebody."""

    codes = forms.CharField(
        label=gettext_lazy("Codes in other systems"),
        required=False,
        max_length=4_000,
        help_text=gettext_lazy("One on each line: the system, a colon, the code, such as “erp: 5”."),
        widget=forms.Textarea(attrs={"rows": 5, "spellcheck": "false"}),
    )

    def pairs(self) -> list[tuple[str, str]]:
        """The (system, code) of the lines."""
        lines = [line.replace("：", ":") for line in self.cleaned_data["codes"].splitlines() if line.strip()]
        return [(source, code) for source, _colon, code in (line.partition(":") for line in lines)]


class NewPasswordMixin(forms.Form):
    """A password typed twice."""

    password = forms.CharField(
        label=gettext_lazy("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=gettext_lazy("At least 12 characters. A sentence is easier to remember and harder to guess."),
    )
    password_again = forms.CharField(
        label=gettext_lazy("Password again"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean_password_again(self) -> str:
        """The same password."""
        again: str = self.cleaned_data["password_again"]
        if again != self.cleaned_data.get("password"):
            raise ValidationError(_("The two passwords differ."))
        return again


class SetupForm(NewPasswordMixin):
    """The first administrator."""

    field_order = ("full_name", "email", "password", "password_again")
    full_name = forms.CharField(
        label=gettext_lazy("Your name"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    email = forms.EmailField(
        label=gettext_lazy("Your e-mail"), widget=forms.EmailInput(attrs={"autocomplete": "username"})
    )


class JoinForm(NewPasswordMixin):
    """Somebody who was invited."""

    field_order = ("full_name", "password", "password_again", "language", "time_zone")
    full_name = forms.CharField(
        label=gettext_lazy("Your name"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=settings.LANGUAGES)
    time_zone = forms.ChoiceField(label=gettext_lazy("Time zone"), choices=zone_choices, initial="UTC")


class ProfileForm(forms.Form):
    """Name and how one likes to work."""

    full_name = forms.CharField(label=pgettext_lazy("person", "Name"), max_length=150)
    job_title = forms.CharField(label=gettext_lazy("Job title"), max_length=150, required=False)
    phone = forms.CharField(label=gettext_lazy("Phone"), max_length=50, required=False)
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=settings.LANGUAGES)
    time_zone = forms.ChoiceField(label=gettext_lazy("Time zone"), choices=zone_choices)
    theme = forms.ChoiceField(label=gettext_lazy("Brightness"), choices=Theme.choices)


class TokenForm(forms.Form):
    """What a program may do for its owner."""

    name = forms.CharField(
        label=gettext_lazy("What is it for?"),
        max_length=100,
        help_text=gettext_lazy("For instance “ERP, nightly orders”. You will recognise it in the audit trail."),
    )
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("It may"),
        choices=tuple(SCOPE_WORDS.items()),
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Never more than you may yourself. Scopes cannot be changed later."),
    )
    days = forms.IntegerField(
        label=gettext_lazy("Days until it expires"), min_value=1, max_value=MAXIMUM_DAYS, initial=DEFAULT_DAYS
    )
    customer_ids = forms.CharField(
        label=gettext_lazy("Only these customers"),
        required=False,
        help_text=gettext_lazy("Customer numbers as in their addresses, separated by commas. Empty means all you see."),
    )
    networks = forms.CharField(
        label=gettext_lazy("Only from these addresses"),
        required=False,
        help_text=gettext_lazy("Addresses or networks such as 203.0.113.0/24, separated by commas. Empty means any."),
    )

    def clean_customer_ids(self) -> list[int] | None:
        """The numbers, None for no limit."""
        parts = _parts(self.cleaned_data["customer_ids"])
        try:
            return [int(part) for part in parts] or None
        except ValueError:
            raise ValidationError(_("Write numbers separated by commas.")) from None

    def clean_networks(self) -> list[str]:
        """The networks; the service reads them."""
        return _parts(self.cleaned_data["networks"])


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.replace("\n", ",").split(",") if part.strip()]
