"""While all jobs are held no worker takes one, and nothing is lost by it."""

from __future__ import annotations

import pytest

from accounts.models import AuditEntry
from jobs import hints
from jobs.models import EmailMessage, Hold, Job
from jobs.services import lifecycle, schedules
from jobs.services.hold import hold_jobs, release_jobs, stand_still_after_restore
from kcrm.lib.errors import NotAllowed
from tests.factories.accounts import UserFactory
from tests.factories.jobs import JobFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator():
    return UserFactory(roles=["administrator"])


def test_a_held_job_waits_and_is_taken_after_the_release(administrator):
    job = JobFactory()

    hold_jobs(by=administrator)
    assert lifecycle.claim(job_id=job.pk) is None
    assert Job.objects.get(pk=job.pk).attempts == 0

    assert release_jobs(by=administrator)
    assert lifecycle.claim(job_id=job.pk) is not None


def test_the_sweeper_tells_nobody_of_held_jobs(administrator, monkeypatch):
    JobFactory()
    told = []
    monkeypatch.setattr(hints, "waiting", lambda **options: 0)
    monkeypatch.setattr(hints, "send", lambda jobs, **options: told.extend(jobs) or len(jobs))

    hold_jobs(by=administrator)
    assert schedules.sweep() == 0
    release_jobs(by=administrator)

    assert schedules.sweep() == len(told) == 1


def test_holding_twice_is_holding_once_and_each_act_is_in_the_trail(administrator):
    first, second = hold_jobs(by=administrator), hold_jobs(by=administrator)
    release_jobs(by=administrator)

    assert first == second
    assert not release_jobs(by=administrator)
    assert AuditEntry.objects.filter(subject_type="jobs.hold").count() == 2


def test_only_administrators_hold_and_release():
    person = UserFactory(roles=["director"])

    with pytest.raises(NotAllowed):
        hold_jobs(by=person)
    stand_still_after_restore()
    with pytest.raises(NotAllowed):
        release_jobs(by=person)
    assert Hold.objects.exists()


def test_after_a_restore_old_mails_do_not_go_out():
    person = UserFactory()
    mails = [
        EmailMessage.objects.create(key=state, user=person, template="notice", subject="x", values={}, state=state)
        for state in ("queued", "sending", "sent")
    ]

    assert stand_still_after_restore() == 2

    assert [EmailMessage.objects.get(pk=mail.pk).state for mail in mails] == ["withdrawn", "withdrawn", "sent"]


def test_the_page_says_that_work_stands_still_and_lets_it_go_on(client, administrator):
    client.force_login(administrator)
    client.post("/system/hold/")
    page = client.get("/system/").content.decode()
    assert "All jobs stand still" in page

    client.post("/system/release/")

    assert not Hold.objects.exists()
    assert "All jobs stand still" not in client.get("/system/").content.decode()
