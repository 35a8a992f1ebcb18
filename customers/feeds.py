"""Which of customers' records other systems hear of, and who may hear of which."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db.models import QuerySet

from accounts.models import User
from customers.custom_fields import AGREEMENT, CONTACT, CUSTOMER, INTERACTION, TASK
from customers.models import Contact, ContactRole, Customer
from feed.models import Change
from feed.registry import FeedResource, Sight, register
from fields.feeds import protected_of
from teams.models import OrgUnit
from teams.permissions import reach_of


def by_customer(resource: str) -> Sight:
    """Changes of what belongs to one customer are known to who sees it of this customer, in the bin or not."""

    def sight(user: User, changes: Sequence[Change]) -> Mapping[int, bool]:
        seen = _seen({change.customer_id for change in changes if change.customer_id}, user, resource)
        return {change.seq: True for change in changes if change.customer_id in seen}

    return sight


def _seen(ids: set[int], user: User, resource: str) -> set[int]:
    alive = Customer.objects.visible_to(user, resource).filter(pk__in=ids)
    return set(alive.values_list("pk", flat=True))


def _customers(user: User, changes: Sequence[Change]) -> Mapping[int, bool]:
    """Changes for who sees the customer; that it is gone for who saw it before it went elsewhere or into the bin."""
    ids = {change.object_id for change in changes if change.object_id}
    seen = _seen(ids, user, "account_profile")
    binned = set(Customer.objects.binned_for(user).filter(pk__in=ids).values_list("pk", flat=True))
    reach = reach_of(user)
    units = {change.detail.get("unit") for change in changes} - {None}
    paths = dict(OrgUnit.objects.filter(pk__in=units).values_list("pk", "path"))
    found: dict[int, bool] = {}
    for change in changes:
        former = paths.get(change.detail.get("unit"), "")
        if change.object_id in seen:
            found[change.seq] = True
        elif change.object_id in binned or (former and former.startswith((*reach.led, *reach.served) or ("\0",))):
            found[change.seq] = False
    return found


def _memberships(user: User, changes: Sequence[Change]) -> Mapping[int, bool]:
    """Changes of the teams one sees, and the end of one's own membership: the customer may be gone with it."""
    found = dict(by_customer("account_team")(user, changes))
    token = getattr(user, "api_token", None)
    listed = token.customer_ids if token is not None else None
    for change in changes:
        mine = change.event == "team_membership.deleted" and change.detail.get("person") == user.pk
        if mine and (listed is None or change.customer_id in listed):
            found.setdefault(change.seq, False)
    return found


def _by_rows(rows: Callable[[User], QuerySet[Any]], gone: Callable[[User], QuerySet[Any]]) -> Sight:
    def sight(user: User, changes: Sequence[Change]) -> Mapping[int, bool]:
        ids = {change.object_id for change in changes if change.object_id}
        seen = set(rows(user).filter(pk__in=ids).values_list("pk", flat=True))
        binned = set(gone(user).filter(pk__in=ids - seen).values_list("pk", flat=True))
        return {change.seq: change.object_id in seen for change in changes if change.object_id in seen | binned}

    return sight


def _binned_contacts(user: User) -> QuerySet[Any]:
    roles = ContactRole.objects.filter(customer__in=Customer.objects.visible_to(user, "contact"))
    rows: QuerySet[Any] = Contact.objects.in_bin().filter(pk__in=roles.values("contact"))
    return rows


PRIVATE = frozenset(name for name, kind in Contact.field_classes.items() if kind == "F6P")

register(
    FeedResource(
        "customer",
        "account_profile",
        _customers,
        "customers.customer",
        hides=protected_of(CUSTOMER.key),
        events=("created", "updated", "deleted", "restored", "merged"),
    )
)
register(
    FeedResource(
        "contact",
        "contact",
        _by_rows(lambda user: Contact.objects.visible_to(user), _binned_contacts),
        "customers.contact",
        hidden=PRIVATE,
        hides=protected_of(CONTACT.key),
        events=("created", "updated", "deleted", "restored", "merged"),
    )
)
register(FeedResource("contact_role", "contact", by_customer("contact"), "customers.contactrole"))
register(FeedResource("site", "account_profile", by_customer("account_profile"), "customers.site"))
register(FeedResource("buying_unit", "account_profile", by_customer("account_profile"), "customers.buyingunit"))
register(FeedResource("interaction", "interaction", by_customer("interaction"), "customers.interaction",
                      hides=protected_of(INTERACTION.key)))  # fmt: skip
register(FeedResource("task", "task", by_customer("task"), "customers.task", hides=protected_of(TASK.key)))
register(FeedResource("agreement", "agreement", by_customer("agreement"), "customers.agreement",
                      hidden=frozenset({"annual_value", "currency"}), hides=protected_of(AGREEMENT.key)))  # fmt: skip
register(FeedResource("team_membership", "account_team", _memberships, "teams.teammembership",
                      hidden=frozenset({"fin", "political", "negotiation"})))  # fmt: skip
