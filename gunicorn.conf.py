"""Gunicorn in production. WEB_CONCURRENCY sets the number of processes (default here: one a core, two at least)."""

import os

bind = "0.0.0.0:8000"
worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY") or max(2, os.cpu_count() or 2))
threads = 4
preload_app = True
worker_tmp_dir = "/dev/shm"  # noqa: S108 - a heartbeat file; on a disk it can stall the worker
timeout = 60
graceful_timeout = 60  # a restart under load drops no request
keepalive = 5
max_requests = 5_000
max_requests_jitter = 500
accesslog = "-"
control_socket_disable = True
