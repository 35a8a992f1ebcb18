"""Which customers, parts of customers and people; sight is decided here, with one condition for all of them."""

from customers.querysets.customers import (
    ContactQuerySet,
    CustomerPartQuerySet,
    CustomerQuerySet,
    TagQuerySet,
    visible_customers,
)
from customers.querysets.papers import AgreementQuerySet
from customers.querysets.privacy import ConsentQuerySet
from customers.querysets.search import SearchEntryQuerySet
from customers.querysets.work import TaskQuerySet

__all__ = [
    "AgreementQuerySet",
    "ConsentQuerySet",
    "ContactQuerySet",
    "CustomerPartQuerySet",
    "CustomerQuerySet",
    "SearchEntryQuerySet",
    "TagQuerySet",
    "TaskQuerySet",
    "visible_customers",
]
