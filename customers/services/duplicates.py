"""Find pairs that may be one among all records, and keep what people said about them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from io import StringIO
from typing import Any, Final

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import AuditEntry, User
from accounts.services import audit
from customers.models import Contact, ContactRole, Customer, DuplicatePair
from customers.selectors.duplicates import SHARED_DOMAINS
from customers.services.merging import records
from kcrm.lib import words
from kcrm.lib.errors import DomainError
from kcrm.lib.likeness import SHOWN_FROM, Side, compare, meeting_keys

KIND: Final = "customers.duplicates"
LARGEST_BLOCK: Final = 30  # a key that more records share says nothing
TRIGRAM_LIKENESS: Final = "0.6"
CHUNK: Final = 5000
NAMES_AT_ONCE: Final = 1000  # looked up in the index of names between two looks at whether to go on
Progress = Callable[[int, int], Any]
LATER_DAYS: Final = 30
MEET: Final = """
WITH blocks AS (
    SELECT kind, value, array_agg(id ORDER BY id) AS ids FROM duplicate_key GROUP BY kind, value
    HAVING count(*) BETWEEN 2 AND %s
)
SELECT DISTINCT a, b FROM blocks, unnest(ids) a, unnest(ids) b WHERE a < b
"""
_CONTROL: Final = re.compile(r"[\\\x00-\x1f]")
RESEMBLE: Final = """
SELECT a.id, b.id FROM customers_customer a
JOIN customers_customer b ON b.name_key %% a.name_key AND b.id > a.id AND b.deleted_at IS NULL
WHERE a.id = ANY(%s) AND a.deleted_at IS NULL AND length(a.name_key) > 3
"""


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
    sides = dict(_customers() if kind == "customer" else _contacts())
    found: dict[tuple[int, int], tuple[int, tuple[str, ...]]] = {}
    for done, pairs in _candidates(kind, sides):
        progress(done)
        for pair in pairs:
            if pair in found or pair[0] not in sides or pair[1] not in sides:
                continue
            verdict = compare(sides[pair[0]], sides[pair[1]])
            if verdict.score >= SHOWN_FROM:
                found[pair] = verdict.score, verdict.reasons
    progress(len(sides))
    _store(kind, found)
    return DuplicatePair.objects.filter(kind=kind, state=DuplicatePair.State.OPEN).count()


@transaction.atomic
def dismiss(*, pair_id: int, by: User) -> DuplicatePair:
    """Remember that two records are not one: no later scan asks again."""
    pair = _answerable(pair_id, by)
    pair.state = DuplicatePair.State.DISMISSED
    pair.decided_by, pair.decided_at = by, timezone.now()
    pair.save(update_fields=["state", "decided_by", "decided_at"])
    audit.record(
        action=AuditEntry.Action.UPDATE, by=by, subject=pair, changes={"state": ["open", "dismissed"]},
        customer_id=pair.left_id if pair.kind == "customer" else None,
    )  # fmt: skip
    return pair


@transaction.atomic
def put_off(*, pair_id: int, by: User) -> DuplicatePair:
    """Hide a pair from the queue for thirty days."""
    pair = _answerable(pair_id, by)
    pair.later_until = timezone.localdate() + timedelta(days=LATER_DAYS)
    pair.save(update_fields=["later_until"])
    return pair


def _answerable(pair_id: int, by: User) -> DuplicatePair:
    pair: DuplicatePair = DuplicatePair.objects.visible_to(by).select_for_update(of=("self",)).get(pk=pair_id)
    records.parties(pair.kind, [pair.left_id, pair.right_id], by)
    if pair.state != DuplicatePair.State.OPEN:
        raise DomainError(_("This pair was answered already."), code="answered")
    return pair


def _customers() -> Iterator[tuple[int, Side]]:
    rows = Customer.objects.alive().order_by().values_list(
        "pk", "name", "domain", "phone", "registration_no", "city", "country"
    )  # fmt: skip
    for pk, name, domain, phone, number, city, country in rows.iterator(chunk_size=CHUNK):
        own = "" if domain in SHARED_DOMAINS else domain
        yield pk, Side(name, own, words.digits_of(phone), number, "", words.fold(city), country)


def _contacts() -> Iterator[tuple[int, Side]]:
    places: dict[int, set[int]] = defaultdict(set)
    for contact, customer in ContactRole.objects.order_by().values_list("contact", "customer").iterator(CHUNK):
        places[contact].add(customer)
    rows = Contact.objects.alive().order_by().values_list("pk", "full_name", "email", "mobile", "phone")
    for pk, name, email, mobile, phone in rows.iterator(chunk_size=CHUNK):
        digits = words.digits_of(mobile) or words.digits_of(phone)
        yield pk, Side(name, phone=digits, email=email.lower(), customers=frozenset(places[pk]))


def _keys(kind: str, side: Side) -> Iterable[tuple[str, str]]:
    for name, value in meeting_keys(side):
        if kind == "contact" and name in {"name", "sound"}:  # people of one name meet at one customer only
            yield from ((name, f"{customer}:{value}") for customer in side.customers)
        else:
            yield name, value


def _candidates(kind: str, sides: dict[int, Side]) -> Iterator[tuple[int, list[tuple[int, int]]]]:
    """Records done and some pairs: of those that share a key, then of customers whose names look alike."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '300s'")
        cursor.execute(
            "CREATE TEMP TABLE IF NOT EXISTS duplicate_key (id bigint, kind text, value text) ON COMMIT DROP"
        )
        cursor.execute("TRUNCATE duplicate_key")
        cursor.copy_expert("COPY duplicate_key FROM STDIN", _lines(kind, sides))
        cursor.execute(MEET, [LARGEST_BLOCK])
        while pairs := cursor.fetchmany(CHUNK):
            yield 0, pairs
        if kind != "customer":
            return
        cursor.execute("SELECT set_config('pg_trgm.similarity_threshold', %s, true)", [TRIGRAM_LIKENESS])
        numbers = sorted(sides)
        for start in range(0, len(numbers), NAMES_AT_ONCE):
            cursor.execute(RESEMBLE, [numbers[start : start + NAMES_AT_ONCE]])
            yield start, cursor.fetchall()


def _lines(kind: str, sides: dict[int, Side]) -> StringIO:
    """The keys of all records as COPY reads them."""
    return StringIO(
        "".join(
            f"{pk}\t{name}\t{_CONTROL.sub(' ', value)[:250]}\n"
            for pk, side in sides.items()
            for name, value in set(_keys(kind, side))
        )
    )


def _store(kind: str, found: dict[tuple[int, int], tuple[int, tuple[str, ...]]]) -> None:
    DuplicatePair.objects.bulk_create(
        (
            DuplicatePair(kind=kind, left_id=left, right_id=right, score=score, reasons=list(reasons))
            for (left, right), (score, reasons) in found.items()
        ),
        batch_size=2000,
        update_conflicts=True,
        update_fields=["score", "reasons"],
        unique_fields=["kind", "left_id", "right_id"],
    )
    open_pairs = DuplicatePair.objects.filter(kind=kind, state=DuplicatePair.State.OPEN)
    gone = [pk for pk, left, right in open_pairs.values_list("pk", "left_id", "right_id") if (left, right) not in found]
    DuplicatePair.objects.filter(pk__in=gone).delete()
