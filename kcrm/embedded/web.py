"""Gunicorn's settings on one machine: two processes of four threads, loaded once before they part."""

import os

worker_class = "gthread"
workers = 2
threads = 4
preload_app = True
timeout = 60
graceful_timeout = 5
keepalive = 5
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108 - a heartbeat file, in memory
control_socket_disable = True
