"""The suite's settings for the programs that fault tests start: the database as it is named, and jobs to break."""

from __future__ import annotations

import os

from kcrm.settings.test import *  # noqa: F403 - a settings module is its base plus what differs

INSTALLED_APPS = [*INSTALLED_APPS, "tests.faults.work"]  # noqa: F405
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = DATA_DIR / "mail"  # noqa: F405
KCRM_OUTBOUND_TEST_RECEIVERS = tuple(os.environ.get("KCRM_TEST_RECEIVERS", "").split())
