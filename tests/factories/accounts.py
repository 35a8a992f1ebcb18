"""People, tokens, entries and views."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import factory
from django.utils import timezone

from accounts.models import ApiToken, AuditEntry, SavedView, User

PASSWORD = "correct horse battery staple"


class UserFactory(factory.django.DjangoModelFactory):
    """An active person without a global role, who signs in with `PASSWORD`."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"person{n}@example.com")
    full_name = factory.Sequence(lambda n: f"Person {n}")
    password = factory.django.Password(PASSWORD)


class ApiTokenFactory(factory.django.DjangoModelFactory):
    """A usable token whose secret is `secret`."""

    class Meta:
        model = ApiToken

    class Params:
        secret = factory.Sequence(lambda n: f"kcrm_secret{n}")

    owner = factory.SubFactory(UserFactory)
    name = "ERP"
    prefix = factory.LazyAttribute(lambda token: token.secret[:12])
    digest = factory.LazyAttribute(lambda token: hashlib.sha256(token.secret.encode()).hexdigest())
    scopes = factory.LazyFunction(lambda: ["accounts:read"])
    expires_at = factory.LazyFunction(lambda: timezone.now() + timedelta(days=90))


class AuditEntryFactory(factory.django.DjangoModelFactory):
    """An entry about a change."""

    class Meta:
        model = AuditEntry

    actor = factory.SubFactory(UserFactory)
    action = AuditEntry.Action.UPDATE
    subject_type = "accounts.user"


class SavedViewFactory(factory.django.DjangoModelFactory):
    """A private view of a list."""

    class Meta:
        model = SavedView

    owner = factory.SubFactory(UserFactory)
    list_key = "people"
    name = factory.Sequence(lambda n: f"View {n}")
