"""The outbox: nothing is sent twice, nothing vanishes."""

from __future__ import annotations

import smtplib
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core import mail as outbox
from django.core.mail.backends.locmem import EmailBackend

from accounts.models import AuditEntry, User
from jobs import registry
from jobs.models import EmailMessage, Job, Notification
from jobs.notices import JOB_GIVEN_UP
from jobs.services import notify
from jobs.services.digests import people_for_digest, queue_digest
from jobs.services.emails import accept_as_sent, message_identifier, queue_email, send_again
from kcrm.lib.errors import DomainError, NotAllowed
from tests.factories.accounts import UserFactory
from tests.factories.jobs import EmailMessageFactory, NotificationFactory
from tests.running import run_jobs

pytestmark = pytest.mark.django_db


@pytest.fixture
def server(monkeypatch):
    """`server(error, at)` makes the mail server raise the error when the line is opened or a mail is sent."""

    def break_it(error: Exception, at: str = "send_messages") -> None:
        def fail(*args):
            raise error

        monkeypatch.setattr(EmailBackend, at, fail)

    return break_it


def urgent(person: User, key: str = "x", **values) -> Notification:
    return notify(
        user=person, kind=JOB_GIVEN_UP, key=key, subject="Given up: %(n)s", params={"n": 3}, urgent=True, **values
    )


def test_urgent_news_is_sent_in_the_readers_language():
    person = UserFactory(full_name="Zhang Wei", language="zh-hans")
    notice = notify(
        user=person, kind=JOB_GIVEN_UP, key="x", subject="Enter a whole number.", url="/jobs/9/", urgent=True
    )

    run_jobs()

    [letter] = outbox.outbox
    assert letter.subject == "输入整数。"
    assert letter.to == [f"Zhang Wei <{person.email}>"]
    assert "http://localhost:8000/jobs/9/" in letter.body
    assert 'lang="zh-hans"' in letter.alternatives[0].content
    notice.message.refresh_from_db()
    assert notice.message.state == "sent"
    assert notice.message.sent_at is not None


def test_the_message_id_follows_from_the_key():
    urgent(UserFactory())

    run_jobs()

    [letter] = outbox.outbox
    assert letter.extra_headers["Message-ID"] == message_identifier(EmailMessage.objects.get().key)


def test_running_the_job_again_sends_nothing_again():
    urgent(UserFactory())
    run_jobs()
    Job.objects.update(state="queued", finished_at=None)

    run_jobs()

    assert len(outbox.outbox) == 1


def test_one_key_is_one_mail():
    person = UserFactory()

    mails = {queue_email(key="x", user=person, template="notification", subject="x").pk for _turn in range(3)}

    assert len(mails) == 1
    assert Job.objects.count() == 1


def test_a_mail_server_that_is_away_is_tried_again(server, monkeypatch):
    urgent(UserFactory())
    server(ConnectionRefusedError(), at="open")

    run_jobs()
    assert EmailMessage.objects.get().state == "queued"
    monkeypatch.undo()
    run_jobs(with_retries=True)

    assert EmailMessage.objects.get().state == "sent"
    assert len(outbox.outbox) == 1


def test_a_mail_that_cannot_be_sent_at_all_fails_and_starts_no_flood(server):
    UserFactory(roles=["administrator"])
    urgent(UserFactory())
    server(ConnectionRefusedError(), at="open")

    run_jobs(with_retries=True)

    assert EmailMessage.objects.get().state == "failed"
    assert Job.objects.get().state == "dead"
    assert Notification.objects.filter(kind=JOB_GIVEN_UP, email="off").count() == 1


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (smtplib.SMTPServerDisconnected(), "unknown"),
        (TimeoutError(), "unknown"),
        (smtplib.SMTPDataError(554, b"no"), "failed"),
        (smtplib.SMTPRecipientsRefused({"a@example.com": (550, b"no such person")}), "failed"),
        (smtplib.SMTPDataError(451, b"later"), "queued"),
        (smtplib.SMTPRecipientsRefused({"a@example.com": (450, b"later")}), "queued"),
    ],
)
def test_what_the_mail_server_says_decides(server, error, state):
    urgent(UserFactory())
    server(error)

    run_jobs()

    assert EmailMessage.objects.get().state == state


def test_a_crash_between_server_and_commit_is_left_to_a_person():
    urgent(UserFactory())
    EmailMessage.objects.update(state="sending")

    run_jobs()

    assert EmailMessage.objects.get().state == "unknown"
    assert outbox.outbox == []


def test_who_left_gets_no_mail():
    person = UserFactory()
    urgent(person)
    person.is_active = False
    person.save()

    run_jobs()

    assert EmailMessage.objects.get().state == "withdrawn"
    assert outbox.outbox == []


def test_who_may_no_longer_see_the_customer_gets_no_mail_about_it(monkeypatch):
    person = UserFactory()
    urgent(person, customer_id=7)
    monkeypatch.setattr(registry, "_customer_sight", [lambda user: User.objects.none().values("pk")])

    run_jobs()

    assert EmailMessage.objects.get().state == "withdrawn"
    assert outbox.outbox == []


def test_a_name_with_line_breaks_smuggles_no_header():
    person = UserFactory(full_name="Eve\r\nBcc: all@example.com")
    urgent(person)

    run_jobs()

    [letter] = outbox.outbox
    assert letter.message()["Bcc"] is None
    assert letter.recipients() == letter.to


def test_a_person_decides_about_a_mail_in_doubt():
    administrator = UserFactory(roles=["administrator"])
    again, left = EmailMessageFactory(state="unknown"), EmailMessageFactory(state="failed")

    send_again(email_id=again.pk, by=administrator)
    accept_as_sent(email_id=left.pk, by=administrator)
    run_jobs()

    again.refresh_from_db()
    left.refresh_from_db()
    assert (again.state, left.state, len(outbox.outbox)) == ("sent", "withdrawn", 1)
    assert AuditEntry.objects.filter(actor=administrator, action="approve").count() == 2


def test_others_do_not_decide():
    mail = EmailMessageFactory(state="unknown")

    with pytest.raises(NotAllowed):
        send_again(email_id=mail.pk, by=UserFactory())

    mail.refresh_from_db()
    assert mail.state == "unknown"


def test_a_sent_mail_is_not_sent_again():
    with pytest.raises(DomainError):
        send_again(email_id=EmailMessageFactory(state="sent").pk, by=UserFactory(roles=["administrator"]))


def test_the_digest_comes_after_half_past_seven_where_the_person_lives():
    berlin, shanghai = UserFactory(time_zone="Europe/Berlin"), UserFactory(time_zone="Asia/Shanghai")
    for person in (berlin, shanghai):
        NotificationFactory(user=person)
    NotificationFactory(user=UserFactory(time_zone="Asia/Shanghai"), email="off")

    early, late = (list(people_for_digest(datetime(2026, 11, 21, hour, 31, tzinfo=UTC))) for hour in (5, 6))

    assert early == [(shanghai, date(2026, 11, 21))]
    assert late == [(berlin, date(2026, 11, 21)), (shanghai, date(2026, 11, 21))]


def test_a_time_zone_that_nobody_knows_costs_nobody_his_digest():
    person = UserFactory(time_zone="Mars/Olympus")
    NotificationFactory(user=person)

    assert [found for found, _day in people_for_digest(datetime(2026, 11, 21, 9, tzinfo=UTC))] == [person]


def test_the_digest_tells_what_is_unread_once():
    person = UserFactory()
    NotificationFactory(user=person, subject="First")
    NotificationFactory(user=person, subject="Second", url="/jobs/")
    NotificationFactory(user=person, subject="Read", read_at=datetime(2026, 11, 21, tzinfo=UTC))
    day = date(2026, 11, 21)

    queue_digest(user=person, day=day)
    run_jobs()
    NotificationFactory(user=person, subject="Later")
    queue_digest(user=person, day=day)
    run_jobs()

    [letter] = outbox.outbox
    assert letter.subject == "Your day: 2 new"
    assert "First" in letter.body
    assert "Second" in letter.body
    assert "Read" not in letter.body


def test_what_comes_after_the_digest_waits_for_the_next_morning():
    person = UserFactory()
    day = date(2026, 11, 21)
    NotificationFactory(user=person)
    queue_digest(user=person, day=day)
    NotificationFactory(user=person, subject="Later")

    queue_digest(user=person, day=day + timedelta(days=1))
    run_jobs()

    assert len(outbox.outbox) == 2
    assert "Later" in outbox.outbox[1].body


def test_no_news_is_no_mail():
    assert queue_digest(user=UserFactory(), day=date(2026, 11, 21)) is None
