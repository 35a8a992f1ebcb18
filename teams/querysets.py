"""Which units, places and memberships."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

from kcrm.lib.models import VersionedQuerySet

if TYPE_CHECKING:
    from accounts.models import User


class DatedQuerySet(VersionedQuerySet):
    """Rows that hold from a day until before another."""

    def on_day(self, day: date) -> Self:
        """Rows that hold on this day."""
        return self.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=day), valid_from__lte=day)


class OrgUnitQuerySet(VersionedQuerySet):
    """Parts of the organisation; everybody who is signed in may see the tree."""

    def visible_to(self, user: User) -> Self:
        """The whole tree."""
        return self

    def below(self, *paths: str) -> Self:
        """The units with these paths and everything under them."""
        if not paths:
            return self.none()
        return self.filter(models.Q(*[("path__startswith", path) for path in paths], _connector=Q.OR))


class UnitAssignmentQuerySet(DatedQuerySet):
    """Places in the organisation."""

    def visible_to(self, user: User) -> Self:
        """The whole organisation."""
        return self

    def leading_all(self, paths: Iterable[str]) -> Self:
        """Active directors' places whose part of the organisation holds all these places, the nearest first."""
        rows = self.filter(kind="leader", user__roles__contains=["director"], user__is_active=True)
        for path in paths:
            above = [path[: end + 1] for end, sign in enumerate(path) if sign == "/" and end]
            rows = rows.filter(unit__path__in=above)
        return rows.order_by("-unit__path", "pk")


class TeamMembershipQuerySet(DatedQuerySet):
    """Memberships of account teams."""

    def owners(self) -> Self:
        """Memberships that own their account."""
        return self.filter(level="owner")
