"""Tell people things, once each, in the way that they chose."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models.functions import Now

from accounts.models import User
from jobs.messages import message_id, stored
from jobs.models import Notification, NotificationSetting
from jobs.models.notices import EmailChoice
from jobs.notices import NotificationKind, kind_of
from jobs.services.emails import queue_email
from kcrm.lib.access import Verb, allows, global_standings
from kcrm.lib.errors import NotAllowed


@dataclass(frozen=True, slots=True)
class Notice:
    """What `notify` takes, as a value: for reminder sources and bulk acts."""

    user: User
    kind: str
    key: str
    subject: Any
    params: Mapping[str, Any] = field(default_factory=dict)
    url: str = ""
    customer_id: int | None = None
    urgent: bool = False


@transaction.atomic
def notify(
    *,
    user: User,
    kind: str,
    subject: Any,
    key: str,
    params: Mapping[str, Any] | None = None,
    url: str = "",
    urgent: bool = False,
    customer_id: int | None = None,
    by_email: bool = True,
) -> Notification:
    """Tell a person something in the present transaction; the same key tells the same person nothing twice.

    `subject` is a translatable sentence, `params` are its values; both are put into words when they are read, in the
    reader's language. `customer_id` names the customer it is about: who may not see that customer (any more) gets
    neither notice nor mail. Urgent ones go out by mail at once instead of in the digest. Raises LookupError for a kind
    that no app declared.
    """
    in_app, email = _channels(user, kind_of(kind), urgent=urgent)
    notice, is_new = Notification.objects.get_or_create(
        user=user,
        key=key,
        defaults={
            "kind": kind,
            "subject": message_id(subject),
            "values": stored(params),
            "url": url,
            "customer_id": customer_id,
            "is_urgent": urgent,
            "in_app": in_app,
            "email": email if by_email else EmailChoice.OFF,
        },
    )
    if is_new and notice.email == EmailChoice.NOW:
        mail = queue_email(
            key=f"notice:{user.pk}:{key}"[:200],
            user=user,
            template="notification",
            subject=notice.subject,
            values=notice.values,
        )
        Notification.objects.filter(pk=notice.pk).update(message=mail)
        notice.message = mail
    return notice


def notify_many(notices: Iterable[Notice]) -> int:
    """Tell many things; returns how many were new. Each in its own transaction, so one failure takes none along."""
    batch = list(notices)
    known = set(
        Notification.objects.filter(
            user__in={notice.user.pk for notice in batch}, key__in={notice.key for notice in batch}
        ).values_list("user_id", "key")
    )
    new = {(notice.user.pk, notice.key): notice for notice in batch}
    for pair in known & new.keys():
        del new[pair]
    for notice in new.values():
        notify(
            user=notice.user,
            kind=notice.kind,
            key=notice.key,
            subject=notice.subject,
            params=notice.params,
            url=notice.url,
            urgent=notice.urgent,
            customer_id=notice.customer_id,
        )
    return len(new)


@transaction.atomic
def mark_read(*, notification_id: int, by: User) -> Notification:
    """Note that the person has read it. Raises Notification.DoesNotExist for one out of sight."""
    notice = Notification.objects.visible_to(by).in_app().select_for_update(of=("self",)).get(pk=notification_id)
    _ask(by)
    if notice.read_at is None:
        Notification.objects.filter(pk=notice.pk).update(read_at=Now())
        notice.refresh_from_db()
    return notice


@transaction.atomic
def mark_all_read(*, by: User, up_to: int | None = None) -> int:
    """Note that the person has read everything up to this id, so that what came meanwhile stays new."""
    _ask(by)
    unread = Notification.objects.visible_to(by).in_app().unread()
    if up_to is not None:
        unread = unread.filter(pk__lte=up_to)
    return unread.update(read_at=Now())


@transaction.atomic
def choose_channels(*, kind: str, in_app: bool, email: str, by: User) -> NotificationSetting:
    """Note how the person wants to hear of a kind from now on. Raises LookupError for an unknown kind."""
    _ask(by)
    kind_of(kind)
    setting, _is_new = NotificationSetting.objects.update_or_create(
        user=by, kind=kind, defaults={"in_app": in_app, "email": EmailChoice(email)}
    )
    return setting


def _ask(by: User) -> None:
    if not allows("notification", Verb.UPDATE, global_standings(by.roles, is_self=True)):
        raise NotAllowed("notification", Verb.UPDATE)


def _channels(user: User, kind: NotificationKind, *, urgent: bool) -> tuple[bool, str]:
    """Whether to show it, and when to mail it: the person's choice, else the kind's default."""
    chosen = NotificationSetting.objects.filter(user=user, kind=kind.key).first()
    in_app, email = (chosen.in_app, chosen.email) if chosen else (kind.in_app, kind.email)
    if urgent and email == EmailChoice.DIGEST:
        email = EmailChoice.NOW
    return in_app, email
