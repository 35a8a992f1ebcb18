"""Customers and what belongs to them."""

from customers.models.contacts import Contact, ContactRole
from customers.models.customers import BuyingUnit, Customer, ExternalId, Site, Tag
from customers.models.duplicates import DuplicatePair, Merge, MergeRow, RecordKind
from customers.models.hand_overs import HandOver
from customers.models.imports import ImportBatch, ImportRow, SavedMapping
from customers.models.papers import Agreement, Document
from customers.models.privacy import Consent, LegalHold, PrivacyRequest, Purpose
from customers.models.search import SearchEntry
from customers.models.work import Interaction, InteractionContact, InteractionPerson, Task

__all__ = [
    "Agreement",
    "BuyingUnit",
    "Consent",
    "Contact",
    "ContactRole",
    "Customer",
    "Document",
    "DuplicatePair",
    "ExternalId",
    "HandOver",
    "ImportBatch",
    "ImportRow",
    "Interaction",
    "InteractionContact",
    "InteractionPerson",
    "LegalHold",
    "Merge",
    "MergeRow",
    "PrivacyRequest",
    "Purpose",
    "RecordKind",
    "SavedMapping",
    "SearchEntry",
    "Site",
    "Tag",
    "Task",
]
