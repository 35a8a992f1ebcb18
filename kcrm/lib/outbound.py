"""The one client for calls that leave the house. Nothing else may open a connection to an address somebody typed.

Only https, only to public addresses: every address that a name resolves to is checked, and the connection goes to the
one that was checked, so that a name that resolves anew cannot lead elsewhere. No redirect is followed, no proxy of the
environment is asked. Five seconds to connect, ten in all, one megabyte of answer.
"""

from __future__ import annotations

import http.client
import ipaddress
import re
import socket
import ssl
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

CONNECT_SECONDS: Final = 5.0
TOTAL_SECONDS: Final = 10.0
LARGEST_ANSWER: Final = 1024 * 1024
LONGEST_ADDRESS: Final = 500
NAME: Final = re.compile(r"(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?")
EMBEDDING: Final = tuple(
    map(ipaddress.ip_network, ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "::/96"))
)
LOW_PORTS: Final = {443}


class Refused(Exception):
    """An address that is not called, or a call that did not come to an answer; its sentence may be shown."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back: the status and how long it took. The body is read to its end and not kept."""

    status: int
    seconds: float

    @property
    def is_success(self) -> bool:
        """Whether the receiver took it."""
        return 200 <= self.status < 300


@dataclass(frozen=True, slots=True)
class _Target:
    host: str
    port: int
    path: str
    is_trusted: bool


def check_url(url: str) -> None:
    """Whether an address could be called at all, without asking for its name. Raises Refused."""
    _target(url)


def post(url: str, body: bytes, headers: Mapping[str, str]) -> Reply:
    """Send and wait for the answer. Raises Refused for what may not be called, or does not answer in time."""
    started = time.monotonic()
    target = _target(url)
    address = _checked_address(target)
    connection = _Connection(target, address)
    timer = threading.Timer(TOTAL_SECONDS - (time.monotonic() - started), connection.cut)
    timer.daemon = True
    timer.start()
    try:
        connection.request("POST", target.path, body=body, headers={**headers, "Connection": "close"})
        answer = connection.getresponse()
        size = 0
        while chunk := answer.read1(65_536):
            size += len(chunk)
            if size > LARGEST_ANSWER:
                raise Refused("The answer is larger than 1 MB.")
        if connection.was_cut:
            raise Refused("No answer within 10 seconds.")
        return Reply(answer.status, time.monotonic() - started)
    except (OSError, http.client.HTTPException, ValueError, AttributeError) as error:
        if connection.was_cut:
            raise Refused("No answer within 10 seconds.") from error
        raise Refused(_words(error)) from error
    finally:
        timer.cancel()
        connection.close()


def _target(url: str) -> _Target:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise Refused("This is not an address.") from None
    if len(url) > LONGEST_ADDRESS or any(ord(sign) <= 32 or ord(sign) == 127 for sign in url) or "\\" in url:
        raise Refused("This is not an address.")
    trusted = f"{parts.hostname}:{port}" in settings.KCRM_OUTBOUND_TEST_RECEIVERS
    if parts.scheme != "https" and not (trusted and parts.scheme == "http"):
        raise Refused("Only https is called.")
    if parts.username is not None or parts.password is not None or "@" in parts.netloc:
        raise Refused("An address with a user name is not called.")
    host = _host(parts)
    port = port or 443
    if not trusted and port < 1024 and port not in LOW_PORTS:
        raise Refused("This port is not called.")
    path = parts.path or "/"
    return _Target(host, port, f"{path}?{parts.query}" if parts.query else path, trusted)


def _host(parts: SplitResult) -> str:
    """The name in its ASCII form, or a literal address as it is written in full. Raises Refused."""
    host = parts.hostname or ""
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        pass
    try:
        name = host.encode("idna").decode().lower().removesuffix(".")
    except UnicodeError:
        raise Refused("This is not an address.") from None
    if not NAME.fullmatch(name):  # numbers such as 2130706433 or 0177.0.0.1 are no names
        raise Refused("This is not an address.")
    return name


def _checked_address(target: _Target) -> str:
    found = resolve(target.host, target.port)
    if not found:
        raise Refused("Nobody knows this name.")
    if not target.is_trusted and not all(map(is_public, found)):
        raise Refused("This address leads into a private network.")
    return found[0]


def resolve(host: str, port: int) -> list[str]:
    """Every address of a name, within the time for connecting; the system's resolver knows no limit of its own."""
    found: list[str] = []

    def ask() -> None:
        try:
            rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
        except (OSError, UnicodeError):
            return
        found.extend(dict.fromkeys(str(row[4][0]) for row in rows))

    thread = threading.Thread(target=ask, daemon=True, name="resolve")
    thread.start()
    thread.join(CONNECT_SECONDS)
    return [] if thread.is_alive() else found


def is_public(text: str) -> bool:
    """Whether an address lies in the open internet, also where another is wrapped in it."""
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return is_public(str(address.ipv4_mapped))
        if any(address in network for network in EMBEDDING):
            return False
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


def _words(error: Exception) -> str:
    if isinstance(error, ssl.SSLError):
        return "The receiver's certificate is not trusted."
    if isinstance(error, TimeoutError):
        return "No connection within 5 seconds."
    if isinstance(error, ConnectionRefusedError):
        return "The receiver does not answer."
    return "The receiver ended the connection."


class _Connection(http.client.HTTPConnection):
    """A connection to the address that was checked; the name only serves the certificate and the Host header."""

    def __init__(self, target: _Target, address: str) -> None:
        super().__init__(target.host, target.port, timeout=CONNECT_SECONDS)
        self.address, self.target = address, target
        self.was_cut = False
        self._raw: Any = None

    def connect(self) -> None:
        self._raw = socket.create_connection((self.address, self.target.port), timeout=CONNECT_SECONDS)
        self.sock = self._raw
        self.sock.settimeout(TOTAL_SECONDS)
        if not self.target.is_trusted:
            self.sock = ssl.create_default_context().wrap_socket(self._raw, server_hostname=self.target.host)

    def cut(self) -> None:
        """End it, whatever the receiver still trickles."""
        self.was_cut = True
        for end in (self.sock, self._raw):
            if end is not None:
                try:
                    end.shutdown(socket.SHUT_RDWR)
                except OSError:
                    continue
