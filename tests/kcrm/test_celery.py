"""A lost worker or broker loses no work and holds up no page."""

from __future__ import annotations

import time

import pytest
from celery import shared_task
from kombu.exceptions import OperationalError

from kcrm.celery import app, broker_url


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("task_acks_late", True),
        ("task_reject_on_worker_lost", True),
        ("worker_prefetch_multiplier", 1),
        ("task_ignore_result", True),
        ("accept_content", ["json"]),
        ("broker_connection_retry_on_startup", True),
        ("broker_connection_max_retries", None),
    ],
)
def test_a_message_outlives_its_worker(setting: str, value: object) -> None:
    assert app.conf[setting] == value


def test_a_hint_reaches_the_queue_it_was_sent_to_and_no_other() -> None:
    queues = app.amqp.queues
    with app.connection_for_write("memory://localhost") as connection:
        for queue in queues.values():
            queue(connection.default_channel).declare()
            connection.default_channel.queue_purge(queue.name)  # the memory is shared by the whole suite

        app.send_task("jobs.run", args=[1], queue="kcrm-heavy", connection=connection)

        waiting = {name: connection.default_channel.queue_declare(name, passive=True).message_count for name in queues}
        for name in queues:
            connection.default_channel.queue_purge(name)
    assert waiting == {"kcrm": 0, "kcrm-heavy": 1}


def test_a_message_is_not_given_out_twice_while_it_is_worked_on() -> None:
    longest = max(task.time_limit or app.conf.task_time_limit for task in app.tasks.values())

    assert app.conf.broker_transport_options["visibility_timeout"] > 2 * longest


@pytest.mark.parametrize("address", ["redis://127.0.0.1:1/0", "redis+socket:///nonexistent/redis.sock"])
def test_a_lost_broker_holds_up_nobody(address: str) -> None:
    began = time.monotonic()

    with pytest.raises(OperationalError), app.connection_for_write(address) as connection:
        app.send_task("jobs.run", args=[1], connection=connection)

    assert time.monotonic() - began < 2


def test_shared_tasks_belong_to_this_app() -> None:
    @shared_task(name="tests.nothing")
    def nothing() -> None:
        """A task of no consequence."""

    assert nothing.app.main == "kcrm"


@pytest.mark.parametrize(
    ("redis", "celery"),
    [
        ("redis://:secret@redis:6379/0", "redis://:secret@redis:6379/0"),
        ("unix:///data/run/redis.sock?db=0", "redis+socket:///data/run/redis.sock?virtual_host=0"),
        ("unix:///data/run/redis.sock", "redis+socket:///data/run/redis.sock"),
    ],
)
def test_a_socket_is_spelt_as_celery_wants_it(redis: str, celery: str) -> None:
    assert broker_url(redis) == celery
