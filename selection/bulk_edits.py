"""What selection lets many customers get together: their segment."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from bulk.registry import BulkField, extend
from customers import bulk_edits as customers
from customers.lists.customers import Today
from selection.models import Segment, SegmentPlace
from selection.services.segment_places import place_customer


def segment_now(column: str) -> Subquery:
    """A column of the segment that a customer is in today."""
    holds = Q(valid_to__isnull=True) | Q(valid_to__gt=Today())
    places = SegmentPlace.objects.filter(holds, valid_from__lte=Today(), customer=OuterRef("pk"))
    return Subquery(places.values(column)[:1])


def _place(pk: int, segment: Any, by: User) -> None:
    place_customer(
        customer_id=pk,
        segment_id=int(segment) if segment else None,
        day=timezone.localdate(),
        source=SegmentPlace.Source.BULK,
        by=by,
    )


def _name(segment: Any) -> str:
    found = Segment.objects.filter(pk=segment).first() if segment else None
    return str(found) if found else ""


extend(
    customers.CUSTOMERS.key,
    BulkField(
        name="segment",
        label=_("Segment"),
        control=lambda user: forms.ModelChoiceField(Segment.objects.visible_to(user).in_use(), required=False),
        read=lambda customer: customer.segment_now,
        show=_name,
        write=_place,
    ),
    beside={"segment_now": segment_now("segment")},
)
