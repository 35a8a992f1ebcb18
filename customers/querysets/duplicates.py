"""Pairs and merges, seen by a person: only where he sees both sides."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Self

from django.apps import apps
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce

from kcrm.lib.access import Verb, token_allows

if TYPE_CHECKING:
    from accounts.models import User

RESOURCES = {"customer": "account_profile", "contact": "contact"}


def seen(user: User) -> dict[str, models.QuerySet[Any]]:
    """The numbers of the records that this person sees, by kind; without kinds that his token does not read."""
    token = getattr(user, "api_token", None)
    models_of = {kind: apps.get_model("customers", kind) for kind in RESOURCES}
    return {
        kind: model._default_manager.visible_to(user).order_by().values("pk")
        for kind, model in models_of.items()
        if token is None or token_allows(RESOURCES[kind], Verb.READ, token.scopes)
    }


class DuplicatePairQuerySet(models.QuerySet[Any]):
    """Pairs that may be one."""

    def visible_to(self, user: User) -> Self:
        """Pairs of which this person sees both."""
        condition = Q(pk__in=())
        for kind, numbers in seen(user).items():
            condition |= Q(kind=kind, left_id__in=numbers, right_id__in=numbers)
        return self.filter(condition)

    def waiting(self, today: date) -> Self:
        """Pairs that nobody answered, without those that were put off."""
        return self.filter(Q(later_until__isnull=True) | Q(later_until__lte=today), state="open")

    def with_names(self) -> Self:
        """Pairs with the names of both sides, `left_name` and `right_name`."""
        return self.annotate(left_name=_name("left_id"), right_name=_name("right_id"))


class MergeQuerySet(models.QuerySet[Any]):
    """Merges."""

    def visible_to(self, user: User) -> Self:
        """Merges of which this person sees what stayed."""
        condition = Q(pk__in=())
        for kind, numbers in seen(user).items():
            condition |= Q(kind=kind, winner_id__in=numbers)
        return self.filter(condition)


def _name(side: str) -> Coalesce:
    customers = apps.get_model("customers", "Customer").objects.filter(pk=models.OuterRef(side))
    contacts = apps.get_model("customers", "Contact").objects.filter(pk=models.OuterRef(side))
    return models.Case(  # type: ignore[return-value]  # an expression like the other
        models.When(kind="customer", then=models.Subquery(customers.values("name")[:1])),
        default=models.Subquery(contacts.values("full_name")[:1]),
        output_field=models.CharField(),
    )
