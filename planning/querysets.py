"""Which rules, and which customers have waited longer than they allow."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final, Self

from django.apps import apps
from django.db.models import DateField, F, Func, OuterRef, QuerySet, SmallIntegerField, Subquery, Value
from django.db.models.functions import Coalesce, TruncDate

from kcrm.lib.models import VersionedQuerySet

if TYPE_CHECKING:
    from accounts.models import User

UNCOVERED: Final = ("lost", "inactive", "suspect")


class CoverageRuleQuerySet(VersionedQuerySet):
    """Rules of the coverage plan."""

    def visible_to(self, user: User) -> Self:
        """The plan is everybody's to read."""
        return self


def with_cadence(customers: QuerySet[Any]) -> QuerySet[Any]:
    """Customers that are to be spoken with, each with `allowed_days`, `since` and `silent_from`.

    `since` is the day of the last contact, for one who was never spoken with the day on which he came; `silent_from`
    is the first day on which the silence is too long. Customers for whom no rule holds are left out.
    """
    rules = apps.get_model("planning", "CoverageRule").objects
    by_tier = Subquery(rules.filter(tier=OuterRef("current_score__tier")).values("days")[:1])
    unscored = Subquery(rules.filter(tier="").values("days")[:1])
    later = Func(
        F("since"),
        F("allowed_days"),
        Value(1),
        template="(%(expressions)s)",
        arg_joiner=" + ",
        output_field=DateField(),
    )
    return (
        customers.exclude(life_cycle__in=UNCOVERED)
        .annotate(
            allowed_days=Coalesce(F("cadence_days"), by_tier, unscored, output_field=SmallIntegerField()),
            since=Coalesce(F("last_interaction_on"), TruncDate("created_at")),
        )
        .filter(allowed_days__isnull=False)
        .annotate(silent_from=later)
    )


def silent(customers: QuerySet[Any], today: date) -> QuerySet[Any]:
    """Those of the customers with whom nobody has spoken for longer than their cadence allows."""
    return with_cadence(customers).filter(silent_from__lte=today)


def newly_silent(customers: QuerySet[Any], today: date, days: int) -> QuerySet[Any]:
    """Those who fell silent within the last days."""
    return with_cadence(customers).filter(silent_from__lte=today, silent_from__gt=today - timedelta(days=days))
