"""What is true wherever KCRM runs. No secret and no machine's path stands here."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from csp.constants import NONCE, NONE, SELF
from django.utils.translation import gettext_lazy as _

from kcrm.lib import logs
from kcrm.settings import environment

BASE_DIR = Path(__file__).resolve().parents[2]
DATA_DIR = environment.path("KCRM_DATA_DIR", BASE_DIR / ".kcrm")

INSTALLED_APPS = [
    "accounts.apps.AccountsConfig",
    "jobs.apps.JobsConfig",
    "bulk.apps.BulkConfig",
    "feed.apps.FeedConfig",
    "fields.apps.FieldsConfig",
    "teams.apps.TeamsConfig",
    "exports.apps.ExportsConfig",
    "customers.apps.CustomersConfig",
    "profitability.apps.ProfitabilityConfig",
    "selection.apps.SelectionConfig",
    "planning.apps.PlanningConfig",
    "kcrm.apps.KcrmConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django.forms",
    "pgtrigger",
    "pghistory",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_htmx",
    "lucide",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "kcrm.middleware.origin_middleware",
    "kcrm.middleware.headers_middleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "kcrm.middleware.session_age_middleware",
    "kcrm.middleware.preferences_middleware",
    "kcrm.middleware.DenialMiddleware",
    "kcrm.middleware.second_factor_middleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "kcrm.middleware.history_middleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "kcrm.urls"
WSGI_APPLICATION = "kcrm.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "kcrm.context.shell",
            ],
        },
    },
]

# A pooler that hands connections out by transaction keeps no session: limits then belong to the role (operations.md).
TRANSACTION_POOLING = environment.flag("KCRM_TRANSACTION_POOLING", default=False)
SESSION_LIMITS = {
    "statement_timeout": environment.number("KCRM_STATEMENT_TIMEOUT", 15_000),  # worker 300 s, migrations none
    "lock_timeout": 5_000,
    "jit": 0,  # compiling costs a page more than it saves
    "idle_in_transaction_session_timeout": 30_000,
}
DATABASES = {
    "default": environment.database(
        environment.text("DATABASE_URL", "postgresql:///kcrm"), **({} if TRANSACTION_POOLING else SESSION_LIMITS)
    )
    | {
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "ATOMIC_REQUESTS": False,
        "DISABLE_SERVER_SIDE_CURSORS": TRANSACTION_POOLING,
    },
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Shared by all processes and there without the broker; only counters of the sign-in library live in it
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "kcrm_cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    },
}

REDIS_URL = environment.text("REDIS_URL", "redis://127.0.0.1:6379/0")

# People and sign-in
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.backends.SessionBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "account_login"
ACCOUNT_ADAPTER = "accounts.adapters.AccountAdapter"
SOCIALACCOUNT_ADAPTER = "accounts.adapters.SocialAccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # an invitation proves the address; there is no open sign-up
ACCOUNT_PREVENT_ENUMERATION = "strict"
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_RATE_LIMITS = {"login_failed": ""}  # counted exactly by accounts.services.throttle
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_REAUTHENTICATION_TIMEOUT = 600
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ADAPTER = "accounts.adapters.MFAAdapter"
MFA_TOTP_ISSUER = "KCRM"
SOCIALACCOUNT_PROVIDERS = environment.openid_providers()
SOCIALACCOUNT_LOGIN_ON_GET = False
PASSWORD_RESET_TIMEOUT = int(timedelta(hours=24).total_seconds())
LOGIN_REDIRECT_URL = "home"

# Languages and formats
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("zh-hans", _("Simplified Chinese"))]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
FORMAT_MODULE_PATH = ["kcrm.formats"]
FORM_RENDERER = "kcrm.lib.rendering.FieldRenderer"
LOCALE_PATHS = [BASE_DIR / "kcrm" / "locale", DATA_DIR / "locale"]

# Files
STATIC_URL = "static/"
STATIC_ROOT = environment.path("KCRM_STATIC_DIR", DATA_DIR / "static")
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "kcrm.lib.node_files.NodeFilesFinder",
]
NODE_MODULES = [BASE_DIR / "node_modules", DATA_DIR / "node" / "node_modules"]
NODE_FILES = {
    "vendor/echarts.js": "echarts/dist/echarts.esm.min.mjs",
    "vendor/inter-latin.woff2": "@fontsource-variable/inter/files/inter-latin-wght-normal.woff2",
    "vendor/inter-latin-ext.woff2": "@fontsource-variable/inter/files/inter-latin-ext-wght-normal.woff2",
}
MEDIA_ROOT = DATA_DIR / "media"

# Days within which a person who asks about his data must be answered
KCRM_IMPORT_UNDO_DAYS = environment.number("KCRM_IMPORT_UNDO_DAYS", 30)
KCRM_PRIVACY_DAYS = environment.number("KCRM_PRIVACY_DAYS", 30)

# Back-ups: nightly and watched once a folder for them is named (operations.md)
BACKUP_NIGHTLY = bool(environment.text("KCRM_BACKUP_DIR"))
BACKUP_DIR = environment.path("KCRM_BACKUP_DIR", DATA_DIR / "backups")
BACKUP_RECIPIENT = environment.text("KCRM_BACKUP_RECIPIENT")
BACKUP_KEEP = environment.number("KCRM_BACKUP_KEEP", 14)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "kcrm.lib.static_storage.StaticStorage"},
}

# Headers and cookies
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    },
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_ENGINE = "accounts.sessions"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "kcrm.views.errors.csrf_failure"
SESSION_COOKIE_AGE = int(timedelta(hours=3).total_seconds())
SESSION_SAVE_EVERY_REQUEST = False
DATA_UPLOAD_MAX_MEMORY_SIZE = 25 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000

# REST
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.authentication.TokenAuthentication",
        "accounts.authentication.Session",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["kcrm.lib.api.rendering.OrjsonRenderer"],
    "DEFAULT_PARSER_CLASSES": ["kcrm.lib.api.rendering.OrjsonParser"],
    "DEFAULT_SCHEMA_CLASS": "kcrm.lib.api.document.Operation",
    "EXCEPTION_HANDLER": "kcrm.lib.api.problems.handle",
    "DEFAULT_THROTTLE_CLASSES": ["kcrm.lib.api.throttling.CallRate"],
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "KCRM",
    "DESCRIPTION": "Key accounts through REST: the same rows, rights and rules as the pages.",
    "VERSION": "v1",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        "AgreementKindEnum": "customers.models.Agreement.Kind",
        "InteractionKindEnum": "customers.models.Interaction.Kind",
        "SiteKindEnum": "customers.models.Site.Kind",
        "LedgerDocumentKindEnum": "profitability.models.LedgerDocument.Kind",
        "FactorKindEnum": "selection.models.ModelFactor.Kind",
        "AlternativeKindEnum": "selection.models.Alternative.Kind",
        "BondKindEnum": "selection.models.relationships.Bond.Kind",
        "StageEnum": "selection.models.relationships.StageChoice",
        "ClassEnum": "selection.models.ClassChoice",
        "QuadrantEnum": "selection.models.QuadrantChoice",
        "UnitPlaceKindEnum": "teams.models.UnitAssignment.Kind",
        "BandEnum": "selection.models.relationships.BandChoice",
        "CustomFieldKindEnum": "fields.models.CustomField.Kind",
        "TeamFunctionEnum": "teams.models.TeamMembership.Function",
        "SelectionFunctionEnum": "selection.models.FunctionChoice",
        "SellingModeEnum": "selection.models.ModeChoice",
        "AccessLevelEnum": "teams.models.TeamMembership.Level",
        "MapLevelEnum": "selection.models.market_maps.MapNode.Level",
        "RecordKindEnum": "customers.models.duplicates.RecordKind",
    },
}

# What happened, on standard output
LOGGING = logs.configuration(as_json=False)

# Own settings
KCRM_REPORTING_CURRENCY = environment.text("KCRM_REPORTING_CURRENCY", "USD")
KCRM_BASE_URL = environment.text("KCRM_BASE_URL", "http://localhost:8000")
KCRM_TRUSTED_PROXIES = environment.number("KCRM_TRUSTED_PROXIES", 0)
KCRM_SESSION_AGE = int(timedelta(hours=12).total_seconds())
KCRM_REQUIRE_MFA = environment.flag("KCRM_REQUIRE_MFA", default=False)
KCRM_MFA_ROLES = ("administrator", "auditor", "director", "finance")
KCRM_KEEPER = "accounts.keeper.AccountsKeeper"
KCRM_EXPORT_GATE = "exports.gate.Gate"
KCRM_EXPORT_APPROVAL_ROWS = environment.number("KCRM_EXPORT_APPROVAL_ROWS", 5_000)
KCRM_EXPORT_JOB_ROWS = environment.number("KCRM_EXPORT_JOB_ROWS", 50_000)
KCRM_PEOPLE_LED_BY = "teams.permissions.people_led_by"
KCRM_SSO_CREATES_USERS = environment.flag("KCRM_SSO_CREATES_USERS", default=False)
KCRM_JOB_LEASE_SECONDS = environment.number("KCRM_JOB_LEASE_SECONDS", 30)
KCRM_JOB_FILE_HOURS = environment.number("KCRM_JOB_FILE_HOURS", 24)
KCRM_API_RATE = environment.number("KCRM_API_RATE", 10)  # calls a second for each person and token; 0 counts nobody
KCRM_API_BURST = environment.number("KCRM_API_BURST", 30)
KCRM_OUTBOUND_TEST_RECEIVERS: tuple[str, ...] = ()  # tests alone name local receivers, as host:port
KCRM_STYLEGUIDE = False
