"""One job through a worker."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.db.models.functions import Now
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from jobs.models import Job, Notification
from jobs.runner import run_job
from jobs.services import cancel_job, enqueue
from kcrm.lib import context
from kcrm.lib.errors import DomainError
from tests.factories.accounts import ApiTokenFactory, UserFactory
from tests.running import run_jobs

pytestmark = pytest.mark.django_db


def run(job: Job) -> Job:
    run_job(job.pk, own_thread=False)
    job.refresh_from_db()
    return job


def test_the_result_and_the_progress_are_kept(declare):
    def work(job):
        job.progress(3, 4, "half")
        return {"rows": 3}

    job = run(enqueue(kind=declare(work)))

    assert (job.state, job.result, job.progress_done, job.progress_total, job.attempts) == (
        "succeeded",
        {"rows": 3},
        3,
        4,
        1,
    )
    assert job.finished_at is not None
    assert job.lease_until is None


def test_the_handler_works_as_the_person_in_his_language_and_zone(declare):
    seen = {}

    def work(job):
        seen.update(
            by=job.by,
            args=job.args,
            language=translation.get_language(),
            zone=timezone.get_current_timezone_name(),
            via=context.current().via,
        )

    person = UserFactory(language="zh-hans", time_zone="Asia/Shanghai")

    run(enqueue(kind=declare(work), args={"x": 1}, by=person))

    assert seen == {"by": person, "args": {"x": 1}, "language": "zh-hans", "zone": "Asia/Shanghai", "via": "job"}


def test_nothing_runs_for_somebody_who_left(declare):
    person = UserFactory()
    ran = []
    job = enqueue(kind=declare(lambda job: ran.append(1)), by=person)
    person.is_active = False
    person.save()

    run(job)

    assert ran == []
    assert (job.state, job.error) == ("failed", "The person who asked for this may no longer sign in.")


def test_nothing_runs_for_a_revoked_token(declare):
    token = ApiTokenFactory()
    token.owner.api_token = token
    job = enqueue(kind=declare(lambda job: None), by=token.owner)
    token.revoked_at = timezone.now()
    token.save()

    assert run(job).error == "The API token that asked for this is no longer valid."


def test_a_job_asked_through_a_token_has_no_more_rights_than_the_token(declare):
    token = ApiTokenFactory(customer_ids=[7])
    token.owner.api_token = token
    seen = []

    run(enqueue(kind=declare(lambda job: seen.append(job.by.api_token)), by=token.owner))

    assert seen == [token]


def test_a_no_ends_the_job_with_its_sentence_in_the_persons_language(declare):
    def work(job):
        raise DomainError(_("Enter a whole number."))

    job = run(enqueue(kind=declare(work), by=UserFactory(language="zh-hans")))

    assert (job.state, job.error, job.attempts) == ("failed", "输入整数。", 1)
    assert Notification.objects.get(user=job.requested_by).text == "Not done: Test work"


def test_a_missing_right_ends_the_job(declare):
    def work(job):
        raise PermissionDenied

    job = run(enqueue(kind=declare(work), by=UserFactory()))

    assert (job.state, job.error) == ("failed", "You may no longer do this.")


def test_an_error_is_tried_again_after_a_growing_pause(declare):
    def work(job):
        raise ValueError

    job = run(enqueue(kind=declare(work)))
    first_pause = job.run_after - timezone.now()
    Job.objects.filter(pk=job.pk).update(run_after=Now())
    run(job)

    assert (job.state, job.attempts, job.error_kind) == ("queued", 2, "builtins.ValueError")
    assert timedelta(seconds=2) < first_pause < timedelta(seconds=7)
    assert job.run_after - timezone.now() > timedelta(seconds=7)


def test_after_the_last_attempt_the_job_is_dead_and_people_know(declare):
    def work(job):
        raise ValueError

    person, administrator = UserFactory(), UserFactory(roles=["administrator"])
    job = enqueue(kind=declare(work), by=person)

    run_jobs(with_retries=True)

    job.refresh_from_db()
    assert (job.state, job.attempts) == ("dead", 5)
    assert Notification.objects.get(user=person).text == "Given up after several attempts: Test work"
    assert Notification.objects.get(user=administrator).text == "Jobs of the kind “Test work” were given up"


def test_an_error_that_no_retry_helps_kills_at_once(declare):
    def work(job):
        raise ValueError

    job = run(enqueue(kind=declare(work, retry_on=(OSError,))))

    assert (job.state, job.attempts) == ("dead", 1)


def test_a_cancelled_job_stops_where_it_looks_up(declare):
    steps = []

    def work(job):
        for step in range(10):
            steps.append(step)
            if step == 2:
                cancel_job(job_id=job.pk, by=job.by)
                job.beat()
            job.progress(step + 1, 10)

    job = run(enqueue(kind=declare(work), by=UserFactory()))

    assert steps == [0, 1, 2]
    assert (job.state, job.progress_done) == ("cancelled", 3)


def test_a_job_taken_over_is_not_finished_by_the_former_owner(declare):
    def work(job):
        Job.objects.filter(pk=job.pk).update(fence=job.fence + 1)
        return {"by": "the zombie"}

    job = run(enqueue(kind=declare(work)))

    assert (job.state, job.result) == ("running", None)


def test_a_transaction_of_the_former_owner_is_refused(declare):
    person = UserFactory()

    def work(job):
        Job.objects.filter(pk=job.pk).update(fence=job.fence + 1)
        with job.atomic():
            person.full_name = "written by a zombie"
            person.save()

    run(enqueue(kind=declare(work)))

    person.refresh_from_db()
    assert person.full_name != "written by a zombie"


def test_an_abandoned_job_is_taken_over_with_a_higher_fence(declare):
    job = enqueue(kind=declare(lambda job: {"attempt": job.attempt}))
    Job.objects.filter(pk=job.pk).update(
        state="running", attempts=1, fence=1, lease_until=Now() - timedelta(seconds=1), started_at=Now()
    )

    run(job)

    assert (job.state, job.result, job.fence) == ("succeeded", {"attempt": 2}, 2)


def test_a_job_abandoned_at_its_last_attempt_is_dead(declare):
    ran = []
    job = enqueue(kind=declare(lambda job: ran.append(1)))
    Job.objects.filter(pk=job.pk).update(
        state="running", attempts=5, fence=5, lease_until=Now() - timedelta(seconds=1), started_at=Now()
    )

    run(job)

    assert ran == []
    assert (job.state, job.error_kind) == ("dead", "WorkerLost")


def test_a_job_with_a_living_owner_is_left_alone(declare):
    ran = []
    job = enqueue(kind=declare(lambda job: ran.append(1)))
    Job.objects.filter(pk=job.pk).update(state="running", fence=1, lease_until=Now() + timedelta(seconds=20))

    assert run_job(job.pk) is None
    assert ran == []


def test_a_file_is_kept_under_a_name_that_nobody_can_guess(declare, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path

    def work(job):
        job.attach(ContentFile(b"a;b"), "errors of July.csv")

    job = run(enqueue(kind=declare(work)))

    assert job.file_name == "errors of July.csv"
    assert job.file.read() == b"a;b"
    assert "July" not in job.file.name
    assert job.file.name.endswith(".csv")


def test_the_file_of_a_failed_attempt_goes_with_the_next(declare, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path

    def work(job):
        if job.attempt == 1:
            job.attach(ContentFile(b"half"), "half.csv")
            raise ValueError

    job = enqueue(kind=declare(work))

    run_jobs(with_retries=True)

    job.refresh_from_db()
    assert (job.state, job.file.name) == ("succeeded", "")
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_heavy_work_announces_its_end(declare):
    person = UserFactory()

    run(enqueue(kind=declare(lambda job: None, heavy=True), by=person, title="Score %(n)s rows", title_values={"n": 9}))

    assert Notification.objects.get(user=person).text == "Done: Score 9 rows"
