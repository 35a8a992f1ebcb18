"""Pages about jobs, notifications and the system's health, over HTTP."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone

from jobs.models import Job, Notification, NotificationSetting
from jobs.notices import JOB_DONE
from jobs.services import enqueue, notify, schedules
from tests.factories.accounts import UserFactory
from tests.factories.jobs import EmailMessageFactory, JobFactory, NotificationFactory
from tests.running import run_jobs

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}


@pytest.fixture
def person(client):
    person = UserFactory()
    client.force_login(person)
    return person


@pytest.fixture
def administrator(client):
    administrator = UserFactory(roles=["administrator"])
    client.force_login(administrator)
    return administrator


def job_url(job: Job, act: str = "detail") -> str:
    return reverse(f"jobs:job-{act}", args=[job.pk])


def test_the_list_shows_ones_own_jobs_only(client, person):
    JobFactory(requested_by=person, title="Score my customers")
    JobFactory(title="Score the others")

    page = client.get(reverse("jobs:job-list")).content.decode()

    assert "Score my customers" in page
    assert "Score the others" not in page
    assert "1 job is under way." in page


def test_an_administrator_sees_that_others_jobs_exist_but_not_what_they_are_about(client, administrator):
    job = JobFactory(title="Score %(name)s", title_values={"name": "Secret Ltd"}, args={"canary": "Secret Ltd"})
    Job.objects.filter(pk=job.pk).update(
        state="failed", finished_at=timezone.now(), error="Secret Ltd is gone", result={"canary": "Secret Ltd"}
    )

    pages = client.get(reverse("jobs:job-list")), client.get(job_url(job))

    assert [page.status_code for page in pages] == [200, 200]
    assert not any("Secret" in page.content.decode() for page in pages)


def test_the_systems_routine_does_not_drown_the_list(client, administrator):
    JobFactory(requested_by=None, kind="jobs.pulse", state="succeeded", finished_at=timezone.now())
    JobFactory(requested_by=None, kind="jobs.purge", state="dead", finished_at=timezone.now())

    page = client.get(reverse("jobs:job-list")).content.decode()

    assert "Clear away what is past its time</a>" in page
    assert "Show that the workers live</a>" not in page


def test_the_list_costs_the_same_for_two_rows_and_for_fifty(client, person, django_assert_max_num_queries):
    JobFactory.create_batch(2, requested_by=person)
    with django_assert_max_num_queries(12) as few:
        client.get(reverse("jobs:job-list"))
    JobFactory.create_batch(48, requested_by=person)

    with django_assert_max_num_queries(len(few.captured_queries)):
        client.get(reverse("jobs:job-list"))


def test_a_running_job_shows_its_progress_and_asks_again(client, person):
    job = JobFactory(
        requested_by=person,
        state="running",
        started_at=timezone.now() - timedelta(seconds=30),
        lease_until=timezone.now() + timedelta(seconds=30),
        progress_done=60,
        progress_total=900,
        progress_note="Customer 60",
    )

    page = client.get(job_url(job), headers=HTMX).content.decode()

    assert "60 of 900" in page
    assert "2 a second" in page
    assert "About 7 min left" in page
    assert "Customer 60" in page
    assert 'hx-trigger="every 2s"' in page
    assert "<html" not in page


def test_a_finished_job_asks_no_more(client, person, declare):
    job = enqueue(kind=declare(lambda job: {"rows": 91}, labels={"rows": "Rows"}), by=person)
    run_jobs()

    page = client.get(job_url(job)).content.decode()

    assert "every 2s" not in page
    assert "<dt>Rows</dt><dd>91</dd>" in page
    assert "<html" in page


def test_an_error_is_shown_as_a_number_and_never_as_a_trace(client, person, declare):
    def work(job):
        raise ValueError("canary")

    job = enqueue(kind=declare(work, max_attempts=1), by=person)
    run_jobs()

    page = client.get(job_url(job)).content.decode()

    assert f"job {job.pk}" in page
    assert "canary" not in page
    assert "ValueError" not in page


@pytest.mark.parametrize("act", ["detail", "file"])
def test_somebody_elses_job_is_not_found(client, person, act):
    assert client.get(job_url(JobFactory(), act)).status_code == 404


@pytest.mark.parametrize("act", ["cancel", "retry"])
def test_somebody_elses_job_cannot_be_touched(client, person, act):
    job = JobFactory()

    assert client.post(job_url(job, act)).status_code == 404

    job.refresh_from_db()
    assert job.state == "queued"


def test_cancelling_on_the_page_stops_the_job(client, person):
    job = JobFactory(requested_by=person)

    answer = client.post(job_url(job, "cancel"), follow=True)

    job.refresh_from_db()
    assert job.state == "cancelled"
    assert "The job stops." in answer.content.decode()


def test_a_no_is_said_on_the_page(client, person):
    job = JobFactory(requested_by=person, state="succeeded", finished_at=timezone.now())

    assert "already ended" in client.post(job_url(job, "cancel"), follow=True).content.decode()


def test_nothing_changes_by_a_get(client, person):
    job = JobFactory(requested_by=person)

    assert client.get(job_url(job, "cancel")).status_code == 405

    job.refresh_from_db()
    assert job.state == "queued"


def test_the_file_comes_as_an_attachment(client, person, declare, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    job = enqueue(kind=declare(lambda job: job.attach(ContentFile(b"a;b"), "Fehler.csv")), by=person)
    run_jobs()

    answer = client.get(job_url(job, "file"))

    assert b"".join(answer.streaming_content) == b"a;b"
    assert answer["Content-Disposition"] == 'attachment; filename="Fehler.csv"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]


def test_the_right_to_the_file_is_asked_when_it_is_fetched(client, person, declare, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    kind = declare(lambda job: job.attach(ContentFile(b"a"), "a.csv"), may_download=lambda user, job: False)
    job = enqueue(kind=kind, by=person)
    run_jobs()

    assert client.get(job_url(job, "file")).status_code == 403


def test_notifications_are_listed_until_they_are_read(client, person):
    notice = NotificationFactory(user=person, subject="Call Northwind", url="/jobs/")
    NotificationFactory(subject="Call somebody else")
    url = reverse("jobs:notification-list")

    before = client.get(url).content.decode()
    answer = client.post(reverse("jobs:notification-read", args=[notice.pk]), {"open": "1"})
    after, everything = client.get(url).content.decode(), client.get(f"{url}?all=1").content.decode()

    assert "Call Northwind" in before
    assert "Call somebody else" not in before
    assert answer.url == "/jobs/"
    assert "Call Northwind" not in after
    assert "Call Northwind" in everything


def test_the_bell_counts_what_is_unread(client, person):
    NotificationFactory.create_batch(3, user=person)

    bell = client.get(reverse("jobs:notification-bell")).content.decode()

    assert "Notifications, 3 unread" in bell
    assert "<html" not in bell


def test_somebody_elses_notification_is_not_found(client, person):
    notice = NotificationFactory()

    assert client.post(reverse("jobs:notification-read", args=[notice.pk])).status_code == 404

    notice.refresh_from_db()
    assert notice.read_at is None


def test_what_came_after_the_page_was_drawn_stays_unread(client, person):
    shown = NotificationFactory(user=person)
    later = NotificationFactory(user=person)

    client.post(reverse("jobs:notification-read-all"), {"newest": shown.pk})

    assert list(Notification.objects.visible_to(person).unread()) == [later]


def test_choosing_what_reaches_one(client, person):
    url = reverse("jobs:notification-settings")
    page = client.get(url)
    data = {f"{form.prefix}-{name}": form.initial[name] for form in page.context["forms"] for name in form.fields}
    data = {name: value for name, value in data.items() if value is not False} | {f"{JOB_DONE}-email": "now"}

    client.post(url, data)

    assert list(NotificationSetting.objects.values_list("user", "kind", "in_app", "email")) == [
        (person.pk, JOB_DONE, True, "now")
    ]


def test_a_choice_that_does_not_exist_is_refused(client, person):
    answer = client.post(reverse("jobs:notification-settings"), {f"{JOB_DONE}-email": "by pigeon"})

    assert answer.status_code == 422
    assert not NotificationSetting.objects.exists()


def test_the_systems_health_is_for_administrators(client, person):
    assert client.get(reverse("jobs:system-health")).status_code == 403


def test_the_systems_health_names_what_is_wrong(client, administrator):
    JobFactory(requested_by=None, kind="jobs.purge", state="dead", finished_at=timezone.now(), error_kind="OSError")
    EmailMessageFactory(state="unknown")

    page = client.get(reverse("jobs:system-health")).content.decode()

    assert "The scheduler is silent" in page
    assert "Clear away what is past its time" in page
    assert "perhaps sent" in page


def test_administrators_are_warned_on_every_page_while_no_scheduler_leads(client, administrator):
    silent = client.get(reverse("jobs:job-list")).content.decode()
    schedules.beat(name="scheduler")
    alive = client.get(reverse("jobs:job-list")).content.decode()

    assert "The scheduler is silent" in silent
    assert "The scheduler is silent" not in alive


def test_others_are_not_bothered_with_the_scheduler(client, person):
    assert "The scheduler is silent" not in client.get(reverse("jobs:job-list")).content.decode()


def test_an_administrator_decides_about_a_mail_in_doubt(client, administrator):
    mail = EmailMessageFactory(state="unknown")

    client.post(reverse("jobs:email-send-again", args=[mail.pk]))

    mail.refresh_from_db()
    assert mail.state == "queued"
    assert Job.objects.filter(key=f"email:{mail.pk}").exists()


def test_others_do_not_decide_about_mails(client, person):
    mail = EmailMessageFactory(state="unknown")

    assert client.post(reverse("jobs:email-leave", args=[mail.pk])).status_code == 403

    mail.refresh_from_db()
    assert mail.state == "unknown"


def test_notices_link_to_the_job(client, person):
    notify(user=person, kind=JOB_DONE, key="x", subject="Done: %(title)s", params={"title": "Scoring"}, url="/jobs/")

    assert "Done: Scoring" in client.get(reverse("jobs:notification-list")).content.decode()
