"""Many customers at once into segments: from a file, and in bulk."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from bulk.models import BulkEdit
from customers.services.imports import import_rows
from selection.models import SegmentPlace
from selection.services.segment_imports import undo_places
from selection.services.segment_places import place_customer
from selection.services.segments import create_segment
from tests import personas
from tests.factories.customers import CustomerFactory
from tests.running import run_jobs

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    return personas.programme_office()


def segment_of(customer):
    place = SegmentPlace.objects.on_day(timezone.localdate()).filter(customer=customer).first()
    return place.segment.code if place else None


def bring(rows, by):
    return import_rows(importable="segment-places", rows=rows, source="erp", by=by, keep_outcomes=True)


def test_a_file_puts_customers_into_segments_and_names_what_it_does_not_know(office):
    create_segment(name="Grocers", by=office)
    first, second = CustomerFactory(name="First"), CustomerFactory(name="Second")

    done = bring(
        [
            {"customer": "First", "segment": "grocers", "valid_from": date(2026, 1, 1)},
            {"customer": "Second", "segment": "Grocers", "reason": "as agreed"},
            {"customer": "First and last", "segment": "grocers"},
            {"customer": "Second", "segment": "bakers"},
        ],
        office,
    )

    assert (done.updated, done.rejected) == (2, 2)
    assert (segment_of(first), segment_of(second)) == ("grocers", "grocers")
    assert SegmentPlace.objects.get(customer=second).source == "import"


def test_a_person_moves_by_file_only_whom_he_may_move(office):
    create_segment(name="Grocers", by=office)
    ours, others = CustomerFactory(name="Ours"), CustomerFactory(name="Others")
    manager = personas.account_manager(ours)

    done = bring([{"customer": "Ours", "segment": "grocers"}, {"customer": "Others", "segment": "grocers"}], manager)

    assert (done.updated, done.rejected) == (1, 1)
    assert (segment_of(ours), segment_of(others)) == ("grocers", None)


def test_an_import_of_segments_is_taken_back(office):
    create_segment(name="Grocers", by=office)
    bakers = create_segment(name="Bakers", by=office)
    moved, new = CustomerFactory(name="Moved"), CustomerFactory(name="New")
    place_customer(customer_id=moved.pk, segment_id=bakers.pk, day=date(2026, 1, 1), by=office)
    done = bring([{"customer": name, "segment": "grocers"} for name in ("Moved", "New")], office)

    stays = undo_places([[image.as_dict() for image in one.images] for one in done.outcomes], office)

    assert stays == ["", ""]
    assert (segment_of(moved), segment_of(new)) == ("bakers", None)


def test_ticked_customers_are_put_into_a_segment_in_bulk_and_taken_back(office):
    segment = create_segment(name="Grocers", by=office)
    customer = CustomerFactory()
    director = personas.director(customer)
    client = Client()
    client.force_login(director)

    client.post(reverse("customers:customer-list"), {"ids": [customer.pk]})
    edit = BulkEdit.objects.get()
    said = {"version": edit.version, "change_segment": "on", "segment": segment.pk}
    client.post(reverse("bulk:edit-change", args=[edit.pk]), said)
    edit.refresh_from_db()
    client.post(reverse("bulk:edit-run", args=[edit.pk]), {"version": edit.version})
    run_jobs()

    assert segment_of(customer) == "grocers"
    assert SegmentPlace.objects.get(customer=customer).source == "bulk"
