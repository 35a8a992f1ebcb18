"""Reminders come once, in the morning where the reader lives, and only about what he may see."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from accounts.models import User
from customers import tasks
from jobs.models import Notification
from jobs.reminders import reminder_sources
from jobs.services.reminders import remind
from teams.models import TeamMembership
from tests import personas
from tests.factories.activities import AgreementFactory, TaskFactory
from tests.factories.customers import CustomerFactory

pytestmark = pytest.mark.django_db


def told(key: str, now: datetime) -> int:
    return remind(key=key, source=reminder_sources()[key], now=now)


def test_a_due_task_is_told_once_in_the_morning_of_its_day_where_one_lives() -> None:
    customer = CustomerFactory()
    manager = personas.account_manager(customer)
    User.objects.filter(pk=manager.pk).update(time_zone="Asia/Shanghai")
    TaskFactory(customer=customer, assignee=manager, due_on=date(2026, 3, 10), title="Call back")

    before = told("task-due", datetime(2026, 3, 9, 22, 59, tzinfo=UTC))
    morning = told("task-due", datetime(2026, 3, 9, 23, 0, tzinfo=UTC))
    again = told("task-due", datetime(2026, 3, 10, 9, 0, tzinfo=UTC))

    assert (before, morning, again) == (0, 1, 0)
    assert Notification.objects.get().values["title"] == "Call back"


def test_done_dropped_and_old_tasks_are_not_told() -> None:
    now = datetime(2026, 3, 10, 12, tzinfo=UTC)
    TaskFactory(due_on=date(2026, 3, 10), state="dropped")
    TaskFactory(due_on=date(2026, 2, 1))
    TaskFactory(due_on=None)

    assert told("task-due", now) == 0


def test_the_owner_is_told_two_weeks_before_the_notice_day() -> None:
    customer = CustomerFactory()
    manager = personas.account_manager(customer)
    AgreementFactory(customer=customer, ends_on=date(2026, 5, 1), notice_days=30)

    early = told("agreement-notice", datetime(2026, 3, 17, 12, tzinfo=UTC))
    due = told("agreement-notice", datetime(2026, 3, 18, 12, tzinfo=UTC))

    assert (early, due) == (0, 1)
    assert Notification.objects.get().user == manager


def test_an_account_without_owner_reminds_nobody() -> None:
    AgreementFactory(ends_on=date(2026, 5, 1), notice_days=30)

    assert told("agreement-notice", datetime(2026, 3, 20, tzinfo=UTC)) == 0


def test_a_notice_about_a_customer_disappears_with_the_sight_of_him() -> None:
    customer = CustomerFactory()
    reader = personas.team_reader(customer)
    TaskFactory(customer=customer, assignee=reader, due_on=date(2026, 3, 10))
    told("task-due", datetime(2026, 3, 10, 12, tzinfo=UTC))
    before = Notification.objects.visible_to(reader).count()

    TeamMembership.objects.filter(user=reader).update(valid_to=date(2021, 1, 1))
    fresh = User.objects.get(pk=reader.pk)

    assert (before, Notification.objects.visible_to(fresh).count()) == (1, 0)
    assert set(tasks.NOTIFICATION_KINDS) == {
        "customers.task-assigned", "customers.team-joined", "customers.handed-over", "privacy.decide",
    }  # fmt: skip
