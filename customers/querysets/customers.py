"""Customers and what hangs on them, seen by a person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.apps import apps
from django.db.models import Q

from kcrm.lib.access import MATRIX, Actor, Scope, Verb, allows_anywhere
from kcrm.lib.models import SoftDeleteQuerySet
from teams.permissions import reach_of

if TYPE_CHECKING:
    from accounts.models import User


def sight(user: User, resource: str = "account_profile", *, prefix: str = "") -> Q | None:
    """The condition under which a customer is visible to a person for reading this resource; None for all customers.

    `prefix` leads from the model that is filtered to the customer, such as `customer__`. Sees nothing: an empty `Q`
    on the key that no row satisfies. An API token's account list narrows whatever its owner sees.
    """
    reach = reach_of(user)
    token = getattr(user, "api_token", None)
    limit = Q(**{f"{prefix}pk__in": token.customer_ids}) if token and token.customer_ids is not None else None
    if reach.actors() & _everywhere(resource):
        return limit
    condition = Q(pk__in=())
    teams = [team for team, standing in reach.teams.items() if allows_anywhere(resource, Verb.READ, [standing.actor])]
    if teams:
        condition |= Q(**{f"{prefix}account_team__in": teams})
    paths = reach.led if allows_anywhere(resource, Verb.READ, [Actor.DIRECTOR]) else ()
    paths += reach.served if allows_anywhere(resource, Verb.READ, [Actor.SERVICE_AGENT]) else ()
    for path in paths:
        condition |= Q(**{f"{prefix}org_unit__path__startswith": path})
    return condition & limit if limit is not None else condition


def _everywhere(resource: str) -> frozenset[Actor]:
    """The actors whose right to read this resource reaches all customers."""
    return frozenset(
        actor
        for actor, clauses in MATRIX[resource].cells.items()
        if actor is not Actor.ANYBODY
        and any(clause.scope is Scope.ALL and Verb.READ in clause.verbs for clause in clauses)
    )


class CustomerQuerySet(SoftDeleteQuerySet):
    """Customers."""

    def visible_to(self, user: User, resource: str = "account_profile") -> Self:
        """Customers this person may see, without those in the bin."""
        condition = sight(user, resource)
        rows = self.alive()
        return rows if condition is None else rows.filter(condition)

    def binned_for(self, user: User) -> Self:
        """Customers in the bin that this person could see before."""
        condition = sight(user)
        rows = self.in_bin()
        return rows if condition is None else rows.filter(condition)


def visible_customers(user: User, resource: str = "account_profile") -> CustomerQuerySet:
    """The customers this person may see for this resource."""
    return apps.get_model("customers", "Customer").objects.visible_to(user, resource)


class CustomerPartQuerySet(SoftDeleteQuerySet):
    """Rows that belong to one customer and are seen with it."""

    resource = "account_profile"

    def visible_to(self, user: User, resource: str | None = None) -> Self:
        """Rows of customers that this person may see, without those in the bin."""
        condition = sight(
            user, resource or str(getattr(self.model, "access_resource", self.resource)), prefix="customer__"
        )
        rows = self.filter(customer__deleted_at__isnull=True)
        if any(field.name == "deleted_at" for field in self.model._meta.fields):
            rows = rows.alive()
        return rows if condition is None else rows.filter(condition)


class ContactQuerySet(SoftDeleteQuerySet):
    """People at customers."""

    def visible_to(self, user: User) -> Self:
        """People who have or had a role at a customer that this person may see."""
        roles = apps.get_model("customers", "ContactRole").objects.visible_to(user, "contact")
        return self.alive().filter(pk__in=roles.values("contact"))
