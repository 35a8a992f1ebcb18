"""So many calls a second for each person and each token."""

from __future__ import annotations

import math
from typing import Any

from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from kcrm.lib.limits import wait_for_call


class CallRate(BaseThrottle):
    """Counts the calls of a token, or of a person in the browser; who is nobody is stopped at the door anyway."""

    seconds = 0.0

    def allow_request(self, request: Request, view: Any) -> bool:
        """Whether this call is within the rate."""
        user: Any = request.user
        if not user.is_authenticated:
            return True
        token = getattr(user, "api_token", None)
        self.seconds = wait_for_call(f"t{token.pk}" if token is not None else f"u{user.pk}")
        return self.seconds == 0

    def wait(self) -> float:
        """What `Retry-After` says, in whole seconds."""
        return math.ceil(self.seconds)
