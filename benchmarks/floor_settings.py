"""The floor's server: sessions and sign-in, nothing else."""

from __future__ import annotations

from kcrm.settings.test import *  # noqa: F403 - a settings module is its base plus what differs

ROOT_URLCONF = "benchmarks.floor"
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",  # its app refuses to start without
]
