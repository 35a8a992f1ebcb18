"""Records written by COPY are what the ORM would have written."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import AuditEntry
from customers.models import Customer, SearchEntry
from kcrm.lib.copying import insert_all, parts_of
from teams.models import AccountTeam
from tests.factories.customers import CustomerFactory, ExternalIdFactory

pytestmark = pytest.mark.django_db
HOSTILE = 'tab\there "quoted" back\\slash \\N \\. {brace, \r\nnew line} 华为 é'


def entry(**values) -> AuditEntry:
    return AuditEntry(**{"action": "update", "subject_label": "x"} | values)


def test_every_kind_of_value_comes_back_as_it_was():
    at = timezone.now() - timedelta(days=3)
    changes = {HOSTILE: [None, HOSTILE, 1.5, True, {"a": []}]}
    made = insert_all([
        entry(at=at, subject_label=HOSTILE, changes=changes, address="192.0.2.1", subject_id=2**40),
        entry(changes={}),
    ])  # fmt: skip

    first, second = AuditEntry.objects.filter(pk__in=[one.pk for one in made]).order_by("pk")
    assert [one.pk for one in made] == [first.pk, second.pk]
    assert (first.at, first.subject_label, first.changes, first.address) == (at, HOSTILE, changes, "192.0.2.1")
    assert (first.subject_id, second.subject_id, second.changes) == (2**40, None, {})


def test_arrays_keep_their_texts():
    customer = CustomerFactory()
    SearchEntry.objects.all().delete()
    insert_all([
        SearchEntry(kind="task", object_id=1, customer=customer, title="t", words=[HOSTILE, "", "NULL", "a,b"]),
        SearchEntry(kind="task", object_id=2, customer=customer, title="t", words=[]),
    ])  # fmt: skip

    assert list(SearchEntry.objects.order_by("object_id").values_list("words", flat=True)) == [
        [HOSTILE, "", "NULL", "a,b"],
        [],
    ]


def test_history_and_constraints_hold_as_with_any_other_way_of_writing():
    known = ExternalIdFactory(value="K1")
    fresh = type(known)(customer=known.customer, source=known.source, value="K2")

    insert_all([fresh])

    assert not fresh._state.adding
    assert type(known).pgh_event_model.objects.filter(pgh_obj_id=fresh.pk, pgh_label="insert").count() == 1
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        insert_all([type(known)(customer=known.customer, source=known.source, value="K1")])
    assert refused.value.__cause__.diag.constraint_name == "customers_externalid_once_per_source"


def test_a_saved_record_can_be_changed_afterwards():
    origin = CustomerFactory()
    fresh = Customer(name="Neu", account_team=AccountTeam.objects.create())
    fresh.org_unit = origin.org_unit
    insert_all([fresh])

    fresh.city = "Bonn"
    fresh.save()

    assert Customer.objects.get(pk=fresh.pk).city == "Bonn"


def test_nothing_makes_nothing():
    assert insert_all([]) == []
    assert list(parts_of(range(5), 2)) == [[0, 1], [2, 3], [4]]
