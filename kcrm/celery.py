"""The Celery app. A message is only a hint that a job row waits; losing the broker loses no work."""

from __future__ import annotations

import os
from urllib.parse import urlsplit

from celery import Celery
from django.conf import settings
from kombu.entity import Exchange, Queue

from kcrm.broker import forgive_lost_channels

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kcrm.settings.dev")


def broker_url(redis_url: str) -> str:
    """The address of a Redis server as Celery spells it: `unix://` sockets are `redis+socket://` there."""
    parts = urlsplit(redis_url)
    if parts.scheme != "unix":
        return redis_url
    query = parts.query.replace("db=", "virtual_host=")
    return f"redis+socket://{parts.path}" + (f"?{query}" if query else "")


app = Celery("kcrm", set_as_current=True)
app.set_default()  # threads other than the first look for the default app, not the current one
app.conf.update(
    broker_url=broker_url(settings.REDIS_URL),
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,
    broker_connection_timeout=2,
    # A page that publishes a hint must not hang when the broker is away: it tries twice within a second and gives up.
    broker_transport_options={
        "visibility_timeout": 1_800,  # twice the longest hard limit and more; pick-up comes from the job's lease
        "socket_connect_timeout": 1,
        "socket_timeout": 5,
        "health_check_interval": 25,
        "max_retries": 1,
        "interval_start": 0,
        "interval_step": 0.1,
        "interval_max": 0.2,
    },
    task_publish_retry=False,
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    task_ignore_result=True,
    task_serializer="json",
    accept_content=["json"],
    task_default_queue="kcrm",
    # A worker that is not told which serves both. Each has a routing key of its own, or a hint would reach both.
    task_queues=[Queue(name, Exchange("kcrm"), routing_key=name) for name in ("kcrm", "kcrm-heavy")],
    task_default_exchange="kcrm",
    task_default_routing_key="kcrm",
    task_soft_time_limit=45,
    task_time_limit=60,
    worker_prefetch_multiplier=1,
    worker_cancel_long_running_tasks_on_connection_loss=False,  # the lease lives in the database: let them finish
    worker_hijack_root_logger=False,
    worker_send_task_events=False,
    enable_utc=True,
    timezone=settings.TIME_ZONE,
)
forgive_lost_channels()
app.autodiscover_tasks()
