"""The editor of scoring models: what was typed stays, weights total 100, editions are never changed in place."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from kcrm.lib.errors import DomainError
from selection.models import CurrentScore, ModelFactor, ScoringModel
from selection.scales import as_typed, from_typed
from selection.services.models import create_model, next_edition
from selection.services.runs import request_scoring
from tests import personas
from tests.running import run_jobs
from tests.selection.approving import put_into_force
from tests.selection.test_scoring_services import bring_northwind

pytestmark = pytest.mark.django_db
CURVE = {"kind": "curve", "points": [[0.0, 1.0], [100000.0, 10.0]]}
BANDS = {"kind": "bands", "below": 1.0, "steps": [[0.1, 4.0], [0.5, 9.0]]}


@pytest.fixture
def office():
    return personas.programme_office()


@pytest.fixture
def client(office):
    client = Client()
    client.force_login(office)
    return client


def row(at, **values):
    given = {"name": "", "kind": "judged", "weight": "", "horizon": "present"} | values
    return {f"factors-{at}-{name}": value for name, value in given.items()}


def form(*rows, **more):
    given = {"factors-TOTAL_FORMS": str(len(rows)), "factors-INITIAL_FORMS": "0", "name": "Fresh", **more}
    for one in rows:
        given |= one
    return given


@pytest.mark.parametrize("scale", [CURVE, BANDS])
def test_a_scale_comes_back_as_it_was_typed(scale):
    assert from_typed(scale["kind"], as_typed(scale)) == scale


@pytest.mark.parametrize(
    ("kind", "text"), [("curve", "0: 1"), ("curve", "x: 1\n2: 3"), ("bands", "0: 1"), ("curve", "5: 1\n2: 3")]
)
def test_points_that_make_no_scale_are_refused(kind, text):
    with pytest.raises(DomainError):
        from_typed(kind, text)


def test_weights_that_do_not_total_100_keep_what_was_typed(client):
    answer = client.post(
        reverse("selection:model-create"),
        form(row(0, name="Strategic fit", weight="60"), row(1, name="Access to people", weight="30")),
    )

    assert answer.status_code == 422
    assert b"The weights total 90; they must total 100." in answer.content
    assert b"Access to people" in answer.content
    assert not ScoringModel.objects.exists()


def test_a_model_is_made_of_judged_and_measured_factors(client):
    client.post(
        reverse("selection:model-create"),
        form(
            row(0, name="Fit", weight="60", anchor_1="none", anchor_10="all", minimum="3"),
            row(1, name="Discount", kind="metric", metric="discount_share", weight="40", scale_kind="curve",
                points="0: 10\n0.2: 1"),
        ),
    )  # fmt: skip

    fit, discount = ModelFactor.objects.all()
    assert (fit.key, fit.anchors, fit.minimum) == ("fit", {"1": "none", "10": "all"}, 3)
    assert discount.scale == {"kind": "curve", "points": [[0.0, 10.0], [0.2, 1.0]]}


def test_a_scale_shows_what_it_gives_before_it_is_kept(client):
    bring_northwind()
    answer = client.post(
        reverse("selection:model-create"),
        form(row(0, name="Discount", kind="metric", metric="discount_share", weight="40"), preview="0"),
    )

    assert answer.status_code == 200
    assert b"scale-preview" in answer.content
    assert not ScoringModel.objects.exists()


def test_the_next_edition_is_a_copy_and_leaves_the_one_in_force_alone(office):
    judged = [{"key": key, "kind": "judged", "weight": 50} for key in ("fit", "access")]
    first = create_model(name="A", factors=judged, by=office)
    first = put_into_force(model_id=first.pk, version=first.version, by=office)

    draft = next_edition(model_id=first.pk, by=office)

    assert (draft.edition, draft.state, draft.factors.count()) == (2, "draft", 2)
    with pytest.raises(DomainError, match="draft"):
        next_edition(model_id=first.pk, by=office)
    assert ScoringModel.objects.in_force().get() == first


def test_weights_come_from_pairs_and_a_circle_is_named(client, office):
    keys = ("size", "growth", "access")
    model = create_model(
        name="A",
        factors=[{"key": key, "kind": "judged", "weight": 40 if key == "size" else 30} for key in keys],
        by=office,
    )
    url = reverse("selection:model-weights", args=[model.pk])
    circle = {"size--growth": "3", "size--access": "1/3", "growth--access": "3", "version": model.version}
    shown = client.post(url, circle | {"apply": "1"}).content.decode()
    assert "A circle" in shown
    assert "1.149" in shown

    client.post(
        url, {"size--growth": "3", "size--access": "5", "growth--access": "2", "version": model.version, "apply": "1"}
    )

    assert dict(model.factors.values_list("key", "weight")) == {"size": 65, "growth": 23, "access": 12}


def test_checks_and_firmness_open_their_numbers(client, office):
    bring_northwind()
    place = {"kind": "place", "more_is_better": True}
    model = create_model(name="A", by=office, factors=[
        {"key": key, "kind": "metric", "metric": key, "weight": 50, "scale": place}
        for key in ("sales_12_months", "order_regularity")
    ])  # fmt: skip
    put_into_force(model_id=model.pk, version=model.version, by=office)
    request_scoring(by=office)
    run_jobs()

    checks = client.get(reverse("selection:model-checks", args=[model.pk])).content.decode()
    firm = client.get(reverse("selection:model-sensitivity", args=[model.pk])).content.decode()

    assert "separates" in checks
    assert "rank-stability" in firm
    assert str(CurrentScore.objects.order_by("rank").first().customer) in firm
