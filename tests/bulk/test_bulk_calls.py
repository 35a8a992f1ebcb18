"""Bulk edits through REST: the same frozen rows, preview, job, conflicts and way back as on their pages."""

from __future__ import annotations

import pytest

from bulk.models import BulkEdit
from customers.models import Customer
from tests import personas
from tests.calls import Caller
from tests.factories.customers import CustomerFactory
from tests.running import run_jobs

pytestmark = pytest.mark.django_db


@pytest.fixture
def first() -> Customer:
    return CustomerFactory(name="First", region="North")


@pytest.fixture
def second(first) -> Customer:
    return CustomerFactory(name="Second", region="North", org_unit=first.org_unit)


@pytest.fixture
def caller(first) -> Caller:
    return Caller(personas.director(first))


def chosen(caller: Caller, *customers: Customer) -> int:
    answer = caller.post("bulk-edits/", {"list": "customers", "ids": [one.pk for one in customers]})
    assert answer.status_code == 201, answer.content
    return answer.json()["id"]


def test_rows_are_chosen_shown_changed_by_a_job_and_taken_back(caller, first, second):
    edit = chosen(caller, first, second)
    said = caller.post(f"bulk-edits/{edit}/change/", {"values": {"region": "South"}}, version=1)
    preview = caller.get(f"bulk-edits/{edit}/preview/").json()
    second.touch()
    started = caller.post(f"bulk-edits/{edit}/run/", version=2)
    run_jobs()

    done = caller.get(f"bulk-edits/{edit}/").json()
    left = caller.get(f"bulk-edits/{edit}/left/").json()
    caller.post(f"bulk-edits/{edit}/revert/", version=done["version"])
    run_jobs()
    first.refresh_from_db()

    assert (said.status_code, started.status_code, started.json()["state"]) == (200, 202, "running")
    assert (preview["changing"], preview["samples"][0]["changes"]) == (2, [["region", "North", "South"]])
    assert (done["changed"], done["refused"]) == (1, 1)
    assert left["refused"] == [{"label": "Second", "reason": "Somebody changed it after you chose it."}]
    assert (caller.get(f"bulk-edits/{edit}/").json()["state"], first.region) == ("reverted", "North")


def test_all_rows_of_a_filtered_list_are_chosen_by_its_address(caller, first, second):
    CustomerFactory(name="Third", industry="Steel", org_unit=first.org_unit)

    answer = caller.post("bulk-edits/", {"address": "/customers/?industry=steel"})

    assert (answer.status_code, answer.json()["count"]) == (201, 1)


def test_what_is_out_of_sight_is_not_chosen(caller, first):
    stranger = CustomerFactory()

    mixed = caller.post("bulk-edits/", {"list": "customers", "ids": [first.pk, stranger.pk]})
    strange = caller.post("bulk-edits/", {"list": "customers", "ids": [stranger.pk]})

    assert (mixed.json()["count"], strange.status_code) == (1, 422)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 400),
        ({"list": "customers"}, 400),
        ({"list": "nobody", "ids": [1]}, 400),
        ({"list": "customers", "ids": [1], "address": "/customers/"}, 400),
        ({"address": "/customers/?nothing=1"}, 400),
        ({"address": "//elsewhere.example/"}, 404),
        ({"address": "/nowhere/"}, 404),
        ({"address": "/bulk-edits/"}, 400),
    ],
)
def test_rows_that_cannot_be_chosen_are_refused(caller, body, status):
    assert caller.post("bulk-edits/", body).status_code == status
    assert not BulkEdit.objects.exists()


def test_values_that_cannot_be_are_refused_by_field(caller, first):
    edit = chosen(caller, first)

    unknown = caller.post(f"bulk-edits/{edit}/change/", {"values": {"nothing": 1}}, version=1)
    wrong = caller.post(f"bulk-edits/{edit}/change/", {"values": {"cadence_days": 0}}, version=1)
    none = caller.post(f"bulk-edits/{edit}/change/", {"values": {}}, version=1)
    stale = caller.post(f"bulk-edits/{edit}/change/", {"values": {"region": "South"}}, version=7)
    too_early = caller.post(f"bulk-edits/{edit}/run/", version=1)

    found = [one.status_code for one in (unknown, wrong, none, stale, too_early)]
    assert found == [400, 400, 400, 412, 422]
    assert wrong.json()["errors"][0]["field"] == "cadence_days"
    assert "region" in {one["name"] for one in caller.get(f"bulk-edits/{edit}/fields/").json()}


def test_an_edit_is_its_makers_alone_and_no_token_makes_one(caller, first):
    edit = chosen(caller, first)
    manager = personas.account_manager(first)
    token = Caller.by_token(manager, "accounts:read", "accounts:write")

    assert Caller(manager).get(f"bulk-edits/{edit}/").status_code == 404
    assert Caller(manager).post(f"bulk-edits/{edit}/run/", version=1).status_code == 404
    assert token.post("bulk-edits/", {"list": "customers", "ids": [first.pk]}).status_code == 403
    assert Caller(personas.auditor()).post("bulk-edits/", {"list": "customers", "ids": [first.pk]}).status_code == 403
