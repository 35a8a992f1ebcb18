"""Two loads at once, and a load that dies: each line once, nothing half."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

from profitability.models import CustomerMonth, LedgerDocument, LedgerLine, LedgerLoad
from profitability.services.ledger import load_ledger
from profitability.services.rollups import rebuild_rollups

pytestmark = pytest.mark.django_db(transaction=True)


def delivery(row, count: int) -> list[dict[str, Any]]:
    return [row(document=f"R{number // 3}", line=str(number % 3 + 1)) for number in range(count)]


def months():
    return list(CustomerMonth.objects.order_by("customer", "month").values_list("customer", "net_units", "lines"))


def test_two_loads_of_the_same_delivery_at_once_add_each_line_once(erp, row):
    rows = delivery(row, 300)
    barrier = threading.Barrier(2)
    results = []

    def run() -> None:
        try:
            barrier.wait(10)
            results.append(load_ledger(rows, source="erp", by=erp.by, chunk_size=50))
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert sorted(result.created + result.unchanged for result in results) == [300, 300]
    assert sum(result.created for result in results) == 300
    assert LedgerLine.objects.count() == 300
    assert LedgerDocument.objects.count() == 100
    assert months() == [(erp.acme.pk, 300 * 250_000, 300)]


class Killed(BaseException):
    """Stands for the death of the process between two rows."""


@pytest.mark.parametrize("died_after", [0, 49, 50, 120, 199])
def test_a_load_that_dies_leaves_whole_chunks_and_goes_on_where_it_stopped(erp, row, died_after):
    rows = delivery(row, 200)

    def dying() -> Iterator[dict[str, Any]]:
        yield from rows[:died_after]
        raise Killed

    with pytest.raises(Killed):
        load_ledger(dying(), source="erp", by=erp.by, chunk_size=50)
    whole_chunks = died_after // 50 * 50

    assert LedgerLine.objects.count() == whole_chunks
    assert sum(lines for _customer, _net, lines in months()) == whole_chunks
    assert LedgerLoad.objects.filter(state="done").count() == 0

    result = load_ledger(rows, source="erp", by=erp.by, chunk_size=50)

    assert (result.created, result.unchanged) == (200 - whole_chunks, whole_chunks)
    kept = months()
    rebuild_rollups()
    assert months() == kept
