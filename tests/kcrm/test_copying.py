"""Records written by COPY are what the ORM would have written."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import AuditEntry
from customers.models import Customer, SearchEntry
from kcrm.lib.copying import insert_all, insert_rows, new_keys, parts_of
from teams.models import AccountTeam, TeamMembership
from tests.factories.accounts import UserFactory
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


def test_rows_without_a_record_have_the_defaults_of_their_columns():
    team = AccountTeam.objects.create()
    user = UserFactory()
    (key,) = new_keys(TeamMembership, 1)
    given = {"id": key, "team_id": team.pk, "user_id": user.pk, "valid_from": date(2026, 1, 31)}

    assert insert_rows(TeamMembership, list(given), [tuple(given.values())]) == 1

    made = TeamMembership.objects.get(pk=key)
    like = TeamMembership(**given)
    same = [field.attname for field in TeamMembership._meta.concrete_fields if not field.attname.endswith("_at")]
    assert [getattr(made, name) for name in same] == [getattr(like, name) for name in same]
    assert TeamMembership.pgh_event_model.objects.filter(pgh_obj_id=key, pgh_label="insert").count() == 1


def test_the_table_gives_keys_that_are_not_named():
    names, rows = ["action", "subject_label", "changes"], [("update", HOSTILE, {}), ("update", "x", {"a": [1, None]})]

    insert_rows(AuditEntry, names, rows)

    first, second = AuditEntry.objects.filter(action="update").order_by("pk")
    assert (first.subject_label, first.via, second.changes) == (HOSTILE, "page", {"a": [1, None]})
    assert first.at is not None


def test_a_column_that_is_none_of_the_model_is_refused():
    with pytest.raises(KeyError):
        insert_rows(AuditEntry, ["action", "actor"], [("update", 1)])


def test_nothing_makes_nothing():
    assert insert_all([]) == []
    assert insert_rows(AuditEntry, ["action"], []) == 0
    assert new_keys(AuditEntry, 0) == []
    assert list(parts_of(range(5), 2)) == [[0, 1], [2, 3], [4]]
