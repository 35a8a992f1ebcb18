"""Customers and what hangs on them, seen by a person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, Final, Self

from django.apps import apps
from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.search import TrigramSimilarity
from django.core.exceptions import EmptyResultSet
from django.db import models
from django.db.models import (
    CharField,
    DateField,
    ExpressionWrapper,
    F,
    Func,
    OuterRef,
    Q,
    Subquery,
    Value,
)
from django.db.models.expressions import RawSQL
from django.db.models.functions import JSONObject, Upper

from kcrm.lib.access import MATRIX, Actor, Scope, Standing, Verb, allows
from kcrm.lib.models import SoftDeleteQuerySet
from teams.permissions import Reach, reach_of

if TYPE_CHECKING:
    from accounts.models import User

DIRECTS: Final = Standing(Actor.DIRECTOR, Scope.PORTFOLIO, fin="full")
SERVES: Final = Standing(Actor.SERVICE_AGENT, Scope.QUEUE)
NOBODY: Final = Q(pk__in=())
SHORTEST_PHONE: Final = 6
SUBTREE: Final = """
    WITH RECURSIVE below(id) AS (
        SELECT %s::bigint
        UNION
        SELECT customers_customer.id FROM customers_customer JOIN below ON customers_customer.parent_id = below.id
    )
    SELECT id FROM below
"""


def phone_digits() -> Func:
    """The digits of the telephone number as `kcrm.lib.words.digits_of` has them; there is an index on it."""
    digits = Func(F("phone"), Value("[^0-9]"), Value(""), Value("g"), function="regexp_replace")
    return Func(digits, Value("0"), function="ltrim", output_field=CharField())


@dataclass(frozen=True, slots=True)
class Ground:
    """Where a right reaches: everywhere, or to these account teams and these units."""

    everywhere: bool
    teams: tuple[int, ...] = ()
    units: tuple[int, ...] = ()


def ground_of(user: User, resource: str, verb: Verb = Verb.READ) -> Ground:
    """How far a person's right to do this reaches; equal grounds give equal conditions."""
    return _ground(reach_of(user), resource, verb)


@lru_cache(maxsize=10_000)
def _ground(reach: Reach, resource: str, verb: Verb) -> Ground:
    if reach.actors() & _everywhere(resource, verb):
        return Ground(everywhere=True)
    paths = reach.led if allows(resource, verb, [DIRECTS]) else ()
    paths += reach.served if allows(resource, verb, [SERVES]) else ()
    teams = tuple(team for team, standing in reach.teams.items() if allows(resource, verb, [standing]))
    return Ground(everywhere=False, teams=teams, units=reach.units(paths))


def sight(user: User, resource: str = "account_profile", *, prefix: str = "", verb: Verb = Verb.READ) -> Q | None:
    """The condition under which a person may do this (reading, if not said) with a customer; None for all customers.

    `prefix` leads from the model that is filtered to the customer, such as `customer__`. Sees nothing: an empty `Q`
    on the key that no row satisfies. An API token's account list narrows whatever its owner sees.
    """
    ground = ground_of(user, resource, verb)
    token = getattr(user, "api_token", None)
    limit = Q(**{f"{prefix}pk__in": token.customer_ids}) if token and token.customer_ids is not None else None
    if ground.everywhere:
        return limit
    condition = _condition(ground, prefix)
    return condition & limit if limit is not None else condition


def _condition(ground: Ground, prefix: str = "") -> Q:
    condition = Q(pk__in=())
    if ground.teams:
        condition |= Q(**{f"{prefix}account_team__in": ground.teams})
    if ground.units:
        condition |= Q(**{f"{prefix}org_unit__in": ground.units})
    return condition


def seen_keys(user: User) -> models.QuerySet[Any] | RawSQL:
    """The keys of the customers that this person sees, to be compared with `__in` where every page asks for them.

    The words of the statement depend on nothing but how far the person reaches, and are found once for each reach.
    """
    if getattr(user, "api_token", None) is not None:
        return visible_customers(user).order_by().values("pk")
    try:
        return _seen_keys(ground_of(user, "account_profile"))
    except EmptyResultSet:
        return visible_customers(user).none().values("pk")


@lru_cache(maxsize=2_000)
def _seen_keys(ground: Ground) -> RawSQL:
    rows = apps.get_model("customers", "Customer").objects.within(ground).order_by()
    return RawSQL(*rows.values("pk").query.sql_with_params())  # noqa: S611 - compiled by the ORM


def units_below(*paths: str) -> models.QuerySet[Any]:
    """The keys of the units with these paths and of all below, found once and not customer by customer."""
    return apps.get_model("teams.OrgUnit").objects.below(*paths).order_by().values("pk")


@cache
def _everywhere(resource: str, verb: Verb) -> frozenset[Actor]:
    """The actors whose right to do this reaches all customers."""
    return frozenset(
        actor
        for actor, clauses in MATRIX[resource].cells.items()
        if actor is not Actor.ANYBODY and any(clause.scope is Scope.ALL and verb in clause.verbs for clause in clauses)
    )


def tag_list() -> ArraySubquery:
    """The names of a customer's tags."""
    through = apps.get_model("customers.Customer").tags.through.objects.filter(customer=OuterRef("pk"))
    return ArraySubquery(through.order_by("tag__name").values("tag__name"))


def key_list() -> ArraySubquery:
    """The keys of a customer in other systems, as objects of source and value."""
    keys = apps.get_model("customers", "ExternalId").objects.filter(customer=OuterRef("pk"), released_at__isnull=True)
    pair = JSONObject(source="source", value="value")
    return ArraySubquery(keys.order_by("source", "pk").values_list(pair))


class TagQuerySet(models.QuerySet[Any]):
    """Tags."""

    def visible_to(self, user: User) -> Self:
        """Tags of customers that this person may see: a tag may name what nobody else should know."""
        return self.filter(pk__in=visible_customers(user).order_by().values("tags"))

    def named(self, names: Iterable[str]) -> Self:
        """Tags with these names, however they are written in capitals."""
        return self.annotate(upper=Upper("name")).filter(upper__in=[name.upper() for name in names])


class CustomerQuerySet(SoftDeleteQuerySet):
    """Customers."""

    def visible_to(self, user: User, resource: str = "account_profile") -> Self:
        """Customers this person may see, without those in the bin."""
        condition = sight(user, resource)
        rows = self.alive()
        return rows if condition is None else rows.filter(condition)

    def within(self, ground: Ground) -> Self:
        """Customers that a right of this ground reaches, without those in the bin: what `visible_to` gives to everybody
        but a token."""
        rows = self.alive()
        return rows if ground.everywhere else rows.filter(_condition(ground))

    def like(self, asked: Mapping[str, str], *, at_least: float) -> Self:
        """Customers that share one of these, the likest name first: `name_key` (by trigrams), `domain`,
        `registration_no`, `phone_digits`. Empty values and short telephone numbers match nobody.

        Each row has its `likeness`, the similarity of the names from 0 to 1.
        """
        likeness = TrigramSimilarity("name_key", asked["name_key"])
        # the operator is what the index serves; its own threshold is lower than ours
        found = Q(name_key__trigram_similar=asked["name_key"], likeness__gte=at_least) if asked["name_key"] else NOBODY
        for field in ("domain", "registration_no"):
            if asked[field]:
                found |= Q(**{field: asked[field]})
        rows = self.annotate(likeness=likeness)
        if len(asked["phone_digits"]) >= SHORTEST_PHONE:
            rows = rows.annotate(phone_digits=phone_digits())
            found |= Q(phone_digits=asked["phone_digits"])
        return rows.filter(found).order_by("-likeness", "pk")

    def of(self, user: User, scope: str) -> Self:
        """Customers that the person owns (`mine`), works on (`team`) or directs (`portfolio`)."""
        reach = reach_of(user)
        if scope == "portfolio":
            return self.filter(org_unit__in=reach.units(reach.led))
        own = [team for team, standing in reach.teams.items() if standing.actor is Actor.ACCOUNT_MANAGER]
        return self.filter(account_team__in=own if scope == "mine" else list(reach.teams))

    def found_by(self, text: str) -> Self:
        """Customers that the search index finds by all words of the text, each whole or in part."""
        entries = apps.get_model("customers", "SearchEntry").objects.filter(kind="account_profile").matching(text)
        return self.filter(pk__in=entries.values("object_id"))

    def tagged(self, name: str) -> Self:
        """Customers with a tag of this name, in capitals or not."""
        return self.filter(pk__in=self.model.tags.through.objects.filter(tag__name__iexact=name).values("customer"))

    def silent_since(self, day: date) -> Self:
        """Customers without a contact since that day; those never contacted among them."""
        return self.filter(Q(last_interaction_on__lt=day) | Q(last_interaction_on__isnull=True))

    def overdue_for_contact(self, today: date) -> Self:
        """Customers whose silence is longer than their own cadence; those never contacted among them."""
        return self.filter(cadence_days__isnull=False).filter(
            Q(last_interaction_on__isnull=True)
            | Q(last_interaction_on__lt=ExpressionWrapper(Value(today) - F("cadence_days"), output_field=DateField()))
        )

    def with_seen_parent(self, user: User) -> Self:
        """Customers with `seen_parent_id` and `seen_parent`, the number and name of a parent that this person sees."""
        return self.with_seen_parent_id(user).annotate(seen_parent=Subquery(_parents(user).values("name")))

    def with_seen_parent_id(self, user: User) -> Self:
        """Customers with `seen_parent_id`, the number of a parent that this person sees."""
        return self.annotate(seen_parent_id=Subquery(_parents(user).values("pk")))

    def with_unit(self) -> Self:
        """Customers with what rights and headings need beside them."""
        return self.select_related("org_unit")

    def below(self, customer_id: int) -> Self:
        """A customer with all its subsidiaries, theirs included."""
        return self.filter(pk__in=RawSQL(SUBTREE, [customer_id]))  # noqa: S611 - the id is a parameter

    def binned_for(self, user: User) -> Self:
        """Customers in the bin that this person could see before, without those that were merged into others."""
        condition = sight(user)
        rows = self.in_bin().filter(merged_into__isnull=True)
        return rows if condition is None else rows.filter(condition)


def _parents(user: User) -> CustomerQuerySet:
    return visible_customers(user).order_by().filter(pk=OuterRef("parent"))


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

    def exportable_of(self, rows: models.QuerySet[Any], user: User) -> models.QuerySet[Any]:
        """Those of some rows of this model that this person may carry away."""
        return rows.filter(pk__in=self.exportable_by(user).values("pk"))

    def exportable_by(self, user: User) -> Self:
        """Those of these rows that this person may carry away."""
        resource = str(getattr(self.model, "access_resource", self.resource))
        condition = sight(user, resource, prefix="customer__", verb=Verb.EXPORT)
        return self if condition is None else self.filter(condition)


class ContactQuerySet(SoftDeleteQuerySet):
    """People at customers."""

    def visible_to(self, user: User) -> Self:
        """People who have or had a role at a customer that this person may see."""
        roles = apps.get_model("customers", "ContactRole").objects.visible_to(user, "contact")
        return self.alive().filter(pk__in=roles.values("contact"))

    def at_customer(self, customer_id: int, day: date) -> Self:
        """People who work at a customer on this day."""
        roles = apps.get_model("customers", "ContactRole").objects.filter(
            Q(valid_from__isnull=True) | Q(valid_from__lte=day),
            Q(valid_to__isnull=True) | Q(valid_to__gt=day),
            customer=customer_id,
        )
        return self.alive().filter(left_on__isnull=True, pk__in=roles.values("contact"))
