"""The outbox: mails as rows, sent by a job, never sent twice and never lost without a trace."""

from __future__ import annotations

import hashlib
import smtplib
from collections.abc import Mapping
from email.utils import formataddr
from typing import Any, Final
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import AuditEntry, User
from accounts.services import audit
from jobs import permissions
from jobs.messages import message_id, stored
from jobs.models import EmailMessage
from jobs.services.queue import enqueue
from kcrm.lib.access import Verb
from kcrm.lib.errors import DomainError, NotAllowed

SEND: Final = "jobs.send-email"
State = EmailMessage.State


class NotSentYet(Exception):
    """The mail server did not take the mail, for certain; it may be offered again."""


@transaction.atomic
def queue_email(
    *, key: str, user: User, template: str, subject: Any, values: Mapping[str, Any] | None = None
) -> EmailMessage:
    """Put a mail into the outbox within the present transaction; one key, one mail.

    `template` names `emails/<template>.txt` and `.html`; they get the person, the sentence and its values, in the
    person's language, at the moment of sending.
    """
    mail, is_new = EmailMessage.objects.get_or_create(
        key=key,
        defaults={"user": user, "template": template, "subject": message_id(subject), "values": stored(values)},
    )
    if is_new:
        enqueue(kind=SEND, args={"email": mail.pk}, key=f"email:{mail.pk}")
    return mail


def claim_email(*, email_id: int) -> EmailMessage | None:
    """Mark a waiting mail as being sent and commit that, so that a crash leaves its trace; None when not waiting.

    A mail found `sending` was left by a crash between the mail server and us: it becomes `unknown`.
    """
    with transaction.atomic():
        mail = EmailMessage.objects.select_for_update(of=("self",)).select_related("user").get(pk=email_id)
        if mail.state == State.SENDING:
            _put(mail, State.UNKNOWN)
            return None
        if mail.state != State.QUEUED:
            return None
        _put(mail, State.SENDING)
        return mail


def deliver(*, mail: EmailMessage, subject: str, text: str, html: str) -> None:
    """Hand a claimed mail to the mail server and note what became of it.

    Refused for good: `failed`. Certainly not taken: back to waiting, and NotSentYet is raised so that the job tries
    again. Anything that leaves it open whether the server took it: `unknown`, which a person decides.
    """
    connection = get_connection()
    try:
        connection.open()
    except (OSError, smtplib.SMTPException) as error:
        _put(mail, State.QUEUED, error)
        raise NotSentYet from error
    letter = EmailMultiAlternatives(
        subject=" ".join(subject.split()),
        body=text,
        to=[formataddr((" ".join(mail.user.full_name.split()), mail.user.email))],
        headers={"Message-ID": message_identifier(mail.key), "Auto-Submitted": "auto-generated"},
        connection=connection,
    )
    letter.attach_alternative(html, "text/html")
    try:
        letter.send()
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _text in error.recipients.values()]
        _refused(mail, error, for_good=all(code >= 500 for code in codes))
    except smtplib.SMTPResponseException as error:  # the server answered, so it did not take it
        _refused(mail, error, for_good=error.smtp_code >= 500)
    except Exception as error:  # a lost connection may have come after the server took the mail
        _put(mail, State.UNKNOWN, error)
    else:
        _put(mail, State.SENT)
    finally:
        connection.close()


def withdraw(*, mail: EmailMessage) -> None:
    """Do not send a claimed mail: its reader left, or may no longer see what it is about."""
    _put(mail, State.WITHDRAWN)


def give_up(*, email_id: int) -> None:
    """After the last attempt: the mail has failed until a person sends it again."""
    EmailMessage.objects.filter(pk=email_id, state=State.QUEUED).update(state=State.FAILED)


@transaction.atomic
def send_again(*, email_id: int, by: User) -> EmailMessage:
    """Offer a failed or doubtful mail once more, by the decision of a person.

    Raises NotAllowed, EmailMessage.DoesNotExist, or DomainError for a mail in any other state.
    """
    mail = _undecided(email_id, by)
    _put(mail, State.QUEUED)
    enqueue(kind=SEND, args={"email": mail.pk}, key=f"email:{mail.pk}")
    audit.record(action=AuditEntry.Action.APPROVE, by=by, subject=mail, reason="send again")
    return mail


@transaction.atomic
def accept_as_sent(*, email_id: int, by: User) -> EmailMessage:
    """Note that a doubtful mail needs nothing more, by the decision of a person."""
    mail = _undecided(email_id, by)
    _put(mail, State.WITHDRAWN)
    audit.record(action=AuditEntry.Action.APPROVE, by=by, subject=mail, reason="leave it")
    return mail


def message_identifier(key: str) -> str:
    """The Message-ID that follows from a mail's key: a mail that went out twice is one mail to its reader."""
    digest = hashlib.sha256(f"{settings.KCRM_BASE_URL}\n{key}".encode()).hexdigest()[:32]
    return f"<{digest}@{urlsplit(settings.KCRM_BASE_URL).hostname or 'localhost'}>"


def _undecided(email_id: int, by: User) -> EmailMessage:
    if not permissions.can_change_system(by):
        raise NotAllowed("system", Verb.UPDATE)
    mail = EmailMessage.objects.select_for_update(of=("self",)).get(pk=email_id)
    if mail.state not in {State.FAILED, State.UNKNOWN}:
        raise DomainError(_("Only a mail that failed or is in doubt can be decided about."), code="not_in_doubt")
    return mail


def _refused(mail: EmailMessage, error: Exception, *, for_good: bool) -> None:
    if for_good:
        _put(mail, State.FAILED, error)
        return
    _put(mail, State.QUEUED, error)
    raise NotSentYet from error


def _put(mail: EmailMessage, state: str, error: BaseException | None = None) -> None:
    values: dict[str, Any] = {"state": state, "error_kind": type(error).__qualname__[:120] if error else ""}
    if state == State.SENT:
        values["sent_at"] = Now()
    EmailMessage.objects.filter(pk=mail.pk).update(**values)
    mail.state = EmailMessage.State(state)
