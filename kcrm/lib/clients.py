"""Who is at the other end of a request."""

from __future__ import annotations

import ipaddress

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str | None:
    """The address of the client, as the nearest trusted proxy saw it.

    `KCRM_TRUSTED_PROXIES` proxies stand before us, and each appends one address to X-Forwarded-For; what is further
    left was written by the client itself and is not believed. None when there is no usable address.
    """
    forwarded = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",")]
    count = settings.KCRM_TRUSTED_PROXIES
    found = forwarded[-count] if 0 < count <= len(forwarded) and forwarded[-count] else request.META.get("REMOTE_ADDR")
    try:
        return str(ipaddress.ip_address(found or ""))
    except ValueError:
        return None
