"""What is past its time goes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from accounts.models import IdempotencyKey
from jobs.models import Job, Notification
from jobs.services.purge import drop_files, purge
from tests.factories.accounts import UserFactory
from tests.factories.jobs import EmailMessageFactory, JobFactory, NotificationFactory

pytestmark = pytest.mark.django_db

NOW = timezone.now()


def ago(**values: int):
    return NOW - timedelta(**values)


def test_jobs_go_after_ninety_days_and_the_systems_routine_after_two():
    JobFactory(state="succeeded", finished_at=ago(days=91))
    kept = [
        JobFactory(state="succeeded", finished_at=ago(days=89)),
        JobFactory(requested_by=None, state="dead", finished_at=ago(days=3)),
        JobFactory(created_at=ago(days=200)),
    ]
    JobFactory(requested_by=None, state="succeeded", finished_at=ago(days=3))

    assert purge(now=NOW)["jobs"] == 2
    assert set(Job.objects.all()) == set(kept)


def test_notifications_go_after_half_a_year():
    NotificationFactory(created_at=ago(days=181))
    kept = NotificationFactory(created_at=ago(days=179))

    purge(now=NOW)

    assert list(Notification.objects.all()) == [kept]


def test_a_mail_in_doubt_stays_until_somebody_decides():
    EmailMessageFactory(state="sent", created_at=ago(days=91))
    EmailMessageFactory(state="unknown", created_at=ago(days=91))

    assert purge(now=NOW)["emails"] == 1


def test_answers_to_repeated_calls_go_after_two_days():
    person = UserFactory()
    for hours in (47, 49):
        key = IdempotencyKey.objects.create(user=person, key=f"{hours}", body_digest="x")
        IdempotencyKey.objects.filter(pk=key.pk).update(created_at=ago(hours=hours))

    assert purge(now=NOW)["keys"] == 1


def test_files_go_after_a_day(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    for hours in (23, 25):
        job = JobFactory(state="succeeded", finished_at=ago(hours=hours), file_name="a.csv")
        job.file.save("a.csv", ContentFile(b"a"))

    assert drop_files(now=NOW) == 1
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 1
