"""Mail about signing in."""

from __future__ import annotations

import logging
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final

from django.core.mail import EmailMessage

log = logging.getLogger(__name__)
_senders: Final = ThreadPoolExecutor(max_workers=2, thread_name_prefix="mail")


def send_soon(message: EmailMessage) -> Future[None]:
    """Send a mail beside the request that asked for it.

    A reset mail may get lost with the process: its receiver asks again. What must not be lost is a job.
    """
    return _senders.submit(_send, message)


def _send(message: EmailMessage) -> None:
    try:
        message.send()
    except OSError:
        log.exception("A mail about signing in could not be sent.")
