"""What a page says, without what differs each time it is asked for."""

from __future__ import annotations

import re
from typing import Any, Final

RANDOM: Final = re.compile(r'nonce="[^"]*"|\b[A-Za-z0-9]{64}\b|[0-9a-f]{8}-[0-9a-f-]{27}')  # nonces, tokens, requests


def lasting_text(response: Any) -> str:
    """The content without nonces, tokens and numbers of requests, in which short words appear by chance."""
    return RANDOM.sub("", response.content.decode()).replace("\xa0", " ")
