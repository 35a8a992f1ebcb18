"""Jobs, notifications and mails."""

from __future__ import annotations

import factory

from jobs.models import EmailMessage, Job, Notification
from tests.factories.accounts import UserFactory


class JobFactory(factory.django.DjangoModelFactory):
    """A waiting job of a person, of a kind that nobody handles."""

    class Meta:
        model = Job

    kind = "tests.some-kind"
    requested_by = factory.SubFactory(UserFactory)


class NotificationFactory(factory.django.DjangoModelFactory):
    """An unread notification."""

    class Meta:
        model = Notification

    user = factory.SubFactory(UserFactory)
    kind = "jobs.done"
    key = factory.Sequence(lambda n: f"notice-{n}")
    subject = "Work you asked for is done"


class EmailMessageFactory(factory.django.DjangoModelFactory):
    """A mail that waits."""

    class Meta:
        model = EmailMessage

    key = factory.Sequence(lambda n: f"mail-{n}")
    user = factory.SubFactory(UserFactory)
    template = "notification"
    subject = "Work you asked for is done"
