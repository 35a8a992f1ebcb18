"""The functions behind the history of rows: who did it is entered once, however many rows follow."""

from __future__ import annotations

import pghistory
import pytest
from django.db import connection, transaction
from pghistory.models import Context

from customers.models import Customer
from tests.factories.customers import CustomerFactory

pytestmark = pytest.mark.django_db


def source_of(function: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT prosrc FROM pg_proc WHERE proname = %s", [function])
        (source,) = cursor.fetchone()
    return source


@pytest.mark.parametrize("function", ["_pgh_attach_context", "_pgtrigger_should_ignore"])
def test_no_exception_is_caught_row_by_row(function: str) -> None:
    assert "EXCEPTION" not in source_of(function)


def test_rows_of_one_act_share_its_context() -> None:
    customers = CustomerFactory.create_batch(3)
    with pghistory.context(user=7) as act:
        Customer.objects.update(city="Graz")

    events = Customer.pgh_event_model.objects.filter(pgh_obj__in=customers, pgh_label="update")

    assert [event.pgh_context_id for event in events] == [act.id] * 3
    assert Context.objects.get(pk=act.id).metadata == {"user": 7}


def test_what_is_told_later_is_added() -> None:
    customer = CustomerFactory()
    with pghistory.context(user=7) as act:
        Customer.objects.filter(pk=customer.pk).update(city="Graz")
        pghistory.context(reason="moved")
        Customer.objects.filter(pk=customer.pk).update(city="Linz")

    assert Context.objects.get(pk=act.id).metadata == {"user": 7, "reason": "moved"}


def test_a_savepoint_taken_back_takes_the_mark_with_it() -> None:
    customer = CustomerFactory()
    with pghistory.context(user=7) as act:
        with transaction.atomic():
            Customer.objects.filter(pk=customer.pk).update(city="Graz")
            transaction.set_rollback(True)
        Customer.objects.filter(pk=customer.pk).update(city="Linz")

    assert Context.objects.filter(pk=act.id).exists()
