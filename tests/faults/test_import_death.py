"""An import that is killed at ten random points and goes on each time ends as one that was never killed."""

from __future__ import annotations

import io
import random
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction

from customers.models import Customer, ImportBatch, ImportRow
from customers.services.imports import batches, running
from teams.models import TeamMembership
from tests.factories.accounts import UserFactory
from tests.factories.teams import UnitAssignmentFactory, UnitFactory
from tests.programs import Program, database_url, wait_for

pytestmark = [pytest.mark.fault, pytest.mark.timeout(400)]
ROWS = 8_000
KILLS = 10


def content(batch: ImportBatch) -> dict[str, Any]:
    """All that an import leaves behind, whatever the ids."""
    counts = ("state", "read", "created", "updated", "unchanged", "rejected")
    customers = Customer.objects.order_by("external_ids__value")
    rows = ImportRow.objects.filter(batch=batch).order_by("number")
    return {
        "counts": [getattr(batch, name) for name in counts],
        "customers": list(
            customers.values_list("external_ids__value", "name", "city", "parent__name", "org_unit__code", "version")
        ),
        "sites": list(customers.values_list("external_ids__value", "sites__street")),
        "members": TeamMembership.objects.count(),
        "rows": list(rows.values_list("number", "done", "label", "column", "reason")),
    }


@pytest.mark.django_db(transaction=True)
def test_ten_kills_and_resumes_equal_one_clean_run(tmp_path: Path, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    unit, director = UnitFactory(code="HQ"), UserFactory(roles=["director"])
    UnitAssignmentFactory(unit=unit, user=director, kind="leader")
    lines = [
        f"{n},Company {n},Street {n},{'Atlantis' if n % 97 == 0 else 'DE'},{n + 3_000 if n % 5 == 0 else ''}"
        for n in range(1, ROWS + 1)
    ]
    data = ("id,name,street,country,parent\n" + "\n".join(lines)).encode()
    batch = batches.upload_file(importable="customers", file=io.BytesIO(data), name="a.csv", source="erp", by=director)
    given = {name: getattr(batch, name) for name in ("mapping", "formats", "policy", "keys")}
    batches.set_mapping(batch_id=batch.pk, version=None, by=director, **given)
    with transaction.atomic():
        clean = content(running.run_batch(batch_id=batch.pk, by=director))
        transaction.set_rollback(True)
    chance = random.Random(time.time_ns())  # noqa: S311 - chance, no secret
    moments = [chance.uniform(0, 1.6) for _kill in range(KILLS)]
    print("killed after", moments)  # noqa: T201 - shown with a test that fails

    def start(number: int) -> Program:
        return Program(
            [sys.executable, "-m", "tests.faults.work.importing", str(batch.pk), str(tmp_path)],
            tmp_path / f"{number}.log",
            DATABASE_URL=database_url(),
            DJANGO_SETTINGS_MODULE="tests.faults.settings",
        )

    positions = []
    for number, moment in enumerate(moments):
        program = start(number)
        wait_for(lambda program=program: "ready" in program.words(), 30)
        time.sleep(moment)
        program.kill()
        wait_for(_alone, 30)
        batch.refresh_from_db()
        positions.append(batch.position)
    last = start(KILLS)
    assert last.process.wait(120) == 0, last.words()

    batch.refresh_from_db()
    assert content(batch) == clean
    assert positions == sorted(positions)


def _alone() -> bool:
    """Whether the database has no other client any more."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        return cursor.fetchone()[0] == 0
