"""Which scoring models, which customers' views."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from customers.querysets import CustomerPartQuerySet
from kcrm.lib.access import Verb, allows_anywhere
from kcrm.lib.models import VersionedQuerySet
from teams.permissions import reach_of

if TYPE_CHECKING:
    from accounts.models import User


class ScoringModelQuerySet(VersionedQuerySet):
    """Editions of factor sets."""

    def visible_to(self, user: User) -> Self:
        """All editions for those who may read models at all, none for others."""
        return self if allows_anywhere("scoring_model", Verb.READ, reach_of(user).actors()) else self.none()

    def in_force(self) -> Self:
        """The edition that scores customers now."""
        return self.filter(state="active")


class CustomerViewQuerySet(CustomerPartQuerySet):
    """How customers see us."""

    def placed(self) -> Self:
        """Those that stand on the matrix."""
        return self.filter(is_strong__isnull=False)


class SettingQuerySet(VersionedQuerySet):
    """Rules of the method that everybody who reads scoring models may read."""

    def visible_to(self, user: User) -> Self:
        """All of them, or none."""
        return self if allows_anywhere("scoring_model", Verb.READ, reach_of(user).actors()) else self.none()
