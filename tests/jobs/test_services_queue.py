"""Asking for work, stopping it, asking again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from accounts.models import AuditEntry
from jobs import hints
from jobs.models import Job
from jobs.services import cancel_job, enqueue, retry_job
from kcrm.lib.errors import DomainError
from tests.factories.accounts import ApiTokenFactory, UserFactory
from tests.factories.jobs import JobFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(monkeypatch) -> list[int]:
    told: list[int] = []
    monkeypatch.setattr(hints, "send", lambda jobs: told.extend(job.pk for job in jobs))
    return told


@pytest.fixture
def kind(declare) -> str:
    return declare(lambda job: None)


def test_a_job_waits_with_what_it_needs_to_run(kind):
    person = UserFactory()

    job = enqueue(kind=kind, args={"a": 1}, by=person, title="Score %(name)s", title_values={"name": "B"}, total=9)

    stored = Job.objects.get(pk=job.pk)
    assert (stored.state, stored.args, stored.requested_by, stored.progress_total) == ("queued", {"a": 1}, person, 9)
    assert stored.heading == "Score B"


def test_the_hint_goes_out_after_the_commit(kind, sent, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        job = enqueue(kind=kind)
        assert sent == []

    assert sent == [job.pk]


def test_a_later_job_gets_no_hint_yet(kind, sent, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        job = enqueue(kind=kind, run_after=timezone.now() + timedelta(hours=1))

    assert sent == []
    assert not Job.objects.claimable().filter(pk=job.pk).exists()


def test_the_same_live_key_gives_the_same_row(kind, sent, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        first = enqueue(kind=kind, key="score:5")
        second = enqueue(kind=kind, key="score:5")

    assert second.pk == first.pk
    assert sent == [first.pk]


def test_the_key_of_a_finished_job_is_free_again(kind):
    first = enqueue(kind=kind, key="score:5")
    Job.objects.filter(pk=first.pk).update(state="succeeded", finished_at=timezone.now())

    assert enqueue(kind=kind, key="score:5").pk != first.pk


def test_a_kind_without_handler_is_refused():
    with pytest.raises(LookupError, match=r"tests\.nobody"):
        enqueue(kind="tests.nobody")


def test_one_person_has_no_more_live_jobs_of_a_kind_than_it_allows(declare):
    kind = declare(lambda job: None, per_person=1)
    person = UserFactory()
    enqueue(kind=kind, by=person)

    with pytest.raises(DomainError) as refusal:
        enqueue(kind=kind, by=person)

    assert refusal.value.code == "too_many_jobs"
    enqueue(kind=kind, by=UserFactory())


def test_a_job_asked_through_a_token_keeps_the_token(kind):
    token = ApiTokenFactory()
    token.owner.api_token = token

    assert enqueue(kind=kind, by=token.owner).api_token == token


def test_a_waiting_job_is_cancelled_at_once():
    job = JobFactory()

    cancel_job(job_id=job.pk, by=job.requested_by)

    job.refresh_from_db()
    assert job.state == "cancelled"
    assert AuditEntry.objects.get(subject_id=job.pk).changes == {"state": ["queued", "cancelled"]}


def test_a_running_job_is_asked_to_stop():
    job = JobFactory(state="running", lease_until=timezone.now())

    cancel_job(job_id=job.pk, by=job.requested_by)

    job.refresh_from_db()
    assert job.state == "running"
    assert job.cancel_requested_at is not None


def test_a_finished_job_cannot_be_cancelled():
    job = JobFactory(state="succeeded", finished_at=timezone.now())

    with pytest.raises(DomainError, match="already ended"):
        cancel_job(job_id=job.pk, by=job.requested_by)


@pytest.mark.parametrize("act", [cancel_job, retry_job])
def test_somebody_elses_job_does_not_exist(act):
    job = JobFactory()

    with pytest.raises(Job.DoesNotExist):
        act(job_id=job.pk, by=UserFactory())

    job.refresh_from_db()
    assert job.state == "queued"


@pytest.mark.parametrize("act", [cancel_job, retry_job])
def test_an_administrator_sees_somebody_elses_job_but_leaves_it_alone(act):
    job = JobFactory(state="dead", finished_at=timezone.now())

    with pytest.raises(PermissionDenied):
        act(job_id=job.pk, by=UserFactory(roles=["administrator"]))

    job.refresh_from_db()
    assert job.state == "dead"


def test_an_administrator_starts_a_job_of_the_system_again():
    job = JobFactory(requested_by=None, state="dead", finished_at=timezone.now())

    retry_job(job_id=job.pk, by=UserFactory(roles=["administrator"]))

    job.refresh_from_db()
    assert job.state == "queued"


def test_a_dead_job_starts_again_with_all_its_attempts():
    job = JobFactory(state="dead", finished_at=timezone.now(), attempts=5, error_kind="builtins.ValueError")

    retry_job(job_id=job.pk, by=job.requested_by)

    job.refresh_from_db()
    assert (job.state, job.attempts, job.error_kind, job.finished_at) == ("queued", 0, "", None)


def test_a_job_does_not_start_again_beside_its_successor():
    job = JobFactory(state="failed", finished_at=timezone.now(), key="score:5")
    JobFactory(key="score:5")

    with pytest.raises(DomainError, match="already waiting or running"):
        retry_job(job_id=job.pk, by=job.requested_by)


def test_a_succeeded_job_does_not_start_again():
    job = JobFactory(state="succeeded", finished_at=timezone.now())

    with pytest.raises(DomainError, match="failed or was stopped"):
        retry_job(job_id=job.pk, by=job.requested_by)
