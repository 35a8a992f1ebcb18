"""People are told once, in their language, in the way they chose."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from jobs import registry
from jobs import reminders as reminder_registry
from jobs.models import EmailMessage, Job, Notification
from jobs.notices import JOB_DONE, JOB_GIVEN_UP
from jobs.reminders import Reminder
from jobs.selectors.notifications import unread_count
from jobs.services import notify, notify_many
from jobs.services.notifications import Notice, choose_channels, mark_all_read, mark_read
from jobs.services.reminders import remind
from tests.factories.accounts import UserFactory
from tests.factories.jobs import NotificationFactory

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)


@pytest.fixture
def sight(monkeypatch):
    """Customers whose ids are those of users, of which everybody sees himself only."""
    monkeypatch.setattr(registry, "_customer_sight", [lambda user: User.objects.filter(pk=user.pk).values("pk")])


def test_the_same_key_tells_the_same_person_once():
    first, second = UserFactory(), UserFactory()

    for person in (first, first, second):
        notify(user=person, kind=JOB_DONE, key="plan-7", subject="Plan approved")

    assert Notification.objects.filter(user=first).count() == 1
    assert Notification.objects.filter(user=second).count() == 1


def test_a_kind_that_no_app_declares_is_refused():
    with pytest.raises(LookupError):
        notify(user=UserFactory(), kind="tests.nobody", key="x", subject="x")


def test_a_sentence_is_put_into_words_when_it_is_read():
    notice = notify(
        user=UserFactory(),
        kind=JOB_DONE,
        key="x",
        subject=_("Enter a whole number."),
    )

    with translation.override("zh-hans"):
        assert notice.text == "输入整数。"
    with translation.override("en"):
        assert notice.text == "Enter a whole number."


def test_values_are_formatted_when_they_are_read():
    notice = notify(
        user=UserFactory(),
        kind=JOB_DONE,
        key="x",
        subject="%(amount)s until %(day)s: %(what)s",
        params={"amount": Decimal("1234.50"), "day": date(2026, 12, 1), "what": _("Enter a whole number.")},
    )
    notice.refresh_from_db()

    with translation.override("zh-hans"):
        assert notice.text == "1,234.50 until 2026年12月1日: 输入整数。"


def test_a_sentence_without_its_values_stands_as_it_is():
    notice = notify(user=UserFactory(), kind=JOB_DONE, key="x", subject="%(a)s and %(b)s", params={"a": 1})

    assert notice.text == "%(a)s and %(b)s"


def test_urgent_news_goes_out_by_mail_at_once():
    notice = notify(user=UserFactory(), kind=JOB_GIVEN_UP, key="x", subject="Given up", urgent=True)

    assert notice.message.state == "queued"
    assert Job.objects.get().args == {"email": notice.message.pk}


def test_other_news_waits_for_the_digest():
    notice = notify(user=UserFactory(), kind=JOB_GIVEN_UP, key="x", subject="Given up")

    assert (notice.email, notice.message, EmailMessage.objects.count()) == ("digest", None, 0)


def test_who_wants_no_mail_gets_none_however_urgent():
    person = UserFactory()
    choose_channels(kind=JOB_GIVEN_UP, in_app=False, email="off", by=person)

    notice = notify(user=person, kind=JOB_GIVEN_UP, key="x", subject="Given up", urgent=True)

    assert (notice.in_app, notice.email, notice.message) == (False, "off", None)
    assert unread_count(person) == 0


def test_many_at_once_skip_what_is_known():
    person = UserFactory()
    notify(user=person, kind=JOB_DONE, key="1", subject="x")
    notices = [Notice(person, JOB_DONE, key, "x") for key in ("1", "2", "3", "3")]

    assert notify_many(notices) == 2
    assert Notification.objects.count() == 3


def test_who_may_no_longer_see_the_customer_no_longer_sees_the_news(sight):
    person, other = UserFactory(), UserFactory()
    mine = NotificationFactory(user=person, customer_id=person.pk)
    NotificationFactory(user=person, customer_id=other.pk)
    about_nobody = NotificationFactory(user=person)

    assert set(Notification.objects.visible_to(person)) == {mine, about_nobody}
    assert unread_count(person) == 2


def test_out_of_sight_is_not_there_to_be_read(sight):
    notice = NotificationFactory(customer_id=UserFactory().pk)

    with pytest.raises(Notification.DoesNotExist):
        mark_read(notification_id=notice.pk, by=notice.user)


def test_reading_all_leaves_others_alone():
    notice, other = NotificationFactory(), NotificationFactory()

    assert mark_all_read(by=notice.user) == 1

    other.refresh_from_db()
    assert other.read_at is None


def test_a_due_reminder_is_told_once(monkeypatch):
    monkeypatch.setattr(reminder_registry, "_sources", {})
    person = UserFactory()

    @reminder_registry.reminder_source("tests.task-due", "Task due")
    def source(now):
        yield Reminder(person, "task-1", NOW, "Due: %(what)s", {"what": "Call"})
        yield Reminder(person, "task-2", NOW + timedelta(days=1), "Later")

    told = [remind(key="tests.task-due", source=source, now=NOW) for _turn in range(3)]

    assert told == [1, 0, 0]
    assert Notification.objects.get().text == "Due: Call"


def test_a_moved_reminder_is_told_again():
    person = UserFactory()

    for due_at in (NOW, NOW + timedelta(hours=1)):
        remind(key=JOB_DONE, source=lambda now, due=due_at: [Reminder(person, "task-1", due, "x")], now=due_at)

    assert Notification.objects.count() == 2


def test_who_left_is_reminded_of_nothing():
    person = UserFactory(is_active=False)

    assert remind(key=JOB_DONE, source=lambda now: [Reminder(person, "a", NOW, "x")], now=NOW) == 0


def test_a_source_that_fails_does_not_hold_up_the_others(monkeypatch):
    from jobs.runner import run_job
    from jobs.services import enqueue

    person = UserFactory()

    def broken(now):
        raise ValueError

    def good(now):
        yield Reminder(person, "a", timezone.now() - timedelta(minutes=1), "x")

    monkeypatch.setattr(reminder_registry, "_sources", {JOB_DONE: broken, JOB_GIVEN_UP: good})

    job = run_job(enqueue(kind="jobs.reminders").pk, own_thread=False)

    assert job.state == "queued"
    assert Notification.objects.count() == 1
