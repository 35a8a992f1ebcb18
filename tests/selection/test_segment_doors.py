"""Segments through their doors: pages, filters, REST."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client
from django.utils import timezone

from profitability.models import SalesSummary
from selection.models import Segment, SegmentPlace
from selection.selectors.segments import rule_effect, segment_profile
from selection.services.rounds import open_round
from selection.services.segment_places import place_customer, place_customers
from selection.services.segment_rules import apply_rule
from selection.services.segments import create_segment, update_segment
from tests import personas
from tests.factories.customers import CustomerFactory
from tests.selection.test_scoring_by_segment import world  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db

DAY = date(2026, 1, 1)


@pytest.fixture
def office():
    return personas.programme_office()


@pytest.fixture
def browser(office) -> Client:
    client = Client()
    client.force_login(office)
    return client


def sold(customer, now, before):
    SalesSummary.objects.create(
        customer=customer, as_of_month=DAY, net_12m_units=now * 10_000, prior_12m_units=before * 10_000
    )


def test_a_segment_is_made_and_tested_by_clicking(browser):
    browser.post("/selection/segments/new/", {"name": "Grocers", "reasons": "Delivery: 60\nPrice： 40"})
    segment = Segment.objects.get()
    answers = dict.fromkeys(("big_enough", "different", "reachable", "workable"), "yes")
    browser.post(f"/selection/segments/{segment.pk}/tests/", {"version": 1, "test_notes": "", **answers})
    browser.post(f"/selection/segments/{segment.pk}/accept/", {"version": 2})

    segment.refresh_from_db()
    assert (segment.state, segment.reasons) == ("accepted", [["Delivery", 60.0], ["Price", 40.0]])


def test_points_that_do_not_total_100_keep_what_was_typed(browser):
    answer = browser.post("/selection/segments/new/", {"name": "Grocers", "reasons": "Delivery: 60"})

    assert answer.status_code == 422
    assert "Delivery: 60" in answer.content.decode()


def test_the_profile_has_the_figures_of_the_customers_in_sight(office):
    segment = create_segment(name="Grocers", reasons=[["price", 100]], by=office)
    create_segment(name="Caterers", reasons=[["price", 70], ["service", 30]], by=office)
    ours, others = CustomerFactory(), CustomerFactory()
    sold(ours, 300, 200)
    sold(others, 100, 100)
    ids = [ours.pk, others.pk]
    place_customers(customer_ids=ids, segment_id=segment.pk, day=DAY, source="hand", by=office)

    whole = segment_profile(segment, by=office, day=timezone.localdate())
    part = segment_profile(segment, by=personas.account_manager(ours), day=timezone.localdate())

    assert (whole.row.customers, whole.row.sales, whole.row.share) == (2, 400, 1.0)
    assert whole.row.growth == pytest.approx(1 / 3)
    assert (whole.spread.top_1, whole.evidence.apart, str(whole.evidence.nearest)) == (
        0.75,
        pytest.approx(30),
        "Caterers",
    )
    assert (part.row.customers, part.row.sales) == (1, 300)


def test_a_rule_shows_its_effect_before_anybody_moves(browser, office):
    bakery, shop = CustomerFactory(industry="Bakery"), CustomerFactory(industry="Shop")
    segment = create_segment(name="Bakers", rule={"industries": ["bakery"]}, by=office)
    place_customer(customer_id=shop.pk, segment_id=segment.pk, day=DAY, by=office)

    effect = rule_effect(segment, by=office, day=timezone.localdate())
    page = browser.get(f"/selection/segments/{segment.pk}/rule/").content.decode()
    moved = apply_rule(segment_id=segment.pk, version=segment.version, day=timezone.localdate(), by=office)

    assert [one["pk"] for one in effect.coming] == [bakery.pk]
    assert [one["pk"] for one in effect.beside] == [shop.pk]
    assert "stays, though it does not fit the rule" in page
    assert moved.moved == (bakery.pk,)
    assert SegmentPlace.objects.get(customer=bakery).source == "rule"


def test_a_segment_opens_for_a_reader_without_its_buttons(browser, office):
    customer = CustomerFactory(name="Largest")
    segment = create_segment(name="Grocers", reasons=[["price", 100]], by=office)
    place_customer(customer_id=customer.pk, segment_id=segment.pk, day=DAY, by=office)
    reader = Client()
    reader.force_login(personas.account_manager(customer))

    office_page = browser.get(f"/selection/segments/{segment.pk}/").content.decode()
    reader_page = reader.get(f"/selection/segments/{segment.pk}/").content.decode()

    assert "Largest" in office_page
    assert "Largest" in reader_page
    assert (f"/segments/{segment.pk}/edit/" in office_page, f"/segments/{segment.pk}/edit/" in reader_page) == (
        True,
        False,
    )


def test_an_empty_rule_fits_nobody(office):
    CustomerFactory()
    segment = create_segment(name="Everybody", by=office)

    assert rule_effect(segment, by=office, day=DAY).fitting == 0


def test_a_customer_is_placed_by_its_account_manager(office):
    customer = CustomerFactory()
    segment = create_segment(name="Grocers", by=office)
    client = Client()
    client.force_login(personas.account_manager(customer))

    client.post(f"/selection/customers/{customer.pk}/segment/", {"segment": segment.pk, "day": "2026-01-01"})

    place = SegmentPlace.objects.get()
    assert (place.customer, place.segment, place.valid_from) == (customer, segment, DAY)


def test_lists_are_narrowed_to_a_segment(browser, office):
    inside, outside = CustomerFactory(name="Inside"), CustomerFactory(name="Outside")
    segment = create_segment(name="Grocers", by=office)
    place_customer(customer_id=inside.pk, segment_id=segment.pk, day=DAY, by=office)

    within = browser.get(f"/customers/?segment={segment.pk}").content.decode()
    without = browser.get("/customers/?segment=none").content.decode()

    assert (f"/customers/{inside.pk}/" in within, f"/customers/{outside.pk}/" in within) == (True, False)
    rest = browser.get(f"/api/v1/customers/?segment={segment.pk}").json()

    assert [row["name"] for row in rest["results"]] == ["Inside"]
    assert (f"/customers/{inside.pk}/" in without, f"/customers/{outside.pk}/" in without) == (False, True)


def test_a_round_scores_one_segment(world):  # noqa: F811 - the fixture
    from kcrm.lib.errors import DomainError
    from selection.services.models import create_model

    judged = [{"key": "fit", "kind": "judged", "weight": 100}]
    model = create_model(name="Judged", factors=judged, segment_id=world.grocers.pk, by=world.office)
    asked = {
        "name": "Round", "model_id": model.pk, "rater_ids": [world.office.pk], "chair_id": world.office.pk,
        "due_on": DAY, "today": DAY, "by": world.office,
    }  # fmt: skip

    with pytest.raises(DomainError, match="One round scores one segment"):
        open_round(customer_ids=[customer.pk for customer in world.customers], **asked)

    assert open_round(customer_ids=[customer.pk for customer in world.customers[:3]], **asked).candidates.count() == 3


def test_rest_keeps_the_register_and_the_places(browser):
    customer = CustomerFactory()
    json = {"content_type": "application/json"}

    made = browser.post("/api/v1/segments/", {"name": "Grocers", "reasons": [["price", 100]]}, **json)
    key = made.json()["id"]
    refused = browser.post(f"/api/v1/segments/{key}/accept/", headers={"If-Match": made["ETag"]})
    placed = browser.post("/api/v1/segment-places/", {"customer": customer.pk, "segment": key}, **json)
    found = browser.get(f"/api/v1/segment-places/?segment={key}&on={timezone.localdate()}").json()

    assert (made.status_code, made.json()["code"], refused.status_code) == (201, "grocers", 422)
    assert placed.json()["segment_code"] == "grocers"
    assert [row["customer"] for row in found["results"]] == [customer.pk]


def test_the_register_says_who_is_in_no_segment(browser, office):
    create_segment(name="Grocers", by=office)
    CustomerFactory()

    assert "1 customer is in no segment" in browser.get("/selection/segments/").content.decode()


def test_names_of_a_changed_segment_are_kept_by_version(browser, office):
    segment = create_segment(name="Grocers", by=office)
    update_segment(segment_id=segment.pk, version=1, values={"name": "Shops"}, by=office)

    answer = browser.post(f"/selection/segments/{segment.pk}/edit/", {"version": 1, "name": "Stores"})

    assert answer.status_code == 409
    assert Segment.objects.get().name == "Shops"
