"""Statements that are written once answer as the ORM would, for any values, in any thread."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.db.models import CharField, F
from django.test.utils import CaptureQueriesContext

from accounts.models import SavedView, User
from kcrm.lib.prepared import Prepared, Slot
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db


def test_a_prepared_queryset_gives_models_dicts_and_tuples():
    ann, bob = UserFactory(full_name="Ann"), UserFactory(full_name="Bob")
    rows = User.objects.filter(pk=Slot("pk")).annotate(shown=F("full_name"))

    assert Prepared(rows).fetch(pk=ann.pk) == [ann]
    assert Prepared(rows).fetch(pk=bob.pk)[0].shown == "Bob"
    assert Prepared(rows.values("pk", "shown")).fetch(pk=ann.pk) == [{"pk": ann.pk, "shown": "Ann"}]
    assert Prepared(rows.values_list("full_name", flat=True)).first(pk=bob.pk) == "Bob"
    assert Prepared(rows).first(pk=0) is None


def test_models_come_with_what_was_selected_beside_them():
    view = SavedView.objects.create(owner=UserFactory(full_name="Ann"), list_key="people", name="Mine")
    prepared = Prepared(SavedView.objects.select_related("owner").filter(list_key=Slot("key", CharField())))

    with CaptureQueriesContext(connection) as captured:
        (found,) = prepared.fetch(key="people")
        assert found.owner.full_name == "Ann"

    assert found == view
    assert len(captured) == 1


def test_a_value_is_a_parameter_and_must_be_given():
    UserFactory()
    prepared = Prepared(User.objects.filter(full_name=Slot("name", CharField())))

    assert prepared.fetch(name="' OR true --") == []
    with pytest.raises(KeyError):
        prepared.fetch()


def test_what_can_match_nothing_asks_nothing():
    prepared = Prepared(User.objects.none())

    with CaptureQueriesContext(connection) as captured:
        assert prepared.fetch() == []

    assert prepared.is_empty
    assert len(captured) == 0


@pytest.mark.django_db(transaction=True)
def test_threads_share_a_statement_and_not_a_connection():
    users = [UserFactory() for _number in range(4)]
    prepared = Prepared(User.objects.filter(pk=Slot("pk")))

    def found(user: User) -> list[User]:
        try:
            return prepared.fetch(pk=user.pk)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(found, users)) == [[user] for user in users]
