"""The archive of a customer is asked for through REST and fetched as the file of its job."""

from __future__ import annotations

import pytest

from tests import personas
from tests.calls import Caller
from tests.factories.customers import CustomerFactory
from tests.running import run_jobs

pytestmark = pytest.mark.django_db


def test_who_may_carry_a_customer_away_gets_its_archive():
    customer = CustomerFactory()
    caller = Caller(personas.account_manager(customer))

    asked = caller.post(f"customers/{customer.pk}/archive/")
    run_jobs()
    file = caller.get(f"jobs/{asked.json()['job']}/file/")

    assert (asked.status_code, file.status_code) == (202, 200)
    assert b"".join(file.streaming_content).startswith(b"PK")


def test_who_only_reads_it_a_token_and_a_stranger_get_none():
    customer = CustomerFactory()
    address, manager = f"customers/{customer.pk}/archive/", personas.account_manager(customer)

    assert Caller(personas.team_reader(customer)).post(address).status_code == 403
    assert Caller.by_token(manager, "accounts:read", "accounts:write").post(address).status_code == 403
    assert Caller(personas.outsider()).post(address).status_code == 404
