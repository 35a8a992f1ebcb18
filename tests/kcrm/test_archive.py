"""The archive of a customer holds what the person may see, in the words of the REST interface, and not a field more."""

from __future__ import annotations

import zipfile

import orjson
import pytest
from django.utils import timezone

from accounts.models import AuditEntry
from jobs.models import Job
from kcrm.archive import resources_of_customers, write_archive
from kcrm.lib.errors import NotAllowed
from teams.models import TeamMembership
from tests.authz.seed import COST_MARKS, one_of_everything
from tests.running import run_jobs

pytestmark = pytest.mark.django_db


@pytest.fixture
def seed():
    return one_of_everything()


def archived(path, seed, person):
    write_archive(path, seed.customer, by=seed.people[person], now=timezone.now())
    with zipfile.ZipFile(path) as archive:
        return {
            name: [orjson.loads(line) for line in archive.read(name).splitlines()]
            if name.endswith("l")
            else archive.read(name)
            for name in archive.namelist()
        }


def test_every_resource_that_knows_customers_is_in_it(seed, tmp_path):
    found = archived(tmp_path / "a.zip", seed, "account_manager")

    assert {f"{name}.jsonl" for name, _resource in resources_of_customers()} < set(found)
    assert {"customers.jsonl", "sites.jsonl", "interactions.jsonl", "tasks.jsonl", "ledger-lines.jsonl"} < set(found)
    assert [row["name"] for row in found["customers.jsonl"]] == ["Canary Foods"]
    assert len(found["interactions.jsonl"]) == 1
    assert found[f"files/{seed.records['document'].pk}-{seed.records['document'].file_name}"] == b"text"
    assert AuditEntry.objects.filter(action="export", customer_id=seed.customer.pk).exists()


def test_it_equals_what_the_rest_interface_answers(client, seed, tmp_path):
    manager = seed.people["account_manager"]
    found = archived(tmp_path / "a.zip", seed, "account_manager")
    client.force_login(manager)

    for name, _resource in resources_of_customers():
        query = {} if name == "customers" else {"customer": seed.customer.pk}
        answer = client.get(f"/api/v1/{name}/", query | {"page_size": 200}).json()["results"]
        assert sorted(map(orjson.dumps, found[f"{name}.jsonl"])) == sorted(map(orjson.dumps, answer)), name


def test_costs_are_absent_for_who_may_not_read_them(seed, tmp_path):
    path = tmp_path / "a.zip"
    found = archived(path, seed, "account_manager")

    text = repr(found)
    assert not any(mark in text for mark in COST_MARKS)


@pytest.mark.parametrize("person", ["team_contributor", "team_reader", "finance", "programme_office"])
def test_who_may_not_export_gets_none(seed, tmp_path, person):
    with pytest.raises(NotAllowed):
        write_archive(tmp_path / "a.zip", seed.customer, by=seed.people[person], now=timezone.now())


def test_it_is_made_by_a_job_and_the_right_is_asked_again_at_the_door(client, seed):
    manager = seed.people["account_manager"]
    client.force_login(manager)
    page = client.post(f"/customers/{seed.customer.pk}/archive/")
    job = Job.objects.get(kind="customers.archive")
    assert page["Location"] == f"/jobs/{job.pk}/"

    run_jobs()

    job.refresh_from_db()
    assert job.state == "succeeded"
    assert client.get(f"/jobs/{job.pk}/file/").status_code == 200
    TeamMembership.objects.filter(user=manager).update(valid_to=timezone.localdate())
    assert client.get(f"/jobs/{job.pk}/file/").status_code in {403, 404}
