"""Jobs and notifications through the REST door."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from accounts.services.tokens import create_token
from jobs import registry
from jobs.models import Job
from jobs.services import enqueue
from kcrm.lib.errors import TooMuchAtOnce
from tests.factories.accounts import UserFactory
from tests.factories.jobs import JobFactory, NotificationFactory

pytestmark = pytest.mark.django_db

JOBS = "/api/v1/jobs/"
NOTICES = "/api/v1/notifications/"


@pytest.fixture
def person(client: Client) -> User:
    person = UserFactory()
    client.force_login(person)
    return person


def bearer(user: User, *scopes: str, **options: Any) -> dict[str, str]:
    _token, secret = create_token(by=user, name="test", scopes=scopes, **options)
    return {"Authorization": f"Bearer {secret}"}


def _post(client: Client, path: str, headers: dict[str, str]) -> Any:
    return client.post(path, content_type="application/json", headers=headers)


def test_one_sees_ones_own_jobs_with_what_came_of_them(client, person):
    job = JobFactory(
        requested_by=person,
        title="Score %(name)s",
        title_values={"name": "QUICK-Stop"},
        state="succeeded",
        finished_at=timezone.now(),
        result={"rows": 91},
    )
    JobFactory()

    body = client.get(JOBS).json()

    assert body["count"] == 1
    assert (body["results"][0]["id"], body["results"][0]["title"]) == (job.pk, "Score QUICK-Stop")
    assert body["results"][0]["result"] == {"rows": 91}
    assert "args" not in body["results"][0]


def test_administrators_get_no_content_of_others_jobs(client):
    client.force_login(UserFactory(roles=["administrator"]))
    job = JobFactory(title="Score %(name)s", title_values={"name": "Secret Ltd"}, kind="jobs.purge", customer_id=7)
    Job.objects.filter(pk=job.pk).update(
        state="failed", finished_at=timezone.now(), error="Secret", result={"x": "Secret"}, progress_note="Secret"
    )

    answer = client.get(f"{JOBS}{job.pk}/")

    assert answer.json()["title"] == "Clear away what is past its time"
    assert answer.json()["state"] == "failed"
    assert {"result", "error", "progress_note", "file_name", "customer"}.isdisjoint(answer.json())
    assert b"Secret" not in answer.content


@pytest.mark.parametrize("act", ["", "cancel/", "retry/"])
def test_somebody_elses_job_is_not_there(client, person, act):
    job = JobFactory()
    path = f"{JOBS}{job.pk}/{act}"

    answer = client.post(path) if act else client.get(path)

    assert answer.status_code == 404
    job.refresh_from_db()
    assert job.state == "queued"


def test_cancelling_and_starting_again(client, person):
    job = JobFactory(requested_by=person)

    cancelled = client.post(f"{JOBS}{job.pk}/cancel/")
    again = client.post(f"{JOBS}{job.pk}/retry/")

    assert (cancelled.status_code, cancelled.json()["state"]) == (200, "cancelled")
    assert (again.status_code, again.json()["state"]) == (200, "queued")


def test_a_no_is_a_problem_with_its_sentence(client, person):
    job = JobFactory(requested_by=person, state="succeeded", finished_at=timezone.now())

    answer = client.post(f"{JOBS}{job.pk}/cancel/")

    assert answer.status_code == 422
    assert answer.json()["detail"] == "This job has already ended."


def test_a_repeated_call_gets_the_first_answer(client, person):
    job = JobFactory(requested_by=person)
    headers = {"Idempotency-Key": "cancel-1"}

    first, second = (_post(client, f"{JOBS}{job.pk}/cancel/", headers) for _turn in range(2))

    assert second.json() == first.json()
    assert second["Idempotent-Replay"] == "true"


def test_too_much_at_once_is_answered_with_wait(client, person, declare):
    from django.test import RequestFactory
    from rest_framework.request import Request

    from kcrm.lib.api.problems import handle

    kind = declare(lambda job: None, per_person=1)
    enqueue(kind=kind, by=person)
    with pytest.raises(TooMuchAtOnce) as refusal:
        enqueue(kind=kind, by=person)

    answer = handle(refusal.value, {"request": Request(RequestFactory().get("/"))})

    assert (answer.status_code, answer["Retry-After"]) == (429, "10")


def test_an_administrator_may_not_stop_somebody_elses_job(client):
    client.force_login(UserFactory(roles=["administrator"]))

    assert client.post(f"{JOBS}{JobFactory().pk}/cancel/").status_code == 403


def test_a_token_reads_jobs_and_stops_none(client):
    person = UserFactory()
    job = JobFactory(requested_by=person)
    headers = bearer(person, "accounts:read", "accounts:write")

    assert client.get(JOBS, headers=headers).json()["count"] == 1
    assert client.post(f"{JOBS}{job.pk}/cancel/", headers=headers).status_code == 403


def test_a_token_for_some_customers_sees_the_jobs_it_asked_for(client, declare):
    person = UserFactory()
    JobFactory(requested_by=person)
    headers = bearer(person, "accounts:read", customer_ids=[7])
    person.api_token = person.api_tokens.get()
    asked = enqueue(kind=declare(lambda job: None), by=person)

    assert [row["id"] for row in client.get(JOBS, headers=headers).json()["results"]] == [asked.pk]


def test_filters_are_the_pages_filters(client, person):
    JobFactory(requested_by=person)
    cancelled = JobFactory(requested_by=person, state="cancelled", finished_at=timezone.now())

    body = client.get(f"{JOBS}?state=cancelled").json()

    assert [row["id"] for row in body["results"]] == [cancelled.pk]
    assert client.get(f"{JOBS}?args=1").status_code == 400


def test_notifications_are_read_one_by_one_or_all(client, person):
    first = NotificationFactory(user=person, subject="Call %(name)s", values={"name": "Northwind"})
    NotificationFactory(user=person)
    NotificationFactory()

    told = client.get(f"{NOTICES}?unread=true").json()
    one = client.post(f"{NOTICES}{first.pk}/read/").json()
    rest = client.post(f"{NOTICES}read-all/").json()

    assert (told["count"], told["results"][1]["text"]) == (2, "Call Northwind")
    assert one["read_at"] is not None
    assert rest == {"read": 1}
    assert client.get(f"{NOTICES}?unread=true").json()["count"] == 0


def test_notifications_about_customers_out_of_sight_are_not_there(client, person, monkeypatch):
    monkeypatch.setattr(registry, "_customer_sight", [lambda user: User.objects.none().values("pk")])
    notice = NotificationFactory(user=person, customer_id=7)

    assert client.get(NOTICES).json()["count"] == 0
    assert client.post(f"{NOTICES}{notice.pk}/read/").status_code == 404


def test_the_list_costs_the_same_for_two_rows_and_for_fifty(client, person, django_assert_max_num_queries):
    JobFactory.create_batch(2, requested_by=person)
    with django_assert_max_num_queries(10) as few:
        client.get(JOBS)
    JobFactory.create_batch(48, requested_by=person)

    with django_assert_max_num_queries(len(few.captured_queries)):
        client.get(JOBS)
