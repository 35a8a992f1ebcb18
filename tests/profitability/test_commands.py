"""The command line's door to the ledger."""

from __future__ import annotations

import csv

import pytest
from django.core.management import CommandError, call_command

from profitability.models import CustomerMonth, LedgerLine
from tests.personas import outsider
from tests.profitability import northwind

pytestmark = pytest.mark.django_db


@pytest.fixture
def file(tmp_path):
    def write(rows):
        path = tmp_path / "ledger.csv"
        with path.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
        return str(path)

    return write


def test_a_file_is_loaded_with_the_rights_of_the_named_person(erp, file, capsys):
    northwind.prepare(erp.by)
    path = file(list(northwind.ledger_rows()))

    call_command("import_ledger", path, source="northwind", as_user=erp.by.email)

    said = capsys.readouterr().out
    assert "2,155 added" in said
    assert "2,155 lines, net 1,265,793.0395" in said
    assert LedgerLine.objects.count() == 2155


def test_refused_rows_go_to_their_own_file_and_fail_the_command(erp, row, file, tmp_path):
    rejects = tmp_path / "rejects.csv"

    with pytest.raises(SystemExit):
        call_command(
            "import_ledger", file([row(), row(line="x")]), source="erp", as_user=erp.by.email, rejects=str(rejects)
        )

    assert rejects.read_text().splitlines()[1] == "3,line,not_a_line,x,A line number is a whole number."
    assert LedgerLine.objects.count() == 1


def test_somebody_without_the_right_loads_nothing(erp, row, file):
    with pytest.raises(CommandError):
        call_command("import_ledger", file([row()]), source="erp", as_user=outsider().email)
    with pytest.raises(CommandError):
        call_command("import_ledger", file([row()]), source="erp", as_user="nobody@example.com")

    assert LedgerLine.objects.count() == 0


def test_roll_ups_can_be_made_anew(erp, row, capsys):
    erp.load(row())
    CustomerMonth.objects.update(net_units=0)

    call_command("rebuild_rollups")

    assert CustomerMonth.objects.get().net_units == 250_000
    assert capsys.readouterr().out == "1\n"
