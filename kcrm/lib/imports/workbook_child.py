"""Reads one sheet of a workbook in a process of its own, with limits on memory and time. Knows nothing of KCRM.

Called as `workbook_child.py FILE SHEET MOST_ROWS`; writes one JSON value a line: the names of the sheets, then the
rows as texts. An empty SHEET means the first.
"""

from __future__ import annotations

import json
import resource
import sys
from datetime import date, datetime, time, timedelta
from itertools import chain
from typing import Any

MEMORY = 512 * 1024 * 1024
SECONDS = 60
OUTPUT = 1024 * 1024 * 1024
MOST_COLUMNS = 200


def text(value: Any) -> str:
    """A cell as people would write it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    return str(value)


def main(path: str, sheet_name: str, most: int) -> int:
    """Write the sheets and the rows; a number other than 0 says what went wrong."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (OUTPUT, OUTPUT))
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_path(path)
    print(json.dumps(book.sheet_names))  # noqa: T201 - its output is what it is for
    if not book.sheet_names:
        return 0
    sheet = book.get_sheet_by_name(sheet_name or book.sheet_names[0])
    start = sheet.start or (0, 0)
    blank: list[list[Any]] = [[""]] * min(int(start[0]), most)
    for number, row in enumerate(chain(blank, sheet.iter_rows())):
        if number >= most:
            break
        cells = [text(value) for value in row]
        while cells and not cells[-1]:
            cells.pop()
        if len(cells) > MOST_COLUMNS:
            return 4
        print(json.dumps(cells))  # noqa: T201
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
    except MemoryError:
        sys.exit(3)
