"""The lines of a small table that comes in as a file, CSV or XLSX, through the gate of all imports."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any, Final

from kcrm.lib.errors import DomainError
from kcrm.lib.imports.files import kind_of
from kcrm.lib.imports.reading import guessed, rows_of

MOST_BYTES: Final = 5_000_000


def lines_of(file: IO[bytes], *, too_large: str) -> list[Sequence[Any]]:
    """The lines of a file, the header first. Raises DomainError with `too_large` above 5 MB, and for other kinds."""
    name = getattr(file, "name", "sheet.csv") or "sheet.csv"
    if (getattr(file, "size", 0) or 0) > MOST_BYTES:
        raise DomainError(too_large, field="file")
    form = kind_of(file, name)
    file.seek(0)
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"sheet.{form}"
        with path.open("wb") as copy:
            shutil.copyfileobj(file, copy)
        return [cells for _number, cells in rows_of(str(path), guessed(str(path), form))]
