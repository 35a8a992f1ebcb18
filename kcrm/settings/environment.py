"""Read settings from environment variables, with a clear sentence when one is missing or malformed."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured


def required(name: str) -> str:
    """The value of a variable that has no safe default."""
    value = os.environ.get(name, "")
    if not value:
        raise ImproperlyConfigured(f"Set the environment variable {name}: see docs/operations.md.")
    return value


def text(name: str, default: str = "") -> str:
    """The value of a variable, or the default when it is unset or empty."""
    return os.environ.get(name, "") or default


def flag(name: str, default: bool = False) -> bool:
    """True for 1, true, yes, on in any case."""
    value = os.environ.get(name, "")
    return value.lower() in {"1", "true", "yes", "on"} if value else default


def number(name: str, default: int) -> int:
    """A whole number."""
    value = os.environ.get(name, "")
    try:
        return int(value) if value else default
    except ValueError:
        raise ImproperlyConfigured(f"{name} must be a whole number, not {value!r}.") from None


def items(name: str, default: str = "") -> list[str]:
    """A comma-separated list, blanks dropped."""
    return [part.strip() for part in text(name, default).split(",") if part.strip()]


def path(name: str, default: Path) -> Path:
    """A file-system path."""
    value = os.environ.get(name, "")
    return Path(value).expanduser().resolve() if value else default


def database(url: str, **session: int) -> dict[str, Any]:
    """Django's database settings from `postgresql://user:password@host:port/name?host=/socket/folder&sslmode=...`.

    `session` are parameters of PostgreSQL that every connection begins with, such as `lock_timeout=5000`.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured("DATABASE_URL must begin with postgresql://: KCRM runs on PostgreSQL only.")
    query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    if session:
        options = [query.get("options", ""), *(f"-c {name}={value}" for name, value in session.items())]
        query["options"] = " ".join(options).strip()
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "HOST": query.pop("host", None) or parts.hostname or "",
        "PORT": query.pop("port", None) or parts.port or "",
        "USER": query.pop("user", None) or unquote(parts.username or ""),
        "PASSWORD": query.pop("password", None) or unquote(parts.password or ""),
        "OPTIONS": query,
    }


def openid_providers() -> dict[str, Any]:
    """The sign-in library's provider settings from KCRM_OIDC_*; empty where no single sign-on is configured."""
    issuer = text("KCRM_OIDC_ISSUER")
    if not issuer:
        return {}
    app = {
        "provider_id": "oidc",
        "name": text("KCRM_OIDC_NAME", "Single sign-on"),
        "client_id": required("KCRM_OIDC_CLIENT_ID"),
        "secret": required("KCRM_OIDC_CLIENT_SECRET"),
        "settings": {"server_url": issuer},
    }
    return {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [app]}}
