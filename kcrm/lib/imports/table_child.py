"""Reads one table in a process of its own, with limits on memory and time. Knows nothing of KCRM.

Called as `table_child.py xlsx FILE SHEET MOST_ROWS` or `table_child.py csv FILE ENCODING DELIMITER MOST_ROWS`; writes
one JSON value a line: the names of the sheets, then the rows as texts. An empty SHEET means the first. Where the table
cannot be taken apart, the last line is an object that says why and in which row.
"""

from __future__ import annotations

import csv
import json
import resource
import sys
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import chain
from typing import Any

MEMORY = 512 * 1024 * 1024
SECONDS = 60
OUTPUT = 1024 * 1024 * 1024
MOST_COLUMNS = 200
LONGEST_FIELD = 128 * 1024


class Refused(Exception):
    """Why the table cannot be taken apart, and the number of the row."""


def say(value: Any) -> None:
    """One line of the answer."""
    sys.stdout.write(json.dumps(value) + "\n")


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


def of_workbook(path: str, sheet_name: str) -> Iterator[list[str]]:
    """The rows of a sheet; says the names of the sheets before."""
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_path(path)
    say(book.sheet_names)
    if not book.sheet_names:
        return
    sheet = book.get_sheet_by_name(sheet_name or book.sheet_names[0])
    start = sheet.start or (0, 0)
    blank: Iterator[list[Any]] = ([""] for _number in range(int(start[0])))
    for row in chain(blank, sheet.iter_rows()):
        cells = [text(value) for value in row]
        while cells and not cells[-1]:
            cells.pop()
        yield cells


def of_text(path: str, encoding: str, delimiter: str) -> Iterator[list[str]]:
    """The rows of a text."""
    say([])
    csv.field_size_limit(LONGEST_FIELD)
    number = 0
    with open(path, encoding=encoding, errors="surrogateescape", newline="") as file:
        reader = csv.reader(file, delimiter=delimiter)
        while True:
            number += 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except (csv.Error, UnicodeError):
                raise Refused("unreadable", number) from None
            yield cells


def main(rows: Iterator[list[str]], most: int) -> int:
    """Write the rows; a number other than 0 says that there is no more to read than what was written."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (OUTPUT, OUTPUT))
    try:
        for number, cells in enumerate(rows, 1):
            if number > most:
                break
            while len(cells) > MOST_COLUMNS and not cells[-1].strip():
                cells.pop()
            if len(cells) > MOST_COLUMNS:
                raise Refused("too_many_columns", number)
            say(cells)
    except Refused as refused:
        code, number = refused.args
        say({"error": code, "row": number})
    return 0


if __name__ == "__main__":
    form, *given = sys.argv[1:]
    try:
        sys.exit(main((of_workbook if form == "xlsx" else of_text)(*given[:-1]), int(given[-1])))
    except MemoryError:
        sys.exit(3)
