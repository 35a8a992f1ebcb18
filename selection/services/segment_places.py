"""Put customers into segments: one segment a customer and day, by hand, by rule, by file, in bulk."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import AuditEntry, User
from accounts.services import audit
from customers.models import Customer
from customers.querysets import visible_customers
from feed.services import outbox
from kcrm.lib import words
from kcrm.lib.access import Verb
from kcrm.lib.errors import DomainError, NotAllowed
from selection import permissions
from selection.models import Segment, SegmentPlace
from selection.selectors.scopes import movable_customers
from selection.services.rescoring import ask_scoring_of_moved


@dataclass(frozen=True, slots=True)
class Placed:
    """What came of putting customers into a segment: who moved, who was there already, whom the person may not move."""

    moved: tuple[int, ...]
    unchanged: tuple[int, ...]
    refused: tuple[int, ...]


@transaction.atomic
def place_customer(
    *, customer_id: int, segment_id: int | None, day: date, by: User, reason: str = "",
    source: str = SegmentPlace.Source.HAND,
) -> Placed:  # fmt: skip
    """Put one customer into a segment from a day on, or out of any with None; what stood for later days is replaced."""
    customer = visible_customers(by, "segment_place").select_related("org_unit").get(pk=customer_id)
    if not permissions.can_place(by, customer):
        raise NotAllowed("segment_place", Verb.UPDATE)
    return _place([customer_id], _segment(segment_id, by), day, source, reason, by)


@transaction.atomic
def place_customers(
    *, customer_ids: Collection[int], segment_id: int | None, day: date, source: str, by: User, reason: str = ""
) -> Placed:
    """Put many customers into a segment from a day on, in a fixed number of statements.

    Those whom the person may not move are named and left. Raises NotAllowed for who may move nobody, DomainError for a
    segment that was given up.
    """
    if not permissions.can_place_anybody(by):
        raise NotAllowed("segment_place", Verb.UPDATE)
    segment = _segment(segment_id, by)
    allowed = movable_customers(by).filter(pk__in=set(customer_ids)).order_by("pk").values_list("pk", flat=True)
    found = _place(list(allowed), segment, day, source, reason, by)
    refused = sorted(set(customer_ids) - {*found.moved, *found.unchanged})
    return Placed(found.moved, found.unchanged, tuple(refused))


def _segment(segment_id: int | None, by: User) -> Segment | None:
    if segment_id is None:
        return None
    segment: Segment = Segment.objects.visible_to(by).get(pk=segment_id)
    if segment.state == Segment.State.RETIRED:
        raise DomainError(_("This segment was given up; nobody goes into it any more."), field="segment")
    return segment


def _place(ids: Sequence[int], segment: Segment | None, day: date, source: str, reason: str, by: User) -> Placed:
    list(Customer.objects.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk").values_list("pk"))
    rows = list(SegmentPlace.objects.select_for_update(of=("self",)).filter(customer__in=ids).order_by("pk"))
    now = {row.customer_id: row for row in rows if _holds(row, day)}
    later = [row for row in rows if row.valid_from > day]
    staying = {
        pk for pk in ids
        if (now[pk].segment_id if pk in now else None) == (segment.pk if segment else None)
        and (pk not in now or now[pk].valid_to is None)
        and not any(row.customer_id == pk for row in later)
    }  # fmt: skip
    moved = [pk for pk in ids if pk not in staying]
    before = {pk: now[pk].segment_id if pk in now else None for pk in moved}
    _end([now[pk] for pk in moved if pk in now], [row for row in later if row.customer_id not in staying], day)
    if segment is not None:
        values = {"segment": segment, "valid_from": day, "source": source, "reason": words.clean_text(reason)[:300]}
        SegmentPlace.objects.bulk_create([SegmentPlace(customer_id=pk, **values) for pk in moved], batch_size=5_000)
    _note(before, segment, source, reason, by)
    if moved:
        ask_scoring_of_moved()
    return Placed(tuple(moved), tuple(sorted(staying)), ())


def _holds(row: SegmentPlace, day: date) -> bool:
    return row.valid_from <= day and (row.valid_to is None or row.valid_to > day)


def _end(held: Iterable[SegmentPlace], later: Iterable[SegmentPlace], day: date) -> None:
    """Ends the places that hold on the day before; one that began on the day itself, or later, was never true."""
    gone = [row.pk for row in later]
    ended = []
    for row in held:
        if row.valid_from == day:
            gone.append(row.pk)
        else:
            row.valid_to = day
            row.version += 1
            row.updated_at = timezone.now()
            ended.append(row)
    SegmentPlace.objects.bulk_update(ended, ["valid_to", "version", "updated_at"], batch_size=5_000)
    SegmentPlace.objects.filter(pk__in=gone).delete()


def _note(before: dict[int, int | None], segment: Segment | None, source: str, reason: str, by: User) -> None:
    names = dict(Segment.objects.filter(pk__in={pk for pk in before.values() if pk}).values_list("pk", "name"))
    customers = Customer.objects.in_bulk(before)
    audit.record_all(
        audit.entry(
            action=AuditEntry.Action.UPDATE,
            by=by,
            subject=customers[pk],
            customer_id=pk,
            changes={"segment": [names.get(former or 0), segment.name if segment else None]},
            reason=reason,
            via="import" if source == SegmentPlace.Source.FILE else None,
        )
        for pk, former in before.items()
    )
    outbox.note_all([("segment.changed", pk, pk) for pk in before])
