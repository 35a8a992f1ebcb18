"""Bring in which segment each customer belongs to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from customers.models import Customer
from customers.services.imports.references import customers_named
from kcrm.lib import words
from kcrm.lib.errors import DomainError
from kcrm.lib.imports import Done, Image, Outcome, Row, RowError, Run
from kcrm.lib.imports.outcomes import UNMATCHED
from selection import permissions
from selection.models import Segment, SegmentPlace
from selection.services.segment_places import place_customer, place_customers


def save_places(rows: Sequence[Row], run: Run) -> list[Outcome]:
    """Put the customers of these rows into their segments; one outcome a row.

    Rows of the same segment, day and reason are written together. Who may not move a customer is told so by row.
    """
    customers = customers_named((row.values.get("customer") for row in rows), run)
    segments = _known(run)
    outcomes: dict[int, Outcome] = {}
    groups: dict[tuple[Segment, date, str], dict[int, tuple[Row, Customer]]] = defaultdict(dict)
    for row in rows:
        try:
            customer = customers.get(row.values["customer"], field="customer")
            if not permissions.can_place(run.by, customer):
                raise RowError(_("You may not change the segment of this customer."), code="not_allowed")
            segment = segments.get(words.fold(str(row.values["segment"])))
            if segment is None:
                raise RowError(_("There is no such segment."), field="segment", code=UNMATCHED)
        except DomainError as error:
            outcomes[row.number] = Outcome.refused(row, error)
        else:
            key = (segment, row.values.get("valid_from", run.today), str(row.values.get("reason", "")))
            groups[key][customer.pk] = (row, customer)
    for (segment, day, reason), members in groups.items():
        former = dict(_on(day, members).values_list("customer", "segment"))
        placed = place_customers(
            customer_ids=list(members),
            segment_id=segment.pk,
            day=day,
            reason=reason,
            source=SegmentPlace.Source.FILE,
            by=run.by,
        )
        places = dict(_on(day, placed.moved).values_list("customer", "pk"))
        for pk, (row, customer) in members.items():
            outcomes[row.number] = _outcome(row, customer, segment, places.get(pk), former.get(pk))
    return [outcomes[row.number] for row in rows]


def undo_places(rows: Sequence[Sequence[Mapping[str, Any]]], by: User) -> list[str]:
    """Put customers back where they were from the same day on; why one stays, empty where it does not."""
    answers = []
    for images in rows:
        place = SegmentPlace.objects.filter(pk=images[0]["pk"]).first()
        if place is None or place.valid_to is not None or place.segment_id != images[0]["after"]["segment"]:
            answers.append(_("Somebody changed it since."))
            continue
        former = images[0]["before"]["segment"]
        place_customer(customer_id=place.customer_id, segment_id=former, day=place.valid_from, by=by)
        answers.append("")
    return answers


def _on(day: date, customers: Iterable[int]) -> Any:
    return SegmentPlace.objects.on_day(day).filter(customer__in=list(customers))


def _known(run: Run) -> dict[str, Segment]:
    """The segments that customers can be put into, by code and by name."""
    found = list(Segment.objects.visible_to(run.by).in_use())
    return {words.fold(one.name): one for one in found} | {words.fold(one.code): one for one in found}


def _outcome(row: Row, customer: Customer, segment: Segment, place: int | None, former: int | None) -> Outcome:
    found = Outcome(
        number=row.number,
        done=Done.UPDATED if place else Done.UNCHANGED,
        id=customer.pk,
        label=str(customer),
        customer_id=customer.pk,
    )
    if place:
        found.changes = {"segment": [former, segment.pk]}
        found.images = [Image(SegmentPlace._meta.label_lower, place, {"segment": former}, {"segment": segment.pk})]
    return found
