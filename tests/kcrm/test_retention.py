"""Every kind of row has a rule, and what was kept long enough is let go of."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.apps import apps
from django.utils import timezone

from customers.models import Contact, Document, Interaction, LegalHold, Task
from customers.services.privacy.erasing import pseudonym_of
from jobs.schedules import declared_schedules
from kcrm import retention
from tests.factories.accounts import UserFactory
from tests.factories.activities import ContactFactory, DocumentFactory, InteractionFactory, TaskFactory

NOW = timezone.now()
LONG_AGO = NOW - timedelta(days=366)


def test_every_model_has_a_rule():
    without = [
        model._meta.label_lower
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy and retention.rule_of(model) is None
    ]
    assert without == []


def test_no_rule_is_about_a_model_that_is_gone():
    known = {model._meta.label_lower for model in apps.get_models(include_auto_created=True)}
    assert set(retention.RULES) <= known


def test_every_schedule_that_a_rule_names_is_declared():
    declared = {schedule.key for schedule in declared_schedules()}
    assert {rule.schedule for rule in retention.RULES.values() if rule.schedule} <= declared


@pytest.mark.django_db
def test_what_was_kept_long_enough_goes_and_the_rest_stays():
    gone, held, fresh = (ContactFactory(full_name=name) for name in ("Gone", "Held", "Fresh"))
    retired = ContactFactory(full_name="Retired", left_on=(NOW - timedelta(days=5 * 365 + 1)).date())
    Contact.objects.filter(pk__in=[gone.pk, held.pk]).update(deleted_at=LONG_AGO)
    LegalHold.objects.create(contact=held, reason="Dispute", placed_by=UserFactory())
    rows = [factory() for factory in (DocumentFactory, InteractionFactory, TaskFactory)]
    old = [factory(deleted_at=LONG_AGO) for factory in (DocumentFactory, InteractionFactory, TaskFactory)]

    counted = retention.let_go(now=NOW, dry_run=True)
    assert Contact.objects.get(pk=gone.pk).full_name == "Gone"
    done = retention.let_go(now=NOW)

    nothing = {"histories": 0, "values of retired fields": 0}
    assert counted == done == {"people": 2, "documents": 1, "interactions": 1, "tasks": 1, **nothing}
    assert Contact.objects.get(pk=gone.pk).full_name == pseudonym_of(gone.pk)
    assert Contact.objects.get(pk=retired.pk).full_name == pseudonym_of(retired.pk)
    assert {Contact.objects.get(pk=kept.pk).full_name for kept in (held, fresh)} == {"Held", "Fresh"}
    for model, kept, lost in zip((Document, Interaction, Task), rows, old, strict=True):
        assert list(model.objects.filter(pk__in=[kept.pk, lost.pk])) == [kept]
    assert not any(retention.let_go(now=NOW).values())


@pytest.mark.django_db
def test_histories_end_after_ten_years():
    customer_event = apps.get_model("customers", "CustomerEvent")
    contact = ContactFactory(full_name="Anna")
    contact.apply({"full_name": "Anne"})
    apps.get_model("customers", "ContactEvent").objects.update(pgh_created_at=NOW - timedelta(days=10 * 365 + 1))

    assert retention.let_go(now=NOW)["histories"] >= 2
    assert not apps.get_model("customers", "ContactEvent").objects.exists()
    assert customer_event.objects.filter(pgh_created_at__lt=NOW - retention.HISTORY).count() == 0
