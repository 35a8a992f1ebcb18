"""The health check of a container asks as the proxy would."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from kcrm import probe


class Handler(BaseHTTPRequestHandler):
    """Well only for the right host over TLS."""

    def do_GET(self) -> None:
        """Answer by path and headers."""
        right = self.headers["Host"] == "crm.example.com" and self.headers["X-Forwarded-Proto"] == "https"
        self.send_response(200 if right and self.path == "/readyz" else 503)
        self.end_headers()

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """A server that is well."""
    monkeypatch.setenv("KCRM_ALLOWED_HOSTS", " .crm.example.com, other.example.com")
    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


def test_asks_as_the_proxy_would(port: int) -> None:
    assert probe.ask("/readyz", port=port) == 200


def test_passes_a_bad_answer_on(port: int) -> None:
    assert probe.ask("/other", port=port) == 503


def test_nobody_there_is_no_answer() -> None:
    assert probe.ask("/readyz", port=1) == 0
