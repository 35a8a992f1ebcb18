"""A developer's machine and the demo: plain HTTP on loopback."""

from __future__ import annotations

from kcrm.settings import environment
from kcrm.settings.base import *  # noqa: F403 - a settings module is its base plus what differs

DEBUG = environment.flag("KCRM_DEBUG", default=False)
SECRET_KEY = environment.text("KCRM_SECRET_KEY", "only-for-loopback-development-and-the-demo-never-in-production")
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = DATA_DIR / "mail"  # noqa: F405
KCRM_STYLEGUIDE = True
