"""People who were merged: consents, search and erasure follow them; an undo that dies leaves nothing half."""

from __future__ import annotations

import random

import pytest
from django.db import InternalError, connection, transaction
from django.utils import timezone

from customers.models import Consent, Contact, Merge, MergeRow, SearchEntry
from customers.services import contacts
from customers.services.merging.merging import merge_records
from customers.services.merging.undoing import undo_merge
from customers.services.privacy.erasing import erase_person
from tests import personas
from tests.factories.activities import ContactFactory
from tests.factories.customers import CustomerFactory

pytestmark = pytest.mark.django_db
TOLD = {"purpose": "newsletter", "is_given": True, "text_version": "1", "channel": "email"}


@pytest.fixture
def people():
    """A director, and one person written twice: at the customer, and at it and another one with a consent."""
    here = CustomerFactory(name="Here")
    there = CustomerFactory(name="There", org_unit=here.org_unit)
    director = personas.everybody(here)["director"]
    stays = ContactFactory(full_name="Ann Lee", at=here)
    goes = ContactFactory(full_name="Annabelle Leigh", email="annabelle@example.com", at=there)
    Consent.objects.create(contact=goes, recorded_by=director, **TOLD)
    for person in (stays, goes):
        contacts.index_contact(person)
    return director, stays, goes, there


def merged(people):
    director, stays, goes, _there = people
    return merge_records(kind="contact", winner_id=stays.pk, loser_ids=[goes.pk], versions={}, by=director)


def state():
    """What merging touches, as rows."""
    return [sorted(model.objects.values_list(*fields)) for model, fields in (
        (Contact, ("pk", "full_name", "email", "merged_into", "deleted_at")),
        (Consent, ("pk", "contact")),
        (SearchEntry, ("kind", "object_id", "customer", "title")),
        (Merge, ("pk", "undone_at")),
        (MergeRow, ("pk", "kept")),
    )]  # fmt: skip


def test_consents_follow_although_nobody_may_change_them(people):
    _director, stays, goes, _there = people
    done = merged(people)
    consent = Consent.objects.get()
    assert consent.contact_id == stays.pk
    with pytest.raises(InternalError), transaction.atomic():
        Consent.objects.update(is_given=False)
    undo_merge(merge_id=done.pk, by=people[0])
    assert Consent.objects.get().contact_id == goes.pk
    with pytest.raises(InternalError), transaction.atomic():
        Consent.objects.update(is_given=False)


def test_the_search_finds_the_one_that_stays_where_the_other_was(people):
    director, stays, goes, there = people
    done = merged(people)
    entries = SearchEntry.objects.filter(kind="contact")
    assert set(entries.filter(customer=there).values_list("object_id", flat=True)) == {stays.pk}
    assert not entries.filter(object_id=goes.pk).exists()
    undo_merge(merge_id=done.pk, by=director)
    assert set(entries.filter(customer=there).values_list("object_id", flat=True)) == {goes.pk}


def test_erasure_reaches_aliases_and_the_rows_of_merges(people):
    _director, stays, goes, _there = people
    merged(people)
    erase_person(contact_id=stays.pk)
    goes.refresh_from_db()
    assert "Annabelle" not in goes.full_name
    assert goes.email == ""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT string_agg(r::text, '') FROM customers_mergerow r) || m::text FROM customers_merge m"
        )
        (told,) = cursor.fetchone()
    for word in ("Annabelle", "annabelle@example.com", "Ann Lee"):
        assert word not in told


def test_an_undo_that_dies_leaves_nothing_half(people):
    director = people[0]
    done = merged(people)
    before, count = state(), {"now": 0}

    def counting(execute, *args):
        count["now"] += 1
        return execute(*args)

    director.__dict__.pop("_reach", None)
    with transaction.atomic(), connection.execute_wrapper(counting):
        undo_merge(merge_id=done.pk, by=director)
        transaction.set_rollback(True)
    for point in random.Random(5).sample(range(1, count["now"] + 1), 10):  # noqa: S311 - a test
        seen = {"now": 0}

        def dying(execute, *args, point=point, seen=seen):
            seen["now"] += 1
            if seen["now"] == point:
                raise ConnectionError
            return execute(*args)

        director.__dict__.pop("_reach", None)
        with pytest.raises(ConnectionError), transaction.atomic(), connection.execute_wrapper(dying):
            undo_merge(merge_id=done.pk, by=director)
        assert state() == before
    undo_merge(merge_id=done.pk, by=director)
    assert Merge.objects.get().undone_at <= timezone.now()
