"""One installation: its settings for the children, its programs, its preparation, its welcome."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import signal
import sys
from pathlib import Path
from typing import Any, NamedTuple

from kcrm.embedded import children, stamps
from kcrm.embedded.children import Child
from kcrm.embedded.data_folder import DataFolder
from kcrm.embedded.errors import CannotStart
from kcrm.embedded.postgres import Cluster

CHECKOUT = stamps.CHECKOUT
OWN = ("redis", "run", "logs", "media", "mail", "static", "locale", "demo.json", "prepared.json", "installation.json")


class Program(NamedTuple):
    """One of KCRM's own programs, and the signal it gets should the supervisor be killed."""

    name: str
    command: list[str]
    environment: dict[str, str]
    on_orphaned: signal.Signals


def data_path() -> Path:
    """The data folder: KCRM_DATA_DIR, else `.kcrm` in the checkout."""
    return Path(os.environ.get("KCRM_DATA_DIR") or CHECKOUT / ".kcrm").expanduser().resolve()


def default_port() -> int:
    """PORT, else 8000."""
    value = os.environ.get("PORT") or "8000"
    if not value.isdigit():
        raise SystemExit(f"PORT must be a number, not {value!r}.")
    return int(value)


class Installation:
    """What the supervisor needs to know about the data folder it runs."""

    def __init__(self, data: DataFolder, address: str) -> None:
        self.data = data
        self.address = address
        self.database_url = os.environ.get("DATABASE_URL", "")
        self.redis_url = os.environ.get("REDIS_URL", "")
        self.external_database = bool(self.database_url)
        self._stamps = stamps.Stamps(data.path / "prepared.json")
        self._facts_file = data.path / "installation.json"

    def reset(self, *, external_too: bool) -> None:
        """Delete what this installation made, and nothing else that may lie in its folder."""
        if self.external_database:
            if not external_too:
                raise CannotStart(
                    "DATABASE_URL points at a database that bin/run did not make. "
                    "Add --yes to delete everything in it, or unset DATABASE_URL."
                )
            _empty_database(self.database_url)
        Cluster(self.data.path / "postgres", sockets=self.data.sockets, log=self.data.logs / "postgres.log").remove()
        for name in OWN:
            path = self.data.path / name
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)

    def choose_demo(self, wished: bool | None) -> None:
        """Keep the first start's choice: an installation that began empty stays so."""
        facts = self._facts()
        if wished is not None or "demo" not in facts:
            self._facts_file.write_text(json.dumps(facts | {"demo": wished is not False}))

    @property
    def demo(self) -> bool:
        """True when this installation shows the demo company."""
        return bool(self._facts().get("demo", True))

    def environment(self) -> dict[str, str]:
        """What every child finds in its environment."""
        return dict(os.environ) | self.settings() | {"PYTHONUNBUFFERED": "1"}

    def settings(self) -> dict[str, str]:
        """What makes a process part of this installation."""
        return {
            "DJANGO_SETTINGS_MODULE": "kcrm.settings.dev",
            "DATABASE_URL": self.database_url,
            "REDIS_URL": self.redis_url,
            "KCRM_DATA_DIR": str(self.data.path),
            "KCRM_SECRET_KEY": os.environ.get("KCRM_SECRET_KEY") or self._secret(),
            "KCRM_BASE_URL": self.address,
            "PORT": self.address.rpartition(":")[2],
        }

    def prepare(self) -> None:
        """Migrate, seed, collect: only what changed since the last start, side by side. An outside database always."""
        files, database = stamps.of_files(), f"{stamps.of_database()}{self.demo}"
        running: list[tuple[str, str, Child]] = []
        if not self._stamps.holds("files", files) or not (self.data.path / "static").exists():
            running.append(("files", files, self._preparation("files")))
        if self.external_database or not self._stamps.holds("database", database):
            running.append(("database", database, self._preparation("database", *(["--demo"] if self.demo else []))))
        if any(name == "database" for name, _, _ in running):
            print("Preparing the database ...", flush=True)
        for name, value, child in running:
            if child.process.wait() != 0:
                raise CannotStart(f"Preparing the {name} failed; see {child.log}:\n{child.last_words(20)}")
            self._stamps.set(name, value)

    def programs(self, port: int) -> list[Program]:
        """KCRM's own programs, in the order of their start."""
        python = sys.executable
        web = [python, "-m", "gunicorn", "kcrm.wsgi:application", "--config", "python:kcrm.embedded.web"]
        worker = [python, "-m", "celery", "-A", "kcrm", "worker", "--pool", "threads", "--concurrency", "4"]
        worker += ["--loglevel", "INFO", "--without-gossip", "--without-mingle"]
        # Jobs are rows with leases: a killed worker loses nothing, and a stuck one must not live on.
        patient = {"KCRM_STATEMENT_TIMEOUT": "300000"}
        programs = [
            Program("web", [*web, "--bind", f"127.0.0.1:{port}"], self.environment(), signal.SIGQUIT),
            Program("worker", worker, self.environment() | patient, signal.SIGKILL),
        ]
        if any(CHECKOUT.glob("*/management/commands/run_scheduler.py")):
            scheduler = [python, "manage.py", "run_scheduler"]
            programs.append(Program("scheduler", scheduler, self.environment() | patient, signal.SIGKILL))
        return programs

    def welcome(self, seconds: float) -> str:
        """What the person at the terminal needs to know next."""
        lines = ["", f"KCRM is ready after {seconds:.1f} s: {self.address}/"]
        people = self._demo_people()
        if people:
            widths = [max(len(str(person.get(key, ""))) for person in people) for key in ("email", "password")]
            lines.append("Sign in as")
            lines += [
                f"  {person.get('email', ''):<{widths[0]}}  {person.get('password', ''):<{widths[1]}}  "
                f"{person.get('role', '')}".rstrip()
                for person in people
            ]
        elif not self.demo:
            lines.append(f"It started empty. Create the first administrator at {self.address}/setup/")
        lines += [f"Data and logs: {self.data.path}", "Ctrl-C stops everything."]
        return "\n".join(lines)

    def _demo_people(self) -> list[dict[str, Any]]:
        """The demo's users; its file gets the address of this start, which another port may have changed."""
        path = self.data.path / "demo.json"
        try:
            demo = json.loads(path.read_text("utf-8"))
        except (OSError, ValueError):
            return []
        if demo.get("address") != self.address:
            demo["address"] = self.address
            path.write_text(json.dumps(demo, indent=2, ensure_ascii=False), "utf-8")
        return list(demo.get("users", []))

    def _preparation(self, *arguments: str) -> Child:
        return children.spawn(
            f"preparing {arguments[0]}",
            [sys.executable, "-m", "kcrm.embedded.prepare", *arguments],
            log=self.data.logs / f"prepare-{arguments[0]}.log",
            environment=self.environment() | {"KCRM_STATEMENT_TIMEOUT": "0"},
            folder=CHECKOUT,
            on_orphaned=signal.SIGKILL,
        )

    def _facts(self) -> dict[str, Any]:
        try:
            return dict(json.loads(self._facts_file.read_text()))
        except (OSError, ValueError):
            return {}

    def _secret(self) -> str:
        """The key that signs sessions: made once for this installation, read by its owner only."""
        path = self.data.path / "secret_key"
        if not path.exists():
            path.touch(mode=0o600)
            path.write_text(secrets.token_urlsafe(50))
        return path.read_text()


def _empty_database(url: str) -> None:
    import psycopg2

    connection = psycopg2.connect(url)
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("DROP SCHEMA public CASCADE")
            cursor.execute("CREATE SCHEMA public")
    finally:
        connection.close()
