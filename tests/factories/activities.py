"""People at customers, what was said with them, what is to be done, files and agreements."""

from __future__ import annotations

from datetime import UTC, date, datetime

import factory

from customers.models import Agreement, Contact, ContactRole, Document, Interaction, PrivacyRequest, Task
from kcrm.lib import words
from tests.factories.accounts import UserFactory
from tests.factories.customers import CustomerFactory


class ContactFactory(factory.django.DjangoModelFactory):
    """A person; `at=customer` gives him a role there without dates."""

    class Meta:
        model = Contact
        skip_postgeneration_save = True

    full_name = factory.Sequence(lambda n: f"Contact {n}")
    name_key = factory.LazyAttribute(lambda contact: words.name_key(contact.full_name))
    name_sort = factory.LazyAttribute(lambda contact: words.sort_key(contact.full_name))

    @factory.post_generation
    def at(self, create, extracted, **kwargs):
        if extracted:
            ContactRoleFactory(contact=self, customer=extracted)


class ContactRoleFactory(factory.django.DjangoModelFactory):
    """A role of a person at a customer."""

    class Meta:
        model = ContactRole

    contact = factory.SubFactory(ContactFactory)
    customer = factory.SubFactory(CustomerFactory)
    job_title = "Buyer"


class InteractionFactory(factory.django.DjangoModelFactory):
    """A call."""

    class Meta:
        model = Interaction

    customer = factory.SubFactory(CustomerFactory)
    subject = factory.Sequence(lambda n: f"Call {n}")
    happened_at = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    recorded_by = factory.SubFactory(UserFactory)


class TaskFactory(factory.django.DjangoModelFactory):
    """Something open, due on 10 March 2026."""

    class Meta:
        model = Task

    customer = factory.SubFactory(CustomerFactory)
    title = factory.Sequence(lambda n: f"Task {n}")
    assignee = factory.SubFactory(UserFactory)
    created_by = factory.SelfAttribute("assignee")
    due_on = date(2026, 3, 10)


class DocumentFactory(factory.django.DjangoModelFactory):
    """A note as a text file whose content is not stored."""

    class Meta:
        model = Document

    customer = factory.SubFactory(CustomerFactory)
    title = factory.Sequence(lambda n: f"Document {n}")
    file = "documents/00/none"
    file_name = "note.txt"
    media_type = "text/plain"
    size = 4
    sha256 = "0" * 64
    uploaded_by = factory.SubFactory(UserFactory)


class AgreementFactory(factory.django.DjangoModelFactory):
    """A framework contract for the year 2026, to be ended 30 days before."""

    class Meta:
        model = Agreement

    customer = factory.SubFactory(CustomerFactory)
    title = factory.Sequence(lambda n: f"Agreement {n}")
    starts_on = date(2026, 1, 1)
    ends_on = date(2027, 1, 1)
    notice_days = 30


class PrivacyRequestFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = PrivacyRequest

    kind = "access"
    received_on = date(2026, 1, 5)
    due_on = date(2026, 2, 4)
    opened_by = factory.SubFactory(UserFactory)
