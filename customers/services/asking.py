"""The question that every service asks before its first write."""

from __future__ import annotations

from accounts.models import User
from customers import permissions
from customers.models import Customer
from kcrm.lib.access import Verb
from kcrm.lib.errors import NotAllowed


def require(by: User, resource: str, verb: Verb, customer: Customer) -> None:
    """Raise NotAllowed unless the person may do this with the resource of this customer."""
    if not permissions.may(by, resource, verb, customer):
        raise NotAllowed(resource, verb)


def seen_customer(customer_id: int, by: User) -> Customer:
    """The customer with his place in the organisation. Raises DoesNotExist for one that the person does not see."""
    customer: Customer = Customer.objects.visible_to(by).select_related("org_unit").get(pk=customer_id)
    return customer


def seen_customer_for(customer_id: int, by: User, resource: str, verb: Verb) -> Customer:
    """The same, after asking. Raises DoesNotExist for an unseen customer, NotAllowed for a seen one."""
    customer = seen_customer(customer_id, by)
    require(by, resource, verb, customer)
    return customer
