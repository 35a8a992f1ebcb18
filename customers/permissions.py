"""Who may do what with customers and everything under them. Every answer comes from the access matrix.

A signed-in person's right is what his standings towards the customer give; a token's right is that, cut down to what
its scopes carry. Whether a record is there at all is the querysets' answer (`visible_to`), asked before.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from customers.models import Customer, Task
from customers.querysets.papers import reads_values
from kcrm.lib.access import Actor, Scope, Standing, Verb, allows, allows_anywhere, readable_classes, token_allows
from teams.models import OrgUnit
from teams.permissions import reach_of

if TYPE_CHECKING:
    from accounts.models import User
    from customers.models import ImportBatch

TOKEN_CLASSES = {"F2": "profitability", "F3": "credit"}
OPEN_CLASSES = frozenset({"F0", "F1", "F6"})


def standings_for(user: User, customer: Customer) -> tuple[Standing, ...]:
    """Who the user is towards the customer; reads the customer's unit if it was not fetched with it."""
    reach = reach_of(user)
    return reach.standings(team_id=customer.account_team_id, unit_path=customer.org_unit.path)


def token_covers(user: User, resource: str, verb: Verb) -> bool:
    """Whether the token of this request carries the right at all; True without a token."""
    token = getattr(user, "api_token", None)
    return token is None or token_allows(resource, verb, token.scopes)


def may(user: User, resource: str, verb: Verb, customer: Customer) -> bool:
    """Whether the user may do this with the resource of this customer."""
    return token_covers(user, resource, verb) and allows(resource, verb, standings_for(user, customer))


def classes_for(user: User, customer: Customer) -> frozenset[str]:
    """The field classes that the user may read on this customer; a token never reads F4, F5 or private data."""
    classes = readable_classes(standings_for(user, customer))
    if getattr(user, "api_token", None) is None:
        return classes
    by_token = {name for name, resource in TOKEN_CLASSES.items() if token_covers(user, resource, Verb.READ)}
    return classes & (OPEN_CLASSES | by_token)


def custom_classes(user: User, standings: Iterable[Standing]) -> frozenset[str]:
    """The field classes of custom fields that the user reads on a customer towards whom he has these standings."""
    known = tuple(standings)
    resources = {"F0": "account_profile", "F1": "sales_facts", **TOKEN_CLASSES}
    readable = readable_classes(known) | {"F0"}
    return frozenset(
        name
        for name, resource in resources.items()
        if name in readable and token_covers(user, resource, Verb.READ) and allows(resource, Verb.READ, known)
    )


def writable_custom_classes(user: User, standings: Iterable[Standing]) -> frozenset[str]:
    """The field classes of custom fields that the user fills in on such a customer: what he may change and read."""
    known = tuple(standings)
    resources = {"F0": "account_profile", "F1": "account_profile", **TOKEN_CLASSES}
    return frozenset(
        name
        for name in custom_classes(user, known)
        if token_covers(user, resources[name], Verb.UPDATE) and allows(resources[name], Verb.UPDATE, known)
    )


def new_custom_classes(user: User) -> frozenset[str]:
    """The field classes of custom fields that the user fills in on a customer whom he brings in somewhere."""
    as_director = {"F0", "F1"} if leads_unit(user, None) else set()
    return writable_custom_classes(user, [Standing(Actor.ACCOUNT_MANAGER, Scope.OWN)]) | as_director


def list_classes_for(user: User) -> frozenset[str]:
    """The field classes whose columns, filters and orders exist for the user in lists over all his customers.

    A protected class exists only where he may read it in full on every customer he sees: a column that is empty for
    some rows would tell which ones, and an order over it would tell what it hides.
    """
    reach = reach_of(user)
    standings = list(reach.teams.values())
    if reach.led:
        standings.append(Standing(Actor.DIRECTOR, Scope.PORTFOLIO, fin="full"))
    if reach.served:
        standings.append(Standing(Actor.SERVICE_AGENT, Scope.QUEUE))
    everywhere = reach.standings(team_id=None, unit_path=None)
    sees_all = allows("account_profile", Verb.READ, everywhere)
    classes = {"F0", "F6"}
    for name, resource in {"F1": "sales_facts", **TOKEN_CLASSES}.items():
        by_role = allows(resource, Verb.READ, everywhere)
        by_place = bool(standings) and all(_reads_in_full(name, resource, standing) for standing in standings)
        if (by_role if sees_all else by_place) and token_covers(user, resource, Verb.READ):
            classes.add(name)
    return frozenset(classes)


def _reads_in_full(field_class: str, resource: str, standing: Standing) -> bool:
    if not allows(resource, Verb.READ, [standing]):
        return False
    if field_class == "F1":
        return True
    return standing.fin == "full" if field_class == "F2" else standing.actor is Actor.DIRECTOR


def can_create_customer(user: User, unit: OrgUnit | None = None) -> bool:
    """Whether the user brings in customers, into this unit or (None) into any.

    Account managers do and become owners: whoever owns an account, and people of the sales organisation without a
    role for the whole company. Directors do within their portfolio. A token that is limited to some customers does not.
    """
    token = getattr(user, "api_token", None)
    if token is not None and token.customer_ids is not None:
        return False
    if not token_covers(user, "account_profile", Verb.CREATE):
        return False
    return manages_accounts(user) or leads_unit(user, unit)


def manages_accounts(user: User) -> bool:
    """Whether the user is, or by his place in the organisation can become, an account manager."""
    reach = reach_of(user)
    owns = any(standing.actor is Actor.ACCOUNT_MANAGER for standing in reach.teams.values())
    return (owns or (not reach.roles and bool(reach.belongs))) and allows(
        "account_profile", Verb.CREATE, [Standing(Actor.ACCOUNT_MANAGER, Scope.OWN)]
    )


def leads_unit(user: User, unit: OrgUnit | None) -> bool:
    """Whether the unit (or any, for None) lies in the part of the organisation that the user directs."""
    reach = reach_of(user)
    if not reach.led or (unit is not None and not unit.path.startswith(reach.led)):
        return False
    return allows("account_profile", Verb.CREATE, [Standing(Actor.DIRECTOR, Scope.PORTFOLIO)])


def can_open_customers(user: User) -> bool:
    """Whether pages of customers open for the user at all, be they empty; not for those who keep people or audit."""
    reach = reach_of(user)
    return not reach.roles or allows_anywhere("account_profile", Verb.READ, reach.actors())


def can_read_customer(user: User, customer: Customer) -> bool:
    """Whether the user reads the customer's profile."""
    return may(user, "account_profile", Verb.READ, customer)


def can_update_customer(user: User, customer: Customer) -> bool:
    """Whether the user changes the profile, sites, buying units, tags and keys."""
    return may(user, "account_profile", Verb.UPDATE, customer)


def can_delete_customer(user: User, customer: Customer) -> bool:
    """Whether the user puts the customer into the bin and takes him out again."""
    return may(user, "account_profile", Verb.DELETE, customer)


def can_export_customer(user: User, customer: Customer) -> bool:
    """Whether the user carries this customer's data away."""
    return may(user, "account_profile", Verb.EXPORT, customer)


def can_see_history(user: User, customer: Customer) -> bool:
    """Whether the user reads who changed what on this customer."""
    return may(user, "record_history", Verb.READ, customer) if not has_token(user) else False


def can_see_team(user: User, customer: Customer) -> bool:
    """Whether the user sees who works for this customer."""
    return may(user, "account_team", Verb.READ, customer)


def has_token(user: User) -> bool:
    """Whether this request came with an API token."""
    return getattr(user, "api_token", None) is not None


def can_change_task(user: User, task: Task) -> bool:
    """Whether the user changes this task: by his right on the customer, or because it is his to do."""
    standings = standings_for(user, task.customer)
    if task.assignee_id == user.pk:
        standings += tuple(replace(standing, scope=Scope.SELF) for standing in standings)
    return token_covers(user, "task", Verb.UPDATE) and allows("task", Verb.UPDATE, standings)


def may_for_any(user: User, resource: str, verb: Verb, customers: Iterable[Customer]) -> bool:
    """Whether the user may do this for at least one of the customers: what a person with several roles needs."""
    return any(may(user, resource, verb, customer) for customer in customers)


def contact_classes(user: User, verb: Verb, customers: Iterable[Customer]) -> frozenset[str]:
    """The field classes of a person that the user reads, fills in or changes, by the customers he sees him through."""
    known = tuple(customers)
    resources = {"F6": "contact", "F6P": "contact_private"}
    return frozenset(
        name
        for name, resource in resources.items()
        if may_for_any(user, resource, verb, known) and not (name == "F6P" and has_token(user))
    )


def agreement_classes(user: User) -> frozenset[str]:
    """The field classes of agreements: what they are worth is there for who reads their commercial part."""
    return OPEN_CLASSES if reads_values(user) else OPEN_CLASSES - {"F1"}


def can_import(user: User) -> bool:
    """Whether the user brings files in at all; what and which rows is asked for each."""
    if not token_covers(user, "import_batch", Verb.CREATE):
        return False
    return allows_anywhere("import_batch", Verb.CREATE, reach_of(user).actors()) or manages_accounts(user)


def can_see_import_rows(user: User, batch: ImportBatch) -> bool:
    """Whether the user sees what a file holds: only who brought it in; others see that it was."""
    return batch.created_by_id == user.pk


def can_merge_somewhere(user: User) -> bool:
    """Whether the user merges records of any customer at all; which ones is asked for each."""
    anywhere = allows_anywhere("account_profile", Verb.MERGE, reach_of(user).actors())
    return anywhere and token_covers(user, "account_profile", Verb.MERGE)
