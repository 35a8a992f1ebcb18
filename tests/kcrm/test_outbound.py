"""Calls that leave the house go to public addresses by https, and nowhere else."""

from __future__ import annotations

import ast
import socket
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from kcrm.lib import outbound

NAMES = {
    "public.example.com": ["93.184.215.14"],
    "internal.example.com": ["10.0.0.8"],
    "localhost.example.com": ["127.0.0.1"],
    "127.0.0.1.nip.example": ["127.0.0.1"],
    "mixed.example.com": ["93.184.215.14", "169.254.169.254"],
    "six.example.com": ["::1"],
    "mapped.example.com": ["::ffff:10.0.0.1"],
    "nat64.example.com": ["64:ff9b::a00:1"],
    "unique.example.com": ["fd00::1"],
    "teredo.example.com": ["2001:0:a00:1::"],
    "sixtofour.example.com": ["2002:a00:1::"],
    "carrier.example.com": ["100.64.0.1"],
    "zero.example.com": ["0.0.0.0"],  # noqa: S104 - an address to be refused
    "broadcast.example.com": ["255.255.255.255"],
    "multicast.example.com": ["224.0.0.1"],
    "link.example.com": ["fe80::1%eth0"],
    "nobody.example.com": [],
}
REFUSED = [
    "http://public.example.com/",
    "ftp://public.example.com/",
    "file:///etc/passwd",
    "gopher://public.example.com/",
    "javascript:alert(1)",
    "//public.example.com/",
    "https://",
    "https://user@public.example.com/",
    "https://user:password@public.example.com/",
    "https://public.example.com@10.0.0.1/",
    "https://public.example.com\\@10.0.0.1/",
    "https://public.example.com:22/",
    "https://public.example.com:99999/",
    "https://public.example.com/\r\nHost: inside",
    "https://127.0.0.1/",
    "https://10.1.2.3/",
    "https://169.254.169.254/latest/meta-data/",
    "https://[::1]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[fd00::1]/",
    "https://2130706433/",
    "https://0177.0.0.1/",
    "https://0x7f.0.0.1/",
    "https://0x7f000001/",
    "https://127.1/",
    "https://localhost/",
    "https://localhost.example.com/",
    "https://internal.example.com/",
    "https://127.0.0.1.nip.example/",
    "https://mixed.example.com/",
    "https://six.example.com/",
    "https://mapped.example.com/",
    "https://nat64.example.com/",
    "https://unique.example.com/",
    "https://teredo.example.com/",
    "https://sixtofour.example.com/",
    "https://carrier.example.com/",
    "https://zero.example.com/",
    "https://broadcast.example.com/",
    "https://multicast.example.com/",
    "https://link.example.com/",
    "https://nobody.example.com/",
    "https://" + "a" * 600 + ".example.com/",
]


@pytest.fixture
def connections(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Addresses to which somebody tried to connect; nothing really leaves."""
    tried: list[Any] = []

    def look_up(host: str, port: int, **more: Any) -> list[Any]:
        try:
            socket.inet_pton(socket.AF_INET6 if ":" in host else socket.AF_INET, host)
            found = [host]
        except OSError:
            found = NAMES.get(host, [])
        return [(0, 0, 0, "", (address, port)) for address in found]

    def connect(address: Any, **more: Any) -> Any:
        tried.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    monkeypatch.setattr(socket, "create_connection", connect)
    return tried


@pytest.mark.parametrize("url", REFUSED)
def test_no_connection_is_opened_to_a_forbidden_address(url: str, connections: list[Any]):
    with pytest.raises(outbound.Refused):
        outbound.post(url, b"{}", {})

    assert connections == []


def test_a_public_name_is_connected_by_the_address_that_was_checked(connections: list[Any]):
    with pytest.raises(outbound.Refused, match="does not answer"):
        outbound.post("https://public.example.com/hook?a=1", b"{}", {})

    assert connections == [("93.184.215.14", 443)]


def test_a_name_that_resolves_anew_cannot_lead_elsewhere(connections: list[Any], monkeypatch: pytest.MonkeyPatch):
    answers = iter([["93.184.215.14"], ["127.0.0.1"]])
    monkeypatch.setattr(outbound, "resolve", lambda host, port: next(answers))

    with pytest.raises(outbound.Refused):
        outbound.post("https://public.example.com/", b"{}", {})

    assert connections == [("93.184.215.14", 443)]


def test_test_receivers_are_named_by_no_real_settings():
    text = (Path(settings.BASE_DIR) / "kcrm" / "settings" / "base.py").read_text(encoding="utf-8")

    assert settings.KCRM_OUTBOUND_TEST_RECEIVERS == ()
    assert "environment" not in next(line for line in text.splitlines() if "KCRM_OUTBOUND_TEST_RECEIVERS" in line)


FOREIGN = {"requests", "httpx", "aiohttp", "urllib3", "urllib.request", "http.client", "socket", "ftplib", "telnetlib"}
ALLOWED = {
    "kcrm/lib/outbound.py",  # the client itself
    "kcrm/probe.py",  # asks this very server whether it lives
    "jobs/scheduler.py",  # its host's name
}


def test_nobody_else_opens_connections():
    root = Path(settings.BASE_DIR)
    found = set()
    for path in sorted(root.glob("*/**/*.py")):
        name = path.relative_to(root).as_posix()
        if name.startswith(("tests/", "benchmarks/", "node_modules/", "kcrm/embedded/", "examples/", ".")):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                names = [node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)]
            if FOREIGN & {part for text in names for part in (text, text.split(".")[0])}:
                found.add(name)

    assert found - ALLOWED == set()
