"""Customers as another system knows them: created under its key, or changed where the key is known."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from accounts.models import User
from customers.models import Customer
from customers.services.customers import create_customer, update_customer
from kcrm.lib import words


def find_by_key(source: str, value: str, *, by: User) -> Customer | None:
    """The visible customer with this key in that system."""
    keys = {"external_ids__source": words.clean_line(source), "external_ids__value": words.clean_line(value)}
    return Customer.objects.visible_to(by).filter(external_ids__released_at__isnull=True, **keys).first()


@transaction.atomic
def upsert_customer(
    *, source: str, value: str, values: Mapping[str, Any], by: User, version: int | None = None
) -> tuple[Customer, bool]:
    """Create the customer with this key, or change the given values of the one that has it.

    `values` may have `tags` and `despite` beside the fields of a customer. Answers the customer and whether it is new.
    Raises what creating and changing raise; DomainError when a customer that the person does not see has the key.
    """
    given = dict(values)
    tags, despite = given.pop("tags", None), given.pop("despite", "")
    known = find_by_key(source, value, by=by)
    if known is not None:
        return update_customer(customer_id=known.pk, version=version, values=given, tag_names=tags, by=by), False
    customer = create_customer(values=given, tag_names=tags or (), keys={source: value}, despite=despite, by=by)
    return customer, True
