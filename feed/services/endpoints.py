"""Keep webhooks: make, change, pause, rotate the secret, delete, send again."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import AuditEntry, User
from accounts.services import audit
from feed.calculations import SECRET_PREFIX
from feed.models import Delivery, Endpoint
from feed.permissions import may_keep_webhooks
from feed.registry import all_events
from feed.services.outbox import publish_test
from kcrm.lib import outbound, words
from kcrm.lib.access import Verb
from kcrm.lib.errors import DomainError, NotAllowed
from kcrm.lib.sealing import seal

FIELDS: Final = frozenset({"name", "url", "events"})
OVERLAP: Final = timedelta(hours=24)


@transaction.atomic
def create_endpoint(*, values: Mapping[str, Any], by: User) -> tuple[Endpoint, str]:
    """A new webhook and its secret, which nobody sees again. Raises NotAllowed, DomainError."""
    _ask(by, Verb.CREATE)
    secret = _new_secret()
    endpoint = Endpoint(**_cleaned(values), secret=seal(secret), created_by=by)
    _save(endpoint)
    changes = {"name": [None, endpoint.name], "url": [None, endpoint.url], "events": [None, endpoint.events]}
    audit.record(action=AuditEntry.Action.CREATE, by=by, subject=endpoint, changes=changes)
    return endpoint, secret


@transaction.atomic
def update_endpoint(*, endpoint_id: int, version: int, values: Mapping[str, Any], by: User) -> Endpoint:
    """Change the name, address or events. Raises DoesNotExist, StaleVersion, NotAllowed, DomainError."""
    endpoint = _locked(endpoint_id, version, by, Verb.UPDATE)
    try:
        with transaction.atomic():
            changes = endpoint.apply(_cleaned(values))
    except IntegrityError:
        raise DomainError(_("Another webhook has this name already."), field="name") from None
    if changes:
        audit.record(action=AuditEntry.Action.UPDATE, by=by, subject=endpoint, changes=changes)
    return endpoint


@transaction.atomic
def pause_endpoint(*, endpoint_id: int, version: int, paused: bool, by: User) -> Endpoint:
    """Hold deliveries back, or let them go on; what waited meanwhile goes out, and a cut-off ends."""
    endpoint = _locked(endpoint_id, version, by, Verb.UPDATE)
    changes = endpoint.apply({"is_paused": paused} | ({} if paused else {"failures": 0, "open_until": None}))
    if changes:
        audit.record(action=AuditEntry.Action.UPDATE, by=by, subject=endpoint, changes=changes)
    return endpoint


@transaction.atomic
def rotate_secret(*, endpoint_id: int, version: int, by: User, now: datetime) -> tuple[Endpoint, str]:
    """A new secret; for a day both sign, so that the receiver can change over without losing anything."""
    endpoint = _locked(endpoint_id, version, by, Verb.UPDATE)
    secret = _new_secret()
    endpoint.apply({"secret": seal(secret), "former_secret": endpoint.secret, "former_until": now + OVERLAP})
    audit.record(action=AuditEntry.Action.UPDATE, by=by, subject=endpoint, changes={"secret": [audit.MASK, audit.MASK]})
    return endpoint, secret


@transaction.atomic
def delete_endpoint(*, endpoint_id: int, version: int, by: User) -> None:
    """Forget a webhook with everything that waits for it."""
    endpoint = _locked(endpoint_id, version, by, Verb.DELETE)
    audit.record(action=AuditEntry.Action.DELETE, by=by, subject=endpoint, changes={"url": [endpoint.url, None]})
    endpoint.delete()


@transaction.atomic
def send_test(*, endpoint_id: int, by: User) -> Delivery:
    """Send `webhook.test` to one webhook, signed and tried again like any event. Raises DomainError for a paused."""
    endpoint = Endpoint.objects.visible_to(by).get(pk=endpoint_id)
    _ask(by, Verb.UPDATE)
    if endpoint.is_paused:
        raise DomainError(_("It is paused. Let it go on delivering first."))
    delivery = publish_test(endpoint)
    audit.record(action=AuditEntry.Action.RUN, by=by, subject=endpoint, changes={"test": [None, delivery.change_id]})
    return delivery


@transaction.atomic
def send_again(*, delivery_ids: Sequence[int] | None, endpoint_id: int | None, by: User) -> int:
    """Send deliveries once more: those named, or (None) all that were given up for an endpoint; returns how many.

    The receiver gets the same `webhook-id` and can tell that he has it already.
    """
    _ask(by, Verb.UPDATE)
    rows = Delivery.objects.visible_to(by).exclude(state=Delivery.State.WAITING)
    rows = rows.filter(pk__in=delivery_ids) if delivery_ids is not None else rows.failed().filter(endpoint=endpoint_id)
    first = rows.select_related("endpoint").first()
    if first is None:
        raise DomainError(_("There is nothing to send again."))
    endpoint = first.endpoint
    count: int = rows.filter(endpoint=endpoint).update(
        state=Delivery.State.WAITING, attempts=0, since=Now(), next_at=Now(), status=None, error=""
    )
    audit.record(action=AuditEntry.Action.RUN, by=by, subject=endpoint, changes={"sent_again": [None, count]})
    return count


def _ask(by: User, verb: Verb) -> None:
    if not may_keep_webhooks(by, verb):
        raise NotAllowed("webhook", verb)


def _locked(endpoint_id: int, version: int, by: User, verb: Verb) -> Endpoint:
    endpoint: Endpoint = Endpoint.objects.visible_to(by).locked(endpoint_id, version)
    _ask(by, verb)
    return endpoint


def _save(endpoint: Endpoint) -> None:
    try:
        with transaction.atomic():
            endpoint.save(force_insert=True)
    except IntegrityError:
        raise DomainError(_("Another webhook has this name already."), field="name") from None


def _cleaned(values: Mapping[str, Any]) -> dict[str, Any]:
    if unknown := set(values) - FIELDS:
        raise ValueError(f"No part of a webhook: {sorted(unknown)}")
    found = dict(values)
    if "name" in found:
        found["name"] = words.clean_line(found["name"])
        if not found["name"]:
            raise DomainError(_("Give the webhook a name."), field="name")
    if "url" in found:
        try:
            outbound.check_url(found["url"])
        except outbound.Refused:
            raise DomainError(
                _("Give an address that begins with https:// and is open to the internet, without a user name."),
                field="url",
            ) from None
    if unknown := set(found.get("events", ())) - set(all_events()):
        raise DomainError(_("There is no event “%(event)s”.") % {"event": sorted(unknown)[0][:60]}, field="events")
    if "events" in found:
        found["events"] = sorted(found["events"])
    return found


def _new_secret() -> str:
    return SECRET_PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()
