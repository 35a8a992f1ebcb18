"""The test suite: real PostgreSQL, fast password hashing, mail kept in memory."""

from __future__ import annotations

from kcrm.settings.base import *  # noqa: F403 - a settings module is its base plus what differs

SECRET_KEY = "only-for-tests"  # noqa: S105 - signs nothing outside the test database
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES = STORAGES | {  # noqa: F405
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
KCRM_STYLEGUIDE = True
KCRM_API_RATE = 0  # tests and benchmarks call as fast as they can; those of the rate set one
