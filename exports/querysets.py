"""Requests for exports, seen by a person."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

from exports import permissions

if TYPE_CHECKING:
    from accounts.models import User


class ExportRequestQuerySet(models.QuerySet):
    """Requests for exports."""

    def visible_to(self, user: User) -> Self:
        """One's own, those a director decides about, all of them for those who watch what leaves the house.

        A token for some customers sees none: what its owner carries away concerns others too.
        """
        if user.api_token is not None and user.api_token.customer_ids is not None:
            return self.none()
        if permissions.sees_all(user):
            return self
        led = permissions.people_to_decide_for(user)
        return (
            self.filter(Q(requested_by=user) | Q(requested_by__in=led))
            if led is not None
            else self.filter(requested_by=user)
        )

    def waiting(self) -> Self:
        """Requests that nobody has decided about."""
        return self.filter(state="waiting")

    def older_than(self, moment: datetime) -> Self:
        """Requests from before this moment."""
        return self.filter(requested_at__lt=moment)

    def with_people(self) -> Self:
        """Each with who asked, who decided, and its job."""
        return self.select_related("requested_by", "decided_by", "job")

    def not_of(self, user: User) -> Self:
        """Those of others."""
        return self.exclude(requested_by=user)
