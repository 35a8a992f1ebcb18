"""Log lines say in which request they were written."""

from __future__ import annotations

import json
import logging
import logging.config

import pytest

from kcrm.lib import context, logs


@pytest.fixture
def line() -> logging.Formatter:
    """The formatter of production."""
    options = dict(logs.configuration(as_json=True)["formatters"]["line"])
    formatter = options.pop("()")(**options)
    assert isinstance(formatter, logging.Formatter)
    return formatter


def record(message: str, *values: object, exception: Exception | None = None) -> logging.LogRecord:
    facts = (type(exception), exception, None) if exception else None
    return logging.LogRecord("jobs.runner", logging.WARNING, __file__, 1, message, values, facts)


def test_a_line_is_json_with_the_request(line: logging.Formatter) -> None:
    with context.origin(via="page", request_id="abc"):
        told = json.loads(line.format(record("Job %s waits for %s", 7, "张伟")))

    told.pop("timestamp")
    assert told == {
        "event": "Job 7 waits for 张伟",
        "level": "warning",
        "logger": "jobs.runner",
        "via": "page",
        "request": "abc",
    }


def test_outside_a_request_nothing_is_made_up(line: logging.Formatter) -> None:
    assert "request" not in json.loads(line.format(record("started")))


def test_an_exception_stays_on_its_line(line: logging.Formatter) -> None:
    text = line.format(record("failed", exception=ValueError("no such rate")))

    assert "\n" not in text
    assert "ValueError: no such rate" in json.loads(text)["exception"]


def test_the_configuration_is_one_that_logging_takes() -> None:
    logging.config.DictConfigurator(logs.configuration(as_json=False)).configure_formatter(
        logs.configuration(as_json=False)["formatters"]["line"]
    )
