"""Let people in and out, say what they are for, and keep how they like to work."""

from __future__ import annotations

import zoneinfo
from collections.abc import Iterable
from typing import Any, Final

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import permissions
from accounts.models import ApiToken, AuditEntry, User
from accounts.models.users import Role, Theme
from accounts.services import audit
from kcrm.lib.access import Verb
from kcrm.lib.aftermath import note_end
from kcrm.lib.errors import DomainError, NotAllowed

PROFILE_FIELDS: Final = frozenset({"full_name", "job_title", "phone", "language", "time_zone", "theme"})
SETUP_LOCK: Final = 7_205_301  # any number that no other advisory lock uses


def check_roles(roles: Iterable[str]) -> list[str]:
    """The roles without doubles, in the order of the list of roles. Raises DomainError for an unknown one."""
    wanted = set(roles)
    if unknown := wanted - set(Role.values):
        raise DomainError(_("Unknown role: %(role)s.") % {"role": ", ".join(sorted(unknown))}, field="roles")
    return [role for role in Role.values if role in wanted]


def check_password(password: str, user: User) -> None:
    """Raise DomainError on `password` when it is too short, too common or too near to the person's own data."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise DomainError(" ".join(error.messages), field="password") from None


@transaction.atomic
def create_user(*, email: str, full_name: str, password: str, roles: list[str], by: User | None) -> User:
    """A person with a checked password; the trail has the person and each role.

    Called by the services that decide who may come in. Raises DomainError for a known address or a weak password.
    """
    email = email.strip().lower()
    if User.objects.filter(email__iexact=email).exists():
        raise DomainError(_("Somebody with this e-mail address is here already."), field="email")
    user = User(email=email, full_name=" ".join(full_name.split()))
    check_password(password, user)
    user = User.objects.create_user(email, password, full_name=user.full_name, roles=roles)
    audit.record(action=AuditEntry.Action.CREATE, by=by, subject=user, changes={"email": [None, user.email]})
    for role in roles:
        audit.record(action=AuditEntry.Action.GRANT, by=by, subject=user, changes={"role": [None, role]})
    return user


@transaction.atomic
def create_first_administrator(*, email: str, full_name: str, password: str) -> User:
    """Make the first person, while there is nobody; two attempts at once make one person.

    Raises DomainError when somebody exists already or the password is weak.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [SETUP_LOCK])
    if User.objects.exists():
        raise DomainError(_("KCRM is set up already. Sign in, or ask an administrator for an invitation."))
    return create_user(email=email, full_name=full_name, password=password, roles=[Role.ADMINISTRATOR], by=None)


@transaction.atomic
def create_administrator(*, email: str, full_name: str, password: str) -> User:
    """Make an administrator from the command line, whoever else exists. Raises DomainError as above."""
    return create_user(email=email, full_name=full_name, password=password, roles=[Role.ADMINISTRATOR], by=None)


@transaction.atomic
def change_roles(*, user_id: int, version: int | None, roles: Iterable[str], by: User) -> User:
    """Give and take roles; each is one entry of the trail and holds from the person's next request.

    Raises NotAllowed for one's own roles, DomainError when nobody would administer KCRM any more.
    """
    person = User.objects.visible_to(by).locked(user_id, version)
    if not permissions.can_grant_roles(by, person):
        raise NotAllowed("user", Verb.GRANT)
    wanted, before = check_roles(roles), list(person.roles)
    if Role.ADMINISTRATOR in before and Role.ADMINISTRATOR not in wanted:
        _keep_an_administrator(person)
    if person.apply({"roles": wanted}):
        for role in wanted:
            if role not in before:
                audit.record(action=AuditEntry.Action.GRANT, by=by, subject=person, changes={"role": [None, role]})
        for role in before:
            if role not in wanted:
                audit.record(action=AuditEntry.Action.REVOKE, by=by, subject=person, changes={"role": [role, None]})
    return person


@transaction.atomic
def deactivate_user(*, user_id: int, version: int | None, by: User) -> User:
    """Let somebody in no more: sessions and tokens end with the transaction. Nothing the person did is touched.

    Raises NotAllowed for oneself, DomainError for the last administrator.
    """
    person = User.objects.visible_to(by).locked(user_id, version)
    if not permissions.can_deactivate(by, person):
        raise NotAllowed("user", Verb.DELETE)
    if not person.is_active:
        raise DomainError(_("This person is deactivated already."))
    if Role.ADMINISTRATOR in person.roles:
        _keep_an_administrator(person)
    person.apply({"is_active": False})
    end_sessions(person)
    ended = ApiToken.objects.filter(owner=person).unrevoked().update(revoked_at=timezone.now())
    audit.record(
        action=AuditEntry.Action.UPDATE,
        by=by,
        subject=person,
        changes={"is_active": [True, False], "tokens_ended": [None, ended]},
    )
    note_end("user", person.pk)
    return person


@transaction.atomic
def reactivate_user(*, user_id: int, version: int | None, by: User) -> User:
    """Let somebody in again, with the roles of before; ended tokens stay ended."""
    person = User.objects.visible_to(by).locked(user_id, version)
    if not permissions.can_deactivate(by, person):
        raise NotAllowed("user", Verb.DELETE)
    if person.apply({"is_active": True}):
        audit.record(action=AuditEntry.Action.UPDATE, by=by, subject=person, changes={"is_active": [False, True]})
        note_end("user-back", person.pk)
    return person


@transaction.atomic
def change_profile(*, user_id: int, version: int | None, values: dict[str, Any], by: User) -> User:
    """Change name, job title, phone, language, time zone or brightness: one's own, or anybody's as administrator.

    Raises DomainError for a value that does not exist, ValueError for a field that is no part of a profile.
    """
    person = User.objects.visible_to(by).locked(user_id, version)
    if not permissions.can_edit(by, person):
        raise NotAllowed("user", Verb.UPDATE)
    if unknown := set(values) - PROFILE_FIELDS:
        raise ValueError(f"No part of a profile: {sorted(unknown)}")
    _check_preferences(values)
    changes = person.apply(values)
    if changes:
        audit.record(action=AuditEntry.Action.UPDATE, by=by, subject=person, changes=changes)
    return person


def _check_preferences(values: dict[str, Any]) -> None:
    if "full_name" in values and not values["full_name"].strip():
        raise DomainError(_("Give a name."), field="full_name")
    if values.get("language", "en") not in dict(settings.LANGUAGES):
        raise DomainError(_("KCRM does not speak this language."), field="language")
    if values.get("theme", Theme.SYSTEM) not in Theme.values:
        raise DomainError(_("Choose one of the offered themes."), field="theme")
    if "time_zone" in values and values["time_zone"] not in zoneinfo.available_timezones():
        raise DomainError(_("There is no such time zone."), field="time_zone")


def end_sessions(person: User) -> None:
    """End every session of a person at once."""
    for session in UserSession.objects.filter(user=person):
        session.end()


def _keep_an_administrator(person: User) -> None:
    """Refuse to lose the last administrator; the others' rows are locked so that two cannot leave at once."""
    others = User.objects.administrators().exclude(pk=person.pk).select_for_update()
    if not list(others.values_list("pk", flat=True)):
        raise DomainError(_("This is the last administrator. Make somebody else administrator first."))
