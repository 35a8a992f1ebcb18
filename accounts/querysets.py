"""Which people, tokens, entries and views."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final, Self

from django.db import models
from django.db.models import Q

from accounts.sight import people_led_by
from kcrm.lib.access import Verb, allows, global_standings
from kcrm.lib.models import VersionedQuerySet

if TYPE_CHECKING:
    from accounts.models import User

# What an administrator reads of the trail: acts on people and rights, no business content
ADMIN_SUBJECTS: Final = ("accounts.", "teams.")
ADMIN_ACTIONS: Final = ("sign-in", "sign-in-failed", "sign-out", "denied", "grant", "revoke")


class UserQuerySet(VersionedQuerySet):
    """People."""

    def active(self) -> Self:
        """People who may sign in."""
        return self.filter(is_active=True)

    def visible_to(self, user: User) -> Self:
        """Oneself; directors see the people of their units, administrators and auditors everybody."""
        if allows("user", Verb.READ, global_standings(user.roles)):
            return self
        led = people_led_by(user)
        return self.filter(pk=user.pk) if led is None else self.filter(Q(pk=user.pk) | Q(pk__in=led))

    def administrators(self) -> Self:
        """Active people who administer people and rights."""
        return self.active().filter(roles__contains=["administrator"])


class InvitationQuerySet(VersionedQuerySet):
    """Invitations."""

    def open(self, now: datetime) -> Self:
        """Invitations whose link still works."""
        return self.filter(accepted_at__isnull=True, expires_at__gt=now)

    def unanswered(self) -> Self:
        """Invitations that nobody accepted, expired ones too."""
        return self.filter(accepted_at__isnull=True)


class ApiTokenQuerySet(models.QuerySet):
    """API tokens."""

    def usable(self, now: datetime) -> Self:
        """Tokens that are neither revoked nor expired and whose owner may sign in."""
        return self.filter(revoked_at__isnull=True, expires_at__gt=now, owner__is_active=True)

    def unrevoked(self) -> Self:
        """Tokens that nobody ended, expired ones too."""
        return self.filter(revoked_at__isnull=True)

    def visible_to(self, user: User) -> Self:
        """One's own tokens; administrators and auditors see all."""
        if allows("api_token", Verb.READ, global_standings(user.roles)):
            return self
        return self.filter(owner=user)


class AuditEntryQuerySet(models.QuerySet):
    """Entries of the audit trail."""

    def visible_to(self, user: User) -> Self:
        """An auditor reads everything, an administrator what concerns people and rights, others nothing."""
        standings = global_standings(user.roles)
        if allows("audit_entry", Verb.EXPORT, standings):
            return self
        if not allows("audit_entry", Verb.READ, standings):
            return self.none()
        subjects = Q()
        for prefix in ADMIN_SUBJECTS:
            subjects |= Q(subject_type__startswith=prefix)
        return self.filter(subjects | Q(action__in=ADMIN_ACTIONS))

    def for_list(self) -> Self:
        """Everything the audit list shows, newest first."""
        return self.select_related("actor").order_by("-at", "-id")


class SavedViewQuerySet(VersionedQuerySet):
    """Saved views of lists."""

    def visible_to(self, user: User) -> Self:
        """One's own views and those that were shared."""
        return self.filter(Q(owner=user) | Q(is_shared=True)).order_by("name")
