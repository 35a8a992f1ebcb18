"""Changes, endpoints and deliveries."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Q

from kcrm.lib.access import Verb, allows, global_standings
from kcrm.lib.models import VersionedQuerySet

if TYPE_CHECKING:
    from accounts.models import User


def reads_webhooks(user: User) -> bool:
    """Whether the person sees webhooks at all."""
    return allows("webhook", Verb.READ, global_standings(user.roles))


def _is_token(user: User) -> bool:
    return getattr(user, "api_token", None) is not None


class ChangeQuerySet(models.QuerySet[Any]):
    """Published changes, in their order."""

    def after(self, seq: int) -> Self:
        """Changes behind this place."""
        return self.filter(seq__gt=seq).order_by("seq")

    def older_than(self, moment: datetime) -> Self:
        """Changes that were published before this moment."""
        return self.filter(published_at__lt=moment)


class EndpointQuerySet(VersionedQuerySet):
    """Where webhooks go."""

    def visible_to(self, user: User) -> Self:
        """All of them for who keeps or audits the system, his own through a token of his, none for others."""
        if not reads_webhooks(user):
            return self.none()
        return self.filter(created_by=user) if _is_token(user) else self.all()

    def for_event(self, event: str) -> Self:
        """Endpoints that want to hear of this event."""
        return self.filter(Q(events=[]) | Q(events__contains=[event]))

    def with_due(self, now: datetime) -> Self:
        """Endpoints that have something to be delivered now and are neither paused nor cut off."""
        ready = self.filter(is_paused=False).filter(Q(open_until__isnull=True) | Q(open_until__lte=now))
        due = self.model.deliveries.rel.related_model.objects.due(now).filter(endpoint=models.OuterRef("pk"))
        return ready.filter(models.Exists(due))


class DeliveryQuerySet(models.QuerySet[Any]):
    """What was or is to be sent to whom."""

    def visible_to(self, user: User) -> Self:
        """All of them for who keeps or audits the system, a token's owner's own, none for others."""
        if not reads_webhooks(user):
            return self.none()
        return self.filter(endpoint__created_by=user) if _is_token(user) else self.all()

    def due(self, now: datetime) -> Self:
        """Deliveries whose next attempt has come."""
        return self.filter(state="waiting", next_at__lte=now)

    def failed(self) -> Self:
        """Deliveries that were given up."""
        return self.filter(state="failed")
