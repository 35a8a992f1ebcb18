"""Two tables of an ERP, headers and positions, as the one row a line that the ledger reads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping


def rows_of_documents(
    headers: Iterable[Mapping[str, str]],
    positions: Iterable[Mapping[str, str]],
    *,
    key: str,
    header_columns: Mapping[str, str],
    position_columns: Mapping[str, str],
) -> Iterator[dict[str, str]]:
    """Ledger rows, one a position, each with its document's header.

    `key` is the column both tables share: the document's number. `header_columns` and `position_columns` map ledger
    columns to the tables' own. Where no column is mapped to `line`, positions are numbered in their order within the
    document. Raises KeyError for a position without a document.
    """
    known = {header[key]: {name: header[own] for name, own in header_columns.items()} for header in headers}
    numbers: Counter[str] = Counter()
    for position in positions:
        number = position[key]
        numbers[number] += 1
        row = {"document": number, "line": str(numbers[number])} | known[number]
        yield row | {name: position[own] for name, own in position_columns.items()}
