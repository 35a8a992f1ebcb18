"""Who may do what with people, tokens and the trail. Every answer comes from the access matrix."""

from __future__ import annotations

from accounts.models import ApiToken, User
from accounts.sight import people_led_by
from kcrm.lib.access import Verb, allows, global_standings


def can_see_everybody(user: User) -> bool:
    """Whether the user sees all people."""
    return allows("user", Verb.READ, global_standings(user.roles))


def can_see_people(user: User) -> bool:
    """Whether the user sees more people than himself: everybody, or as director those of his units."""
    return can_see_everybody(user) or people_led_by(user) is not None


def can_invite(user: User) -> bool:
    """Whether the user brings in new people and sees who was invited."""
    return allows("user", Verb.CREATE, global_standings(user.roles))


def can_edit(user: User, person: User) -> bool:
    """Whether the user changes this person's profile: one's own, or as administrator."""
    return allows("user", Verb.UPDATE, global_standings(user.roles, is_self=user.pk == person.pk))


def can_deactivate(user: User, person: User) -> bool:
    """Whether the user lets this person in or out: never oneself."""
    return user.pk != person.pk and allows("user", Verb.DELETE, global_standings(user.roles))


def can_grant_roles(user: User, person: User) -> bool:
    """Whether the user changes this person's roles: never one's own."""
    return user.pk != person.pk and allows("user", Verb.GRANT, global_standings(user.roles))


def can_revoke_token(user: User, token: ApiToken) -> bool:
    """Whether the user ends this token: one's own, or as administrator."""
    return allows("api_token", Verb.DELETE, global_standings(user.roles, is_self=user.pk == token.owner_id))


def can_see_audit(user: User) -> bool:
    """Whether the user reads the audit trail, or the part of it that is his."""
    return allows("audit_entry", Verb.READ, global_standings(user.roles))


def can_export_audit(user: User) -> bool:
    """Whether the user carries the audit trail away."""
    return allows("audit_entry", Verb.EXPORT, global_standings(user.roles))


def can_create_token(user: User) -> bool:
    """Whether the user makes tokens of his own; through a token nobody does."""
    if user.api_token is not None:
        return False
    return allows("api_token", Verb.CREATE, global_standings(user.roles, is_self=True))
