"""Customers and what belongs to them."""

from customers.models.contacts import Contact, ContactRole
from customers.models.customers import BuyingUnit, Customer, ExternalId, Site, Tag
from customers.models.imports import ImportBatch, ImportRow, SavedMapping
from customers.models.papers import Agreement, Document
from customers.models.search import SearchEntry
from customers.models.work import Interaction, InteractionContact, InteractionPerson, Task

__all__ = [
    "Agreement",
    "BuyingUnit",
    "Contact",
    "ContactRole",
    "Customer",
    "Document",
    "ExternalId",
    "ImportBatch",
    "ImportRow",
    "Interaction",
    "InteractionContact",
    "InteractionPerson",
    "SavedMapping",
    "SearchEntry",
    "Site",
    "Tag",
    "Task",
]
