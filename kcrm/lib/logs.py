"""One line an event on standard output, with the door and the number of the request it happened in."""

from __future__ import annotations

from typing import Any

import structlog
import structlog.dev
from structlog.typing import EventDict, Processor, WrappedLogger

from kcrm.lib import context


def add_origin(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Say through which door and in which request it happened; outside any, nothing is added."""
    origin = context.current()
    if origin.request_id:
        event.update(via=origin.via, request=origin.request_id)
    return event


def configuration(*, as_json: bool) -> dict[str, Any]:
    """Django's LOGGING: JSON for collectors, plain lines for people."""
    known: list[Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        add_origin,
    ]
    shown: list[Processor] = (
        [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False)]
        if as_json
        else [structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)]
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": known,
                "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, *shown],
            }
        },
        "handlers": {"output": {"class": "logging.StreamHandler", "stream": "ext://sys.stdout", "formatter": "line"}},
        "root": {"handlers": ["output"], "level": "INFO"},
        "loggers": {
            "django": {"handlers": [], "level": "INFO", "propagate": True},
            "fontTools": {"level": "WARNING"},
            "httpx": {"level": "WARNING"},  # its lines hold addresses with what stands in their queries
        },
    }
