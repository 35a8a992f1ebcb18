"""Segments: what makes one, who is in it since when, and who may say so."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from accounts.models import AuditEntry
from kcrm.lib.errors import DomainError, NotAllowed, StaleVersion
from selection.models import Segment, SegmentPlace
from selection.services.segment_places import place_customer, place_customers
from selection.services.segments import accept_segment, create_segment, retire_segment, update_segment
from tests import personas
from tests.factories.customers import CustomerFactory

pytestmark = pytest.mark.django_db

PASSED = {"big_enough": True, "different": True, "reachable": True, "workable": True}
REASONS = [["price", 70], ["delivery", 30]]
JANUARY, MARCH, JUNE = date(2026, 1, 1), date(2026, 3, 1), date(2026, 6, 1)


@pytest.fixture
def office():
    return personas.programme_office()


@pytest.fixture
def grocers(office) -> Segment:
    return create_segment(name="Grocers", reasons=REASONS, by=office)


@pytest.fixture
def caterers(office) -> Segment:
    return create_segment(name="Caterers", by=office)


def segment_on(customer, day):
    place = SegmentPlace.objects.on_day(day).filter(customer=customer).first()
    return place.segment.name if place else None


def test_a_segment_is_accepted_once_its_tests_are_passed(grocers, office):
    with pytest.raises(DomainError, match="big enough"):
        accept_segment(segment_id=grocers.pk, version=None, by=office)

    update_segment(segment_id=grocers.pk, version=grocers.version, values=PASSED, by=office)
    accepted = accept_segment(segment_id=grocers.pk, version=None, by=office)

    assert accepted.state == "accepted"


def test_an_accepted_segment_cannot_fail_a_test_behind_its_back(grocers, office):
    update_segment(segment_id=grocers.pk, version=None, values=PASSED, by=office)
    accept_segment(segment_id=grocers.pk, version=None, by=office)

    with pytest.raises(DomainError, match="passed its tests"):
        update_segment(segment_id=grocers.pk, version=None, values={"workable": False}, by=office)


def test_reasons_total_100(grocers, office):
    with pytest.raises(DomainError, match="total 90"):
        update_segment(
            segment_id=grocers.pk, version=None, values={"reasons": [["price", 60], ["delivery", 30]]}, by=office
        )

    grocers.refresh_from_db()
    assert grocers.reasons == [["price", 70.0], ["delivery", 30.0]]


def test_a_name_is_taken_whatever_its_capitals(grocers, office):
    with pytest.raises(DomainError, match="has this name"):
        create_segment(name="GROCERS", code="others", by=office)


def test_a_stale_version_changes_nothing(grocers, office):
    update_segment(segment_id=grocers.pk, version=1, values={"who": "shops"}, by=office)

    with pytest.raises(StaleVersion):
        update_segment(segment_id=grocers.pk, version=1, values={"who": "others"}, by=office)

    assert Segment.objects.get(pk=grocers.pk).who == "shops"


def test_an_account_manager_reads_segments_and_makes_none(grocers):
    manager = personas.account_manager(CustomerFactory())

    with pytest.raises(NotAllowed):
        create_segment(name="Own", by=manager)

    assert Segment.objects.visible_to(manager).get() == grocers


def test_a_customer_moves_and_its_former_segment_stays_known(grocers, caterers, office):
    customer = CustomerFactory()

    place_customer(customer_id=customer.pk, segment_id=grocers.pk, day=JANUARY, by=office)
    place_customer(customer_id=customer.pk, segment_id=caterers.pk, day=MARCH, by=office, reason="opened canteens")

    assert [segment_on(customer, day) for day in (date(2025, 12, 31), JANUARY, MARCH)] == [None, "Grocers", "Caterers"]
    entry = AuditEntry.objects.filter(customer_id=customer.pk, reason="opened canteens").get()
    assert entry.changes == {"segment": ["Grocers", "Caterers"]}


def test_a_correction_on_the_same_day_leaves_one_place(grocers, caterers, office):
    customer = CustomerFactory()

    place_customer(customer_id=customer.pk, segment_id=grocers.pk, day=JANUARY, by=office)
    place_customer(customer_id=customer.pk, segment_id=caterers.pk, day=JANUARY, by=office)

    assert [place.segment for place in SegmentPlace.objects.filter(customer=customer)] == [caterers]


def test_what_stood_for_later_days_is_replaced(grocers, caterers, office):
    customer = CustomerFactory()
    place_customer(customer_id=customer.pk, segment_id=grocers.pk, day=JUNE, by=office)

    place_customer(customer_id=customer.pk, segment_id=caterers.pk, day=MARCH, by=office)

    assert segment_on(customer, JUNE) == "Caterers"


def test_a_customer_is_taken_out_of_its_segment(grocers, office):
    customer = CustomerFactory()
    place_customer(customer_id=customer.pk, segment_id=grocers.pk, day=JANUARY, by=office)

    place_customer(customer_id=customer.pk, segment_id=None, day=MARCH, by=office)

    assert segment_on(customer, JUNE) is None


def test_the_database_refuses_two_segments_on_one_day(grocers, caterers):
    customer = CustomerFactory()
    SegmentPlace.objects.create(customer=customer, segment=grocers, valid_from=JANUARY)

    with pytest.raises(IntegrityError), transaction.atomic():
        SegmentPlace.objects.create(customer=customer, segment=caterers, valid_from=MARCH)


def test_many_are_placed_at_once_and_those_out_of_reach_are_named(grocers, office, django_assert_max_num_queries):
    ours, others = CustomerFactory(), CustomerFactory()
    manager = personas.account_manager(ours)
    ids = [ours.pk, others.pk]

    mine = place_customers(customer_ids=ids, segment_id=grocers.pk, day=JANUARY, source="bulk", by=manager)
    with django_assert_max_num_queries(25):
        all_ = place_customers(customer_ids=ids, segment_id=grocers.pk, day=JANUARY, source="bulk", by=office)

    assert (mine.moved, mine.refused) == ((ours.pk,), (others.pk,))
    assert (all_.moved, all_.unchanged) == ((others.pk,), (ours.pk,))


def test_a_reader_of_the_team_moves_nobody(grocers):
    customer = CustomerFactory()
    reader = personas.team_reader(customer)

    with pytest.raises(NotAllowed):
        place_customer(customer_id=customer.pk, segment_id=grocers.pk, day=JANUARY, by=reader)

    assert not SegmentPlace.objects.exists()


def test_a_segment_with_customers_is_not_given_up(grocers, office):
    place_customer(customer_id=CustomerFactory().pk, segment_id=grocers.pk, day=JANUARY, by=office)

    with pytest.raises(DomainError, match="still in this segment"):
        retire_segment(segment_id=grocers.pk, version=None, by=office)
