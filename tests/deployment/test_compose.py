"""What the container files promise: no default secret, no root, health checks, nothing lost on a restart."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings

from jobs.hints import QUEUES
from kcrm.celery import app

ROOT = Path(settings.BASE_DIR)
OWN = ["migrate", "web", "worker", "worker-heavy", "scheduler"]
STEADY = OWN[1:]


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    """The compose file as Docker reads it, merge keys resolved."""
    return dict(yaml.safe_load((ROOT / "docker-compose.yml").read_text()))


@pytest.fixture(scope="module")
def services(compose: dict[str, Any]) -> dict[str, Any]:
    """The services by name."""
    return dict(compose["services"])


def test_runs_all_parts(services: dict[str, Any]) -> None:
    assert set(services) == {"postgres", "redis", *OWN}


@pytest.mark.parametrize("name", OWN)
def test_own_services_have_few_rights(services: dict[str, Any], name: str) -> None:
    service = services[name]

    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["read_only"] is True
    assert "user" not in service  # the image's own, which is not root


def test_every_secret_must_be_set(compose: dict[str, Any]) -> None:
    used = re.findall(r"\$\{(\w*(?:PASSWORD|SECRET_KEY))(:[^}]*)\}", (ROOT / "docker-compose.yml").read_text())

    optional = {name for name, rest in used if not rest.startswith(":?")}

    assert {name for name, _ in used} > {
        "KCRM_SECRET_KEY",
        "REDIS_PASSWORD",
        "KCRM_APP_PASSWORD",
        "KCRM_OWNER_PASSWORD",
    }
    assert optional == {"KCRM_EMAIL_PASSWORD"}


def test_the_example_names_every_variable_and_no_secret() -> None:
    used = set(re.findall(r"\$\{(\w+)", (ROOT / "docker-compose.yml").read_text()))
    example = dict(re.findall(r"^(\w+)=(.*)$", (ROOT / ".env.example").read_text(), re.MULTILINE))

    assert used - {"KCRM_IMAGE"} <= set(example)
    assert {name for name in example if re.search("PASSWORD|SECRET", name) and example[name]} == set()


def test_only_the_migration_owns_the_database(services: dict[str, Any]) -> None:
    roles = {name: re.match(r"postgresql://(\w+):", services[name]["environment"]["DATABASE_URL"]) for name in OWN}

    assert {name: match[1] for name, match in roles.items() if match} == {
        "migrate": "kcrm_owner",
        "web": "kcrm_app",
        "worker": "kcrm_app",
        "worker-heavy": "kcrm_app",
        "scheduler": "kcrm_app",
    }


@pytest.mark.parametrize("name", STEADY)
def test_programs_wait_for_the_migration_and_the_queue(services: dict[str, Any], name: str) -> None:
    assert services[name]["depends_on"] == {
        "migrate": {"condition": "service_completed_successfully"},
        "redis": {"condition": "service_healthy"},
    }


def test_the_database_is_made_for_chinese(services: dict[str, Any]) -> None:
    arguments = services["postgres"]["environment"]["POSTGRES_INITDB_ARGS"]

    assert "--locale-provider=builtin --builtin-locale=C.UTF-8 --locale=C.UTF-8" in arguments


def test_the_queue_is_kept_and_closed(services: dict[str, Any]) -> None:
    command = services["redis"]["command"][-1]

    assert "--appendonly yes" in command
    assert "--maxmemory-policy noeviction" in command
    assert "--requirepass" in command
    assert "ports" not in services["redis"]
    assert "ports" not in services["postgres"]


def test_what_must_last_lies_on_volumes(compose: dict[str, Any]) -> None:
    services = compose["services"]

    assert set(compose["volumes"]) == {"database", "queue", "files", "backups"}
    assert "database:/var/lib/postgresql" in services["postgres"]["volumes"]
    assert "queue:/data" in services["redis"]["volumes"]
    assert all("files:/data" in services[name]["volumes"] for name in OWN)


def test_health_is_asked_for(services: dict[str, Any]) -> None:
    assert services["web"]["healthcheck"]["test"][-1] == "/readyz"
    assert {"postgres", "redis", "web", "worker", "worker-heavy"} <= {
        name for name in services if "healthcheck" in services[name]
    }


def test_every_queue_has_a_worker(services: dict[str, Any]) -> None:
    commands = [services[name]["command"] for name in ("worker", "worker-heavy")]

    served = {command[command.index("--queues") + 1] for command in commands}

    assert served == set(QUEUES.values()) == {queue.name for queue in app.conf.task_queues}


@pytest.mark.parametrize("name", ["web", "worker", "worker-heavy"])
def test_a_restart_lets_running_work_end(services: dict[str, Any], name: str) -> None:
    assert services[name]["stop_grace_period"] == "70s"


def test_the_web_server_listens_to_the_proxy_only(services: dict[str, Any]) -> None:
    assert services["web"]["ports"] == ["${KCRM_LISTEN:-127.0.0.1:8000}:8000"]


def test_the_image_pins_its_bases_and_does_not_run_as_root() -> None:
    lines = (ROOT / "Dockerfile").read_text().splitlines()

    bases = [line.split()[1] for line in lines if line.startswith("FROM ")]
    users = [line.split()[1] for line in lines if line.startswith("USER ")]

    assert all(re.fullmatch(r"(python:3\.1[1-4]-slim-\w+|node:\d+-slim)", base) for base in bases)
    assert users == ["kcrm"]
    assert sum("--require-hashes" in line for line in lines) == 2


@pytest.mark.parametrize("name", [".env", ".git", ".kcrm", ".venv", "node_modules"])
def test_the_image_leaves_local_files_out(name: str) -> None:
    assert name in (ROOT / ".dockerignore").read_text().splitlines()
