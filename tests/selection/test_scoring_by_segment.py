"""Each segment is scored with its own factors, and its scores are compared with nobody else's (M09)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.utils import timezone

from jobs.models import Job
from kcrm.lib.errors import DomainError
from profitability.models import SalesSummary
from selection.models import CurrentScore, ScoringModel, ScoringRun, SnapshotRow
from selection.selectors.scopes import covered_customers, customers_of, model_for, models_out_of_step
from selection.services.models import create_model, next_edition, take_out_of_force
from selection.services.rescoring import MOVED
from selection.services.runs import request_scoring
from selection.services.segment_places import place_customer, place_customers
from selection.services.segments import accept_segment, create_segment, retire_segment, update_segment
from selection.services.snapshots import take_snapshot
from tests import personas
from tests.factories.customers import CustomerFactory
from tests.running import run_jobs
from tests.selection.approving import put_into_force

pytestmark = pytest.mark.django_db

DAY = date(2026, 1, 1)
CURVE = {"kind": "curve", "points": [[0, 1], [100, 10]]}
STEEP = {"kind": "curve", "points": [[0, 1], [60, 10]]}


def factors(scale):
    return [{"key": "sales", "kind": "metric", "metric": "sales_12_months", "weight": 100, "scale": scale}]


def in_force(office, name, scale, segment=None):
    made = create_model(name=name, factors=factors(scale), segment_id=segment and segment.pk, by=office)
    return put_into_force(model_id=made.pk, version=made.version, by=office)


def accepted(office, name):
    segment = create_segment(name=name, reasons=[["price", 100]], by=office)
    passed = dict.fromkeys(("big_enough", "different", "reachable", "workable"), True)
    update_segment(segment_id=segment.pk, version=None, values=passed, by=office)
    return accept_segment(segment_id=segment.pk, version=None, by=office)


def buyers(*amounts):
    made = []
    for amount in amounts:
        customer = CustomerFactory()
        SalesSummary.objects.create(
            customer=customer, as_of_month=DAY, net_12m_units=amount * 10_000, prior_12m_units=0, documents_12m=5
        )
        made.append(customer)
    return made


@pytest.fixture
def world():
    """Six customers that buy, three of them grocers with a model of their own."""
    office = personas.programme_office()
    customers = buyers(10, 20, 30, 40, 50, 60)
    grocers = accepted(office, "Grocers")
    ids = [customer.pk for customer in customers[:3]]
    place_customers(customer_ids=ids, segment_id=grocers.pk, day=DAY, source="hand", by=office)
    rest = in_force(office, "For the rest", CURVE)
    own = in_force(office, "Grocers", STEEP, grocers)
    return SimpleNamespace(office=office, customers=customers, grocers=grocers, rest=rest, own=own)


def run_later_jobs():
    Job.objects.filter(kind=MOVED).update(run_after=timezone.now())
    run_jobs()


def scores():
    rows = CurrentScore.objects.order_by("customer_id")
    return [(row.source.run.model.name, row.score, row.rank) for row in rows.select_related("source__run__model")]


def test_a_model_for_each_segment_is_in_force_at_once(world):
    assert set(ScoringModel.objects.in_force()) == {world.rest, world.own}
    assert model_for(world.customers[0], day=DAY) == world.own
    assert model_for(world.customers[0], day=DAY - timedelta(days=1)) == world.rest
    assert model_for(world.customers[5], day=DAY) == world.rest


def test_scores_and_ranks_stay_within_the_segment(world):
    job = request_scoring(by=world.office)
    run_jobs()

    job.refresh_from_db()
    assert job.result["customers"] == 6
    assert scores() == [
        ("Grocers", Decimal("2.5000"), 3),
        ("Grocers", Decimal("4.0000"), 2),
        ("Grocers", Decimal("5.5000"), 1),
        ("For the rest", Decimal("4.6000"), 3),
        ("For the rest", Decimal("5.5000"), 2),
        ("For the rest", Decimal("6.4000"), 1),
    ]


def test_tiers_rank_by_sales_over_everybody(world):
    request_scoring(by=world.office)
    run_jobs()

    tiers = CurrentScore.objects.order_by("customer_id").values_list("tier", flat=True)
    assert list(tiers) == ["regular"] * 4 + ["potential", "key"]


def test_one_model_is_scored_alone(world):
    request_scoring(by=world.office)
    run_jobs()
    before = set(CurrentScore.objects.values_list("customer_id", "source_id"))

    request_scoring(model_id=world.own.pk, by=world.office)
    run_jobs()

    kept = before & set(CurrentScore.objects.values_list("customer_id", "source_id"))
    assert {customer for customer, _source in kept} == {customer.pk for customer in world.customers[3:]}


def test_a_customer_that_moves_is_scored_by_the_other_model_and_both_rank_anew(world):
    request_scoring(by=world.office)
    run_jobs()

    place_customer(customer_id=world.customers[3].pk, segment_id=world.grocers.pk, day=DAY, by=world.office)
    assert models_out_of_step(day=timezone.localdate()) == [world.own, world.rest]
    run_later_jobs()

    assert [name for name, _score, _rank in scores()] == ["Grocers"] * 4 + ["For the rest"] * 2
    assert [rank for _name, _score, rank in scores()] == [4, 3, 2, 1, 2, 1]
    assert models_out_of_step(day=timezone.localdate()) == []
    assert ScoringRun.objects.filter(key__startswith="moved:").count() == 2


def test_a_move_before_the_first_scoring_asks_for_nothing(world):
    place_customer(customer_id=world.customers[3].pk, segment_id=world.grocers.pk, day=DAY, by=world.office)

    assert not Job.objects.filter(kind=MOVED).exists()


def test_a_segment_without_a_model_is_scored_by_the_model_for_the_rest(world):
    request_scoring(by=world.office)
    run_jobs()

    take_out_of_force(model_id=world.own.pk, version=world.own.version, by=world.office)
    run_later_jobs()

    assert {name for name, _score, _rank in scores()} == {"For the rest"}
    assert customers_of(world.rest, day=DAY).count() == 6


def test_without_a_model_for_the_rest_nobody_else_is_scored(world):
    request_scoring(by=world.office)
    run_jobs()
    ScoringModel.objects.filter(pk=world.rest.pk).update(state="retired")

    request_scoring(by=world.office)
    run_jobs()

    assert {name for name, _score, _rank in scores()} == {"Grocers"}
    assert covered_customers(day=DAY).count() == 3


def test_a_snapshot_takes_each_customer_by_the_cut_of_its_own_model(world):
    request_scoring(by=world.office)
    run_jobs()

    snapshot = take_snapshot(name="Q1", by=world.office)

    assert snapshot.cut is None or snapshot.cut == Decimal("5.5")
    assert SnapshotRow.objects.filter(snapshot=snapshot).count() == 6


def test_a_model_of_an_untested_segment_scores_nobody(world):
    untested = create_segment(name="Untested", by=world.office)
    made = create_model(name="Untested", factors=factors(STEEP), segment_id=untested.pk, by=world.office)

    with pytest.raises(DomainError, match="not passed its tests"):
        put_into_force(model_id=made.pk, version=made.version, by=world.office)


def test_the_next_edition_belongs_to_the_same_segment_and_retires_only_its_own(world):
    following = next_edition(model_id=world.own.pk, by=world.office)
    put_into_force(model_id=following.pk, version=following.version, by=world.office)

    world.own.refresh_from_db()
    assert (following.segment, world.own.state) == (world.grocers, "retired")
    assert set(ScoringModel.objects.in_force()) == {world.rest, following}


def test_two_segments_never_share_the_name_of_a_model(world):
    with pytest.raises(DomainError, match="Another segment's model"):
        create_model(name="Grocers", factors=factors(STEEP), by=world.office)


def test_a_segment_is_not_given_up_under_its_model(world):
    for customer in world.customers[:3]:
        place_customer(customer_id=customer.pk, segment_id=None, day=DAY, by=world.office)

    with pytest.raises(DomainError, match="in force"):
        retire_segment(segment_id=world.grocers.pk, version=None, by=world.office)
