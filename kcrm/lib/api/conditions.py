"""Versions of records as HTTP says them: ETag out, If-Match in."""

from __future__ import annotations

import re

from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.request import Request

from kcrm.lib.api.problems import PreconditionRequired

_TAG = re.compile(r'^(?:W/)?"?(\d{1,9})"?$')


def etag_of(version: int) -> str:
    """The ETag of a version."""
    return f'"{version}"'


def if_match(request: Request) -> int:
    """The version that a write was made from.

    Raises PreconditionRequired (428) without the header, ParseError (400) for one that names no version.
    """
    header = request.headers.get("If-Match")
    if not header:
        raise PreconditionRequired(_("Send If-Match with the ETag of the version that you changed."))
    match = _TAG.match(header.strip())
    if not match:
        raise ParseError(_("If-Match must be the ETag of one version."))
    return int(match[1])
