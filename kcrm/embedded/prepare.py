"""Bring an installation up to date: `python -m kcrm.embedded.prepare files|database [--demo]`. Runs in Django."""

from __future__ import annotations

import sys
from contextlib import nullcontext

import django
from django.core.management import call_command, get_commands


def files() -> None:
    """Compile the message catalogues and collect the static files."""
    call_command("compile_catalogues")
    call_command("collectstatic", interactive=False, verbosity=0)


def database(*, demo: bool) -> None:
    """Migrate, and fill an empty installation with the demo company when that is wished."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    from kcrm.embedded.first_migration import is_empty, rendering_only_what_changes

    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        with rendering_only_what_changes() if is_empty() else nullcontext():
            call_command("migrate", interactive=False, verbosity=1)
    if demo and not _has_users() and "load_demo" in get_commands():
        call_command("load_demo")


def _has_users() -> bool:
    from django.contrib.auth import get_user_model

    return bool(get_user_model()._default_manager.exists())


if __name__ == "__main__":
    django.setup()
    if sys.argv[1] == "files":
        files()
    else:
        database(demo="--demo" in sys.argv)
