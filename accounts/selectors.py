"""The figures and facts that pages about people show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from django.db.models import Count, Max, Q, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from accounts import permissions
from accounts.models import ApiToken, AuditEntry, Invitation, User
from accounts.models.users import Role
from accounts.words import ROLE_HELP, field_word, value_word


@dataclass(frozen=True)
class RoleFact:
    """A role somebody holds."""

    label: str
    help: str


@dataclass(frozen=True)
class PersonSheet:
    """What the page of a person shows, and which acts its reader has."""

    roles: Sequence[RoleFact]
    has_second_factor: bool
    tokens: Sequence[ApiToken]
    events: Sequence[dict[str, Any]]
    codes: str
    can_edit: bool
    can_grant: bool
    can_code: bool
    can_deactivate: bool


@dataclass(frozen=True)
class PeopleFigures:
    """Who can sign in, who administers KCRM, and how many invitations are open."""

    active: int
    administrators: int
    invited: int

    @property
    def answer(self) -> str:
        """The figures in one sentence, with what needs an eye."""
        sentence = ngettext("%(count)d person can sign in", "%(count)d people can sign in", self.active)
        sentence %= {"count": self.active}
        if self.administrators < 2:
            warning = _("only one of them administers KCRM: give the role to a second person")
        elif self.invited:
            warning = ngettext("%(count)d invitation is open", "%(count)d invitations are open", self.invited)
            warning %= {"count": self.invited}
        else:
            return _("%(sentence)s.") % {"sentence": sentence}
        return _("%(sentence)s; %(warning)s.") % {"sentence": sentence, "warning": warning}


def people_figures(now: datetime) -> PeopleFigures:
    """The figures of the page of people, in one statement."""
    invited = Invitation.objects.open(now).order_by().values("accepted_at").annotate(n=Count("pk")).values("n")
    return PeopleFigures(
        **User.objects.aggregate(
            active=Count("pk", filter=Q(is_active=True)),
            administrators=Count("pk", filter=Q(is_active=True, roles__contains=[Role.ADMINISTRATOR])),
            invited=Coalesce(Max(Subquery(invited)), 0),
        )
    )


def _event(entry: AuditEntry) -> dict[str, Any]:
    """An entry for `components/timeline.html`."""
    changes = (
        f"{field_word(entry.subject_type, name)}: {value_word(name, before)} → {value_word(name, after)}"
        for name, (before, after) in entry.changes.items()
    )
    return {
        "icon": "history",
        "title": entry.get_action_display(),
        "note": "; ".join(changes),
        "at": entry.at,
        "who": entry.actor,
    }


def person_sheet_for(person: User, reader: User) -> PersonSheet:
    """One person as the reader may see him: tokens without secrets, the last acts on him."""
    return PersonSheet(
        roles=[RoleFact(str(Role(role).label), str(ROLE_HELP[role])) for role in person.roles],
        has_second_factor=is_mfa_enabled(person),
        tokens=list(ApiToken.objects.visible_to(reader).unrevoked().filter(owner=person).order_by("-created_at")),
        events=[
            _event(entry)
            for entry in AuditEntry.objects.visible_to(reader)
            .filter(subject_type=person._meta.label_lower, subject_id=person.pk)
            .for_list()[:10]
        ],
        codes=" · ".join(map(str, person.codes.order_by("source", "code"))),
        can_edit=permissions.can_edit(reader, person),
        can_code=permissions.can_invite(reader),
        can_grant=permissions.can_grant_roles(reader, person),
        can_deactivate=permissions.can_deactivate(reader, person),
    )


@dataclass(frozen=True)
class Tab:
    """One page of the settings."""

    label: str
    url: str
    current: bool


def settings_tabs(path: str) -> list[Tab]:
    """The pages of one's settings, that of the path marked."""
    pages = (
        (pgettext("person", "Profile"), "accounts:profile"),
        (_("Password"), "account_change_password"),
        (_("Second factor"), "mfa_index"),
        (_("Sessions"), "usersessions_list"),
        (_("API tokens"), "accounts:token-list"),
    )
    urls = {reverse(name): label for label, name in pages}
    current = max((url for url in urls if path.startswith(url)), key=len, default="")
    return [Tab(label, url, url == current) for url, label in urls.items()]
