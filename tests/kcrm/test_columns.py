"""Columns read in binary are what the ORM would have read."""

from __future__ import annotations

import math
from datetime import date

import numpy as np
import pytest
from django.db.models import F, FloatField
from django.db.models.functions import Cast, Coalesce

from customers.models import Customer
from kcrm.lib.columns import DATE, FLOAT, WHOLE, columns_of
from tests.factories.customers import CustomerFactory

pytestmark = pytest.mark.django_db


def test_whole_numbers_floats_and_days_come_as_they_are() -> None:
    customers = [
        CustomerFactory(name="50 % off", cadence_days=7, last_interaction_on=date(1999, 12, 31)),
        CustomerFactory(name="Other", cadence_days=None, last_interaction_on=date(2026, 1, 31)),
    ]
    days = Coalesce(Cast("cadence_days", FloatField()), float("nan"), output_field=FloatField())
    rows = Customer.objects.order_by("pk").annotate(days=days)

    found = columns_of(rows, {"days": FLOAT, "pk": WHOLE, "last_interaction_on": DATE})

    assert found["pk"].tolist() == [customer.pk for customer in customers]
    assert found["last_interaction_on"].tolist() == [-1, 9_527]
    assert found["days"][0] == 7
    assert math.isnan(found["days"][1])
    assert found["pk"].dtype == np.int64


def test_parameters_stand_in_the_statement() -> None:
    customer = CustomerFactory(name="50 % 'off'")

    found = columns_of(Customer.objects.filter(name="50 % 'off'"), {"pk": WHOLE})

    assert found["pk"].tolist() == [customer.pk]


def test_no_rows_give_empty_columns() -> None:
    found = columns_of(Customer.objects.all(), {"pk": WHOLE, "last_interaction_on": DATE})

    assert [len(column) for column in found.values()] == [0, 0]


@pytest.mark.parametrize("names", [{"last_interaction_on": DATE}, {"pk": DATE}, {"pk": WHOLE, "cadence_days": WHOLE}])
def test_what_is_missing_or_of_another_kind_is_refused(names: dict[str, str]) -> None:
    CustomerFactory.create_batch(3, last_interaction_on=None, cadence_days=None)

    with pytest.raises(ValueError, match="missing or of another kind"):
        columns_of(Customer.objects.annotate(same=F("pk")), names)
