"""Invite people by mail and let them in. A link opens once and for a day, and signs nobody in."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts import permissions
from accounts.models import AuditEntry, Invitation, User
from accounts.services import audit, users
from kcrm.lib.access import Verb
from kcrm.lib.errors import DomainError, NotAllowed

VALID_FOR: Final = timedelta(hours=24)


def digest_of(secret: str) -> str:
    """What is stored instead of the secret in a link."""
    return hashlib.sha256(secret.encode()).hexdigest()


@transaction.atomic
def invite_person(*, email: str, full_name: str, roles: Iterable[str], language: str, by: User) -> Invitation:
    """Invite somebody; an earlier unanswered invitation of the same address is replaced.

    Raises DomainError when the address belongs to somebody already.
    """
    if not permissions.can_invite(by):
        raise NotAllowed("user", Verb.CREATE)
    email, wanted = email.strip().lower(), users.check_roles(roles)
    if User.objects.filter(email__iexact=email).exists():
        raise DomainError(_("Somebody with this e-mail address is here already."), field="email")
    Invitation.objects.unanswered().filter(email__iexact=email).delete()
    secret = secrets.token_urlsafe(32)
    invitation = Invitation.objects.create(
        email=email,
        full_name=" ".join(full_name.split()),
        roles=wanted,
        digest=digest_of(secret),
        invited_by=by,
        expires_at=timezone.now() + VALID_FOR,
    )
    audit.record(
        action=AuditEntry.Action.CREATE,
        by=by,
        subject=invitation,
        changes={"email": [None, email], "roles": [None, wanted]},
    )
    transaction.on_commit(lambda: _send(invitation, secret, language))
    return invitation


@transaction.atomic
def cancel_invitation(*, invitation_id: int, by: User) -> None:
    """Take an unanswered invitation back; its link stops working."""
    if not permissions.can_invite(by):
        raise NotAllowed("user", Verb.CREATE)
    invitation = Invitation.objects.unanswered().locked(invitation_id, None)
    audit.record(action=AuditEntry.Action.DELETE, by=by, subject=invitation)
    invitation.delete()


@transaction.atomic
def accept_invitation(*, secret: str, full_name: str, password: str, language: str, time_zone: str) -> User:
    """Make the person who was invited. Raises DomainError when the link is used up, expired or unknown."""
    invitation = Invitation.objects.select_for_update().filter(digest=digest_of(secret)).first()
    if invitation is None or not invitation.is_open():
        raise DomainError(_("This invitation has expired or was used. Ask for a new one."))
    user = users.create_user(
        email=invitation.email,
        full_name=full_name,
        password=password,
        roles=invitation.roles,
        by=invitation.invited_by,
    )
    users.change_profile(user_id=user.pk, version=None, values={"language": language, "time_zone": time_zone}, by=user)
    invitation.apply({"accepted_at": timezone.now()})
    return user


def _send(invitation: Invitation, secret: str, language: str) -> None:
    """Mail the link, built from the configured address and not from what a request claims."""
    with translation.override(language):
        values = {
            "invitation": invitation,
            "link": f"{settings.KCRM_BASE_URL}{reverse('accounts:invitation-accept', args=[secret])}",
            "hours": int(VALID_FOR.total_seconds() // 3600),
        }
        subject = _("%(who)s invites you to KCRM") % {"who": invitation.invited_by}
        EmailMessage(subject, render_to_string("emails/invitation.txt", values), to=[invitation.email]).send()
