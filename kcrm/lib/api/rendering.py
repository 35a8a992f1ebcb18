"""JSON in and out by orjson."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import IO, Any

import orjson
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser
from rest_framework.renderers import JSONRenderer

OPTIONS = orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS
DEEPEST = 20


def _plain(value: Any) -> Any:
    """What orjson does not know: exact figures stay text, so that no digit is lost."""
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, Promise):
        return str(value)
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, set | frozenset | tuple):
        return list(value)
    raise TypeError(f"{type(value).__name__} has no JSON form here.")


def dumps(value: Any) -> bytes:
    """The value as JSON: decimals as text, moments in UTC."""
    return orjson.dumps(value, default=_plain, option=OPTIONS)


class OrjsonRenderer(JSONRenderer):
    """Writes answers."""

    def render(self, data: Any, accepted_media_type: Any = None, renderer_context: Any = None) -> bytes:
        """The answer as bytes; nothing for an answer without a body."""
        return b"" if data is None else dumps(data)


class OrjsonParser(JSONParser):
    """Reads requests; what is not JSON, or nests deeper than sense, is refused with a sentence."""

    renderer_class = OrjsonRenderer

    def parse(self, stream: IO[bytes], media_type: Any = None, parser_context: Any = None) -> Any:
        """The body. Raises ParseError."""
        try:
            body = orjson.loads(stream.read())
        except orjson.JSONDecodeError:
            raise ParseError(_("The body is not valid JSON.")) from None
        if _is_deeper(body, DEEPEST):
            raise ParseError(_("The body nests deeper than any resource here."))
        return body


def _is_deeper(value: Any, most: int) -> bool:
    """Whether lists and objects nest deeper than so many levels; without recursion, which this is against."""
    level = [value]
    for _depth in range(most + 1):
        level = [
            part
            for whole in level
            if isinstance(whole, dict | list)
            for part in (whole.values() if isinstance(whole, dict) else whole)
            if isinstance(part, dict | list)
        ]
        if not level:
            return False
    return True
