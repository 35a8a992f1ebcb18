"""Production behind a TLS proxy. Every secret comes from the environment; a missing one stops the start."""

from __future__ import annotations

from django.core.exceptions import ImproperlyConfigured

from kcrm.lib import logs
from kcrm.settings import environment
from kcrm.settings.base import *  # noqa: F403 - a settings module is its base plus what differs

for name in ("DATABASE_URL", "REDIS_URL", "KCRM_ALLOWED_HOSTS", "KCRM_BASE_URL"):
    environment.required(name)  # base has defaults for a developer's machine

DEBUG = False
LOGGING = logs.configuration(as_json=True)
SECRET_KEY = environment.required("KCRM_SECRET_KEY")
SECRET_KEY_FALLBACKS = environment.items("KCRM_SECRET_KEY_FALLBACKS")
ALLOWED_HOSTS = environment.items("KCRM_ALLOWED_HOSTS")
if "*" in ALLOWED_HOSTS:
    raise ImproperlyConfigured("KCRM_ALLOWED_HOSTS must name the hosts: * would let anybody forge links in mails.")
CSRF_TRUSTED_ORIGINS = environment.items("KCRM_TRUSTED_ORIGINS")
SECURE_SSL_REDIRECT = environment.flag("KCRM_SSL_REDIRECT", default=True)
SECURE_REDIRECT_EXEMPT = ["^healthz$", "^readyz$"]  # asked from inside, where there is no TLS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
KCRM_REQUIRE_MFA = environment.flag("KCRM_REQUIRE_MFA", default=True)
KCRM_TRUSTED_PROXIES = environment.number("KCRM_TRUSTED_PROXIES", 1)
SESSION_COOKIE_SECURE = True
SESSION_COOKIE_NAME = "__Host-sessionid"
CSRF_COOKIE_SECURE = True
CSRF_COOKIE_NAME = "__Host-csrftoken"
EMAIL_HOST = environment.text("KCRM_EMAIL_HOST", "localhost")
EMAIL_PORT = environment.number("KCRM_EMAIL_PORT", 25)
EMAIL_HOST_USER = environment.text("KCRM_EMAIL_USER")
EMAIL_HOST_PASSWORD = environment.text("KCRM_EMAIL_PASSWORD")
EMAIL_USE_TLS = environment.flag("KCRM_EMAIL_TLS", default=True)
DEFAULT_FROM_EMAIL = environment.text("KCRM_EMAIL_FROM", "kcrm@localhost")
