"""Find pairs that may be one among all records, some thousands at a time: memory does not grow with their number.

The keys by which records meet and the pairs that meet lie in temporary tables of the transaction; a record is read when
a pair with it is compared.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from io import StringIO
from typing import Any, Final

from django.db import connection, transaction

from customers.models import Contact, ContactRole, Customer, DuplicatePair
from customers.selectors.duplicates import SHARED_DOMAINS
from kcrm.lib import words
from kcrm.lib.likeness import SHOWN_FROM, Side, Verdict, compare, meeting_keys

KIND: Final = "customers.duplicates"
LARGEST_BLOCK: Final = 30  # a key that more records share says nothing
TRIGRAM_LIKENESS: Final = "0.6"
CHUNK: Final = 5000
NAMES_AT_ONCE: Final = 1000  # looked up in the index of names between two looks at whether to go on
Progress = Callable[[int, int], Any]
Pair = tuple[int, int]
MODELS: Final[Mapping[str, type[Any]]] = {"customer": Customer, "contact": Contact}
TABLES: Final = """
CREATE TEMP TABLE duplicate_key (id bigint, kind text, value text) ON COMMIT DROP;
CREATE TEMP TABLE duplicate_meeting (place bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, a bigint, b bigint)
    ON COMMIT DROP;
CREATE TEMP TABLE duplicate_found (a bigint, b bigint) ON COMMIT DROP;
"""
CLEARED: Final = "DROP TABLE IF EXISTS duplicate_key, duplicate_meeting, duplicate_found"
MEET: Final = """
WITH blocks AS (
    SELECT array_agg(id ORDER BY id) AS ids FROM duplicate_key GROUP BY kind, value HAVING count(*) BETWEEN 2 AND %s
)
INSERT INTO duplicate_meeting (a, b)
SELECT DISTINCT a, b FROM blocks, unnest(ids) a, unnest(ids) b WHERE a < b ORDER BY a, b
"""
MET: Final = "SELECT a, b FROM duplicate_meeting WHERE place > %s AND place <= %s"
FOUND: Final = "INSERT INTO duplicate_found SELECT * FROM unnest(%s::bigint[], %s::bigint[])"
GONE: Final = """
DELETE FROM customers_duplicatepair pair WHERE kind = %s AND state = 'open'
AND NOT EXISTS (SELECT FROM duplicate_found found WHERE found.a = pair.left_id AND found.b = pair.right_id)
"""
RESEMBLE: Final = """
SELECT a.id, b.id FROM customers_customer a
JOIN customers_customer b ON b.name_key %% a.name_key AND b.id > a.id AND b.deleted_at IS NULL
WHERE a.id = ANY(%s) AND a.deleted_at IS NULL AND length(a.name_key) > 3
"""
_CONTROL: Final = re.compile(r"[\\\x00-\x1f]")


def scan(*, progress: Progress | None = None) -> dict[str, int]:
    """Compare all customers and all people; returns how many pairs wait. What people answered stays answered.

    `progress` is told how many records were compared and how many there are, often; what it raises ends the scan, of
    which then nothing stays.
    """
    customers = Customer.objects.alive().count()
    total = customers + Contact.objects.alive().count()

    def tell(done: int) -> None:
        if progress is not None:
            progress(done, total)

    tell(0)
    with transaction.atomic():
        found = scan_kind("customer", tell)
        tell(customers)
        return {"customers": found, "contacts": scan_kind("contact", lambda done: tell(customers + done))}


@transaction.atomic
def scan_kind(kind: str, progress: Callable[[int], Any] = lambda done: None) -> int:
    """Compare the records of one kind: those that share a key, and customers whose names look alike."""
    with connection.cursor() as cursor:  # comparing takes long between two statements; the job has limits of its own
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        cursor.execute("SET LOCAL statement_timeout = '300s'")
        cursor.execute(CLEARED)
        cursor.execute(TABLES)
    count = _write_keys(kind, progress)
    for done, pairs in _candidates(kind, count):
        progress(done)
        for start in range(0, len(pairs), CHUNK):
            _compare(kind, pairs[start : start + CHUNK])
    progress(count)
    with connection.cursor() as cursor:
        cursor.execute(GONE, [kind])
    return DuplicatePair.objects.filter(kind=kind, state=DuplicatePair.State.OPEN).count()


def _compare(kind: str, pairs: Collection[Pair]) -> None:
    """Keep those of the pairs that are alike enough to be looked at."""
    sides = _sides(kind, {number for pair in pairs for number in pair})
    verdicts = (
        (pair, compare(sides[pair[0]], sides[pair[1]])) for pair in pairs if pair[0] in sides and pair[1] in sides
    )
    _store(kind, {pair: verdict for pair, verdict in verdicts if verdict.score >= SHOWN_FROM})


def _write_keys(kind: str, progress: Callable[[int], Any]) -> int:
    """Put the keys of all records into their table; returns how many records there are."""
    count = 0
    for numbers in _numbers(kind, CHUNK):
        progress(0)
        with connection.cursor() as cursor:
            cursor.copy_expert("COPY duplicate_key FROM STDIN", _lines(kind, _sides(kind, numbers)))
        count += len(numbers)
    return count


def _numbers(kind: str, size: int) -> Iterator[list[int]]:
    """The numbers of the records that are not in the bin, so many at a time."""
    rows, last = MODELS[kind]._default_manager.alive().order_by("pk"), 0
    while numbers := list(rows.filter(pk__gt=last).values_list("pk", flat=True)[:size]):
        yield numbers
        last = numbers[-1]


def _sides(kind: str, numbers: Collection[int]) -> dict[int, Side]:
    """What is compared of these records; those that went to the bin meanwhile are left out."""
    rows = MODELS[kind]._default_manager.alive().filter(pk__in=numbers).order_by()
    return dict(_customers(rows) if kind == "customer" else _contacts(rows, numbers))


def _customers(rows: Any) -> Iterator[tuple[int, Side]]:
    columns = ("pk", "name", "domain", "phone", "registration_no", "city", "country")
    for pk, name, domain, phone, number, city, country in rows.values_list(*columns):
        own = "" if domain in SHARED_DOMAINS else domain
        yield pk, Side(name, own, words.digits_of(phone), number, "", words.fold(city), country)


def _contacts(rows: Any, numbers: Collection[int]) -> Iterator[tuple[int, Side]]:
    places: dict[int, set[int]] = defaultdict(set)
    roles = ContactRole.objects.filter(contact__in=numbers).order_by()
    for contact, customer in roles.values_list("contact", "customer"):
        places[contact].add(customer)
    for pk, name, email, mobile, phone in rows.values_list("pk", "full_name", "email", "mobile", "phone"):
        digits = words.digits_of(mobile) or words.digits_of(phone)
        yield pk, Side(name, phone=digits, email=email.lower(), customers=frozenset(places.get(pk, ())))


def _keys(kind: str, side: Side) -> Iterable[tuple[str, str]]:
    for name, value in meeting_keys(side):
        if kind == "contact" and name in {"name", "sound"}:  # people of one name meet at one customer only
            yield from ((name, f"{customer}:{value}") for customer in side.customers)
        else:
            yield name, value


def _candidates(kind: str, count: int) -> Iterator[tuple[int, list[Pair]]]:
    """Records done and some pairs: of those that share a key, then of customers whose names look alike.

    Customers count as done when their names were looked up, which takes longest; people when their pairs have met.
    """
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE duplicate_key")
        cursor.execute(MEET, [LARGEST_BLOCK])
        met = cursor.rowcount
        for place in range(0, met, CHUNK):
            cursor.execute(MET, [place, place + CHUNK])
            yield 0 if kind == "customer" else count * place // met, cursor.fetchall()
        if kind != "customer":
            return
        cursor.execute("SELECT set_config('pg_trgm.similarity_threshold', %s, true)", [TRIGRAM_LIKENESS])
        done = 0
        for numbers in _numbers(kind, NAMES_AT_ONCE):
            cursor.execute(RESEMBLE, [numbers])
            yield done, cursor.fetchall()
            done += len(numbers)


def _lines(kind: str, sides: Mapping[int, Side]) -> StringIO:
    """The keys of records as COPY reads them."""
    return StringIO(
        "".join(
            f"{pk}\t{name}\t{_CONTROL.sub(' ', value)[:250]}\n"
            for pk, side in sides.items()
            for name, value in set(_keys(kind, side))
        )
    )


def _store(kind: str, found: Mapping[Pair, Verdict]) -> None:
    DuplicatePair.objects.bulk_create(
        (
            DuplicatePair(kind=kind, left_id=left, right_id=right, score=verdict.score, reasons=list(verdict.reasons))
            for (left, right), verdict in found.items()
        ),
        batch_size=2000,
        update_conflicts=True,
        update_fields=["score", "reasons"],
        unique_fields=["kind", "left_id", "right_id"],
    )
    with connection.cursor() as cursor:
        cursor.execute(FOUND, [[left for left, _right in found], [right for _left, right in found]])
