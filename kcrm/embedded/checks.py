"""Every static check, side by side, one line each: `python -m kcrm.embedded.checks [name ...]`. Behind bin/check."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
PROGRAMS = Path(sys.executable).parent  # no resolve(): an environment's Python is a link out of it
NOWHERE = "postgresql:///nowhere?host=/nonexistent"  # no check needs a database


@dataclass(frozen=True, slots=True)
class Check:
    """One command and what it must never read from the caller's environment."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a check went."""

    check: Check
    passed: bool
    seconds: float
    output: str


def manage(*arguments: str, settings: str = "dev", **environment: str) -> tuple[tuple[str, ...], dict[str, str]]:
    """A management command that talks to no database."""
    command = (sys.executable, "-W", "ignore::RuntimeWarning", "manage.py", *arguments)
    return command, {"DJANGO_SETTINGS_MODULE": f"kcrm.settings.{settings}", "DATABASE_URL": NOWHERE, **environment}


# The longest first: it runs while the others take their turns.
CHECKS = [
    Check("types", (str(PROGRAMS / "mypy"), ".")),
    Check("lint", (str(PROGRAMS / "ruff"), "check", "--quiet", ".")),
    Check("format", (str(PROGRAMS / "ruff"), "format", "--check", "--quiet", ".")),
    Check("templates", (str(PROGRAMS / "djlint"), "templates", "--lint", "--quiet")),
    Check("imports", (str(PROGRAMS / "lint-imports"), "--no-cache")),
    Check("migrations", *manage("makemigrations", "--check", "--dry-run")),
    Check("translations", *manage("check_translations")),
    Check(
        "deployment",
        *manage(
            "check",
            "--deploy",
            "--fail-level",
            "WARNING",
            settings="production",
            KCRM_SECRET_KEY="only-for-this-check-" + "0123456789abcdefghijklmnopqrstuvwxyz" * 2,
            KCRM_ALLOWED_HOSTS="crm.example.com",
            KCRM_BASE_URL="https://crm.example.com",
            REDIS_URL="redis://:secret@redis.example.com:6379/0",
        ),
    ),
]


def run(check: Check) -> Outcome:
    """Run one check and keep what it says."""
    began = time.monotonic()
    done = subprocess.run(
        check.command,
        cwd=CHECKOUT,
        env={**os.environ, **check.environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    return Outcome(check, done.returncode == 0, time.monotonic() - began, done.stdout.strip())


def main() -> int:
    """Run what was asked for; 1 when a check failed."""
    names = [check.name for check in CHECKS]
    parser = argparse.ArgumentParser(prog="bin/check", description="Run the static checks, or those that are named.")
    parser.add_argument("names", nargs="*", metavar="check", help=", ".join(names))
    chosen = parser.parse_args().names or names
    if unknown := set(chosen) - set(names):
        parser.error(f"no such check: {', '.join(sorted(unknown))}")
    failed = 0
    with ThreadPoolExecutor(max_workers=2) as pool:
        for outcome in pool.map(run, [check for check in CHECKS if check.name in chosen]):
            print(
                f"{'ok  ' if outcome.passed else 'FAIL'} {outcome.check.name:<13}{outcome.seconds:5.1f} s", flush=True
            )
            if not outcome.passed:
                failed += 1
                print(outcome.output, flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
