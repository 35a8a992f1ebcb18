"""Workbooks, read in a child with limits: a hostile file ends the child and nothing else."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from django.utils.translation import gettext as _

from kcrm.lib.errors import DomainError

CHILD: Final = Path(__file__).with_name("workbook_child.py")
PATIENCE: Final = 90
TOO_WIDE: Final = 4


@contextmanager
def opened(path: str, sheet: str = "", *, most: int) -> Iterator[tuple[list[str], Iterator[list[str]]]]:
    """The names of a workbook's sheets, and the rows of one as texts. Raises DomainError."""
    with tempfile.TemporaryFile("w+", encoding="utf-8") as out:
        code = _read(path, sheet, most, out)
        if code == TOO_WIDE:
            raise DomainError(_("The sheet has more than 200 columns. Remove those that are not needed."), field="file")
        if code != 0:
            raise DomainError(
                _("The sheet cannot be read within the limits of memory and time. Save it as CSV and try again."),
                field="file",
                code="unreadable",
            )
        out.seek(0)
        names = out.readline()
        yield json.loads(names or "[]"), (json.loads(line) for line in out)


def _read(path: str, sheet: str, most: int, out: object) -> int:
    command = [sys.executable, "-I", str(CHILD), path, sheet, str(most)]
    try:
        done = subprocess.run(  # noqa: S603 - our own program; the file is only its data
            command, stdout=out, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL, timeout=PATIENCE, check=False
        )  # type: ignore[call-overload]
    except subprocess.TimeoutExpired:
        return -1
    return int(done.returncode)
