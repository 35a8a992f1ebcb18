"""Tables of files, read in a child with limits: a hostile file ends the child and nothing else."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from django.utils.translation import gettext as _

from kcrm.lib.errors import DomainError

CHILD: Final = Path(__file__).with_name("table_child.py")
PATIENCE: Final = 90

Cells = list[str]


@contextmanager
def workbook(path: str, sheet: str = "", *, most: int) -> Iterator[tuple[list[str], Iterator[Cells]]]:
    """The names of a workbook's sheets, and the rows of one as texts. Raises DomainError."""
    unreadable = _("The sheet cannot be read within the limits of memory and time. Save it as CSV and try again.")
    with _opened(["xlsx", path, sheet, str(most)], unreadable) as answer:
        yield answer


@contextmanager
def text(path: str, encoding: str, delimiter: str, *, most: int) -> Iterator[Iterator[Cells]]:
    """The rows of a text table. Raises DomainError."""
    unreadable = _("The file cannot be read within the limits of memory and time. Split it and try again.")
    with _opened(["csv", path, encoding, delimiter, str(most)], unreadable) as (_sheets, rows):
        yield rows


@contextmanager
def _opened(arguments: list[str], unreadable: str) -> Iterator[tuple[list[str], Iterator[Cells]]]:
    with tempfile.TemporaryFile("w+", encoding="utf-8") as out:
        if _read(arguments, out) != 0:
            raise DomainError(unreadable, field="file", code="unreadable")
        out.seek(0)
        names = out.readline()
        yield json.loads(names or "[]"), _rows(out)


def _rows(lines: Any) -> Iterator[Cells]:
    for line in lines:
        found = json.loads(line)
        if isinstance(found, dict):
            raise _refused(found)
        yield found


def _refused(found: dict[str, Any]) -> DomainError:
    if found["error"] == "too_many_columns":
        sentence = _("Row %(row)s has more than 200 columns. Remove some, or choose another delimiter.")
    else:
        sentence = _("Row %(row)s cannot be read: a quotation mark is not closed, or a cell is too long.")
    return DomainError(sentence % {"row": found["row"]}, field="file", code=found["error"])


def _read(arguments: list[str], out: object) -> int:
    command = [sys.executable, "-I", str(CHILD), *arguments]
    try:
        done = subprocess.run(  # noqa: S603 - our own program; the file is only its data
            command, stdout=out, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL, timeout=PATIENCE, check=False
        )  # type: ignore[call-overload]
    except subprocess.TimeoutExpired:
        return -1
    return int(done.returncode)
