"""Put acts into the outbox, and give committed ones their place in the feed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from django.db import connection, transaction
from django.utils import timezone

from feed.models import Change, Delivery, Endpoint, Outgoing
from feed.registry import resource_named, resource_of

LOCK: Final = 0x4B46_4545  # one publisher at a time
BATCH: Final = 2_000
TEST: Final = "webhook.test"
NOTE: Final = """
    INSERT INTO feed_outgoing (event, subject_type, action, object_id, customer_id, fields, detail)
    SELECT n.event, '', '', n.object_id, n.customer_id, %s::varchar[], '{}'
    FROM unnest(%s::varchar[], %s::bigint[], %s::bigint[]) WITH ORDINALITY AS n (event, object_id, customer_id, place)
    ORDER BY n.place
"""
NOTE_FOUND: Final = """
    INSERT INTO feed_outgoing (event, subject_type, action, object_id, customer_id, fields, detail)
    SELECT %s, '', '', n.object_id, n.customer_id, '{}', '{}' FROM ({found}) AS n (object_id, customer_id)
"""


def note(
    event: str, *, object_id: int | None = None, customer_id: int | None = None, fields: Sequence[str] = ()
) -> None:
    """Note in the present transaction an act that the audit trail does not name by itself."""
    note_all([(event, object_id, customer_id)], fields=fields)


def note_all(rows: Iterable[tuple[str, int | None, int | None]], *, fields: Sequence[str] = ()) -> None:
    """The same for many acts (event, object, customer) in few statements. Raises ValueError for an unknown event."""
    found = list(rows)
    for event in {event for event, _object, _customer in found}:
        if resource_named(event.partition(".")[0]) is None:
            raise ValueError(f"No app declares events like {event!r}.")
    if not found:
        return
    events, objects, customers = map(list, zip(*found, strict=True))
    with connection.cursor() as cursor:  # one statement however many: a scoring notes each customer that moved
        cursor.execute(NOTE, [list(fields), events, objects, customers])


def note_found(event: str, found: str, parameters: Sequence[Any] = ()) -> int:
    """The same for all (object, customer) that a query gives, in its order; returns how many. Raises ValueError."""
    if resource_named(event.partition(".")[0]) is None:
        raise ValueError(f"No app declares events like {event!r}.")
    with connection.cursor() as cursor:
        cursor.execute(NOTE_FOUND.replace("{found}", found), [event, *parameters])
        return int(cursor.rowcount)


def publish() -> int:
    """Move what was committed from the outbox into the feed and to the endpoints; returns how many.

    One transaction under a lock gives out the numbers: a transaction that commits late gets later numbers, so that
    nobody who has read up to a number misses anything.
    """
    if not Outgoing.objects.exists():
        return 0
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
            if not cursor.fetchone()[0]:
                return 0
        waiting = list(Outgoing.objects.order_by("pk")[:BATCH])
        changes = Change.objects.bulk_create([change for row in waiting if (change := _change_of(row))])
        _hand_out(changes)
        Outgoing.objects.filter(pk__in=[row.pk for row in waiting]).delete()
    return len(waiting)


@transaction.atomic
def publish_test(endpoint: Endpoint) -> Delivery:
    """A change that only this endpoint hears of and no reader of the feed sees.

    Its number is given out like all others, by one publisher at a time, so that no reader's place runs ahead.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    change = Change.objects.create(event=TEST, resource="webhook", object_id=endpoint.pk, at=timezone.now())
    return Delivery.objects.create(endpoint=endpoint, change=change)


def _change_of(row: Outgoing) -> Change | None:
    """What the feed says of an act; None for one that concerns nobody outside."""
    event = row.event
    if event:
        known = resource_named(event.partition(".")[0])
    else:
        known = resource_of(row.subject_type)
        verb = known.verb(row.action) if known else None
        event = f"{known.name}.{verb}" if known and verb else ""
    if known is None or not event:
        return None
    return Change(
        event=event,
        resource=known.name,
        object_id=row.object_id,
        customer_id=row.customer_id,
        fields=sorted(set(row.fields) - known.hidden - set(known.hides(row.fields)) - {"user"})[:100],
        detail={name: value for name, value in row.detail.items() if value is not None},
        at=row.at,
    )


def _hand_out(changes: Sequence[Change]) -> None:
    endpoints: Sequence[tuple[int, list[str]]] = list(Endpoint.objects.values_list("pk", "events"))
    Delivery.objects.bulk_create(
        [
            Delivery(endpoint_id=pk, change=change)
            for change in changes
            for pk, events in endpoints
            if not events or change.event in events
        ],
        batch_size=1_000,
    )


def payload(change: Change) -> Mapping[str, Any]:
    """What a receiver gets: which record, when, which fields; never a value."""
    return {
        "type": change.event,
        "timestamp": change.at,
        "data": {
            "sequence": change.seq,
            "resource": change.resource,
            "id": change.object_id,
            "customer": change.customer_id,
            "fields": change.fields,
        },
    }
