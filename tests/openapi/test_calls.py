"""Every endpoint of a running server, called with what its document allows and with what it does not."""

from __future__ import annotations

import os
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from accounts.models import User
from accounts.services.tokens import create_token
from kcrm.demo.build import build_demo
from kcrm.lib.access import API_SCOPES
from tests.programs import CHECKOUT, Program, database_url, free_port, wait_for
from tests.running import run_jobs

SECONDS = 300
CALLERS = ("kofi.mensah@northwind.example", "nancy.davolio@northwind.example", "andrew.fuller@northwind.example")
CHECKS = (
    "not_a_server_error", "status_code_conformance", "content_type_conformance", "response_headers_conformance",
    "response_schema_conformance", "unsupported_method", "allow_header_conformance", "ignored_auth",
)  # fmt: skip


@pytest.fixture
def server(transactional_db: None, tmp_path: Path) -> Iterator[tuple[str, Program]]:
    """The demo company behind the web server of bin/run; its address and the program."""
    build_demo(today=date.today())  # noqa: DTZ011 - the ledger ends last month
    run_jobs()
    port = free_port()
    environment = {
        "DJANGO_SETTINGS_MODULE": "tests.faults.settings",
        "DATABASE_URL": database_url(),
        "KCRM_DATA_DIR": str(tmp_path),
        "PYTHONPATH": str(CHECKOUT),
    }
    command = [sys.executable, "-m", "gunicorn", "--config", "python:kcrm.embedded.web", "--bind", f"127.0.0.1:{port}"]
    program = Program([*command, "kcrm.wsgi"], tmp_path / "web.log", **environment)
    url = f"http://127.0.0.1:{port}"
    try:
        wait_for(lambda: _answers(url), 60)
        yield url, program
    finally:
        program.kill()


@pytest.mark.openapi
@pytest.mark.timeout(2 * SECONDS + 600)
def test_every_endpoint_keeps_its_promises(server: tuple[str, Program], tmp_path: Path) -> None:
    url, program = server
    tokens = {
        email: create_token(name="Every endpoint", scopes=API_SCOPES, by=User.objects.get(email=email))[1]
        for email in CALLERS
    }

    ends = [_call_everything(url, token, SECONDS // len(CALLERS), tmp_path) for token in tokens.values()]

    sys.stdout.write(program.words()[-20_000:] if any(ends) else "")
    assert ends == [0, 0, 0]


def _call_everything(url: str, token: str, seconds: int, folder: Path) -> int:
    """How Schemathesis ended; 0 when every answer was as the document says."""
    command = [
        Path(sys.executable).with_name("schemathesis"), "run", f"{url}/api/v1/schema/?format=json", "--url", url,
        "--header", f"Authorization: Bearer {token}", "--checks", ",".join(CHECKS), "--max-time", str(seconds),
        "--continue-on-failure", "--no-color", "--seed", "7", "--suppress-health-check", "all",
        "--request-timeout", "30", "--generation-database", "none", "--warnings", "off",
    ]  # fmt: skip
    environment = {"SCHEMATHESIS_HOOKS": "tests.openapi.hooks", "KCRM_TEST_URL": url, "KCRM_TEST_TOKEN": token}
    environment |= {"PYTHONPATH": str(CHECKOUT)}
    ended = subprocess.run(command, cwd=folder, env=dict(os.environ) | environment, check=False)  # noqa: S603 - ours
    return ended.returncode


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/healthz", timeout=2):  # noqa: S310 - our own server
            return True
    except (urllib.error.URLError, OSError):
        return False
