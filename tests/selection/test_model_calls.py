"""Scoring models, policies, capacities and tiers through REST: services, refusals and trail of their pages."""

from __future__ import annotations

import pytest

from accounts.models import AuditEntry
from profitability.models import SalesSummary
from selection.models import Capacity, CurrentScore, QuadrantRule, ScoringModel, TierRule
from tests import personas
from tests.calls import Caller
from tests.factories.customers import CustomerFactory
from tests.selection.approving import second_person
from tests.selection.placing import TODAY, place

pytestmark = pytest.mark.django_db

FIT = {"key": "strategic_fit", "kind": "judged", "weight": "60"}
SALES = {"key": "sales", "kind": "metric", "metric": "sales_12_months", "scale": {"kind": "place"}, "weight": "40"}


@pytest.fixture
def caller(office) -> Caller:
    return Caller(office)


@pytest.fixture
def draft(caller) -> int:
    return caller.post("scoring-models/", {"name": "Grocers", "factors": [FIT, SALES]}).json()["id"]


def test_a_factor_set_is_drafted_weighed_put_into_force_and_followed_by_its_next_edition(caller, draft):
    comparisons = [{"first": "sales", "second": "strategic_fit", "times": "1/3"}]
    weighed = caller.post(f"scoring-models/{draft}/weights/", {"comparisons": comparisons}, version=1)
    asked = caller.post(f"scoring-models/{draft}/ask/", version=2)
    alone = caller.post(f"scoring-models/{draft}/approve/", version=3)
    forced = Caller(second_person()).post(f"scoring-models/{draft}/approve/", {"remark": "Agreed."}, version=3)
    following = caller.post(f"scoring-models/{draft}/next-edition/")

    factors = caller.get("scoring-factors/", model=draft, ordering="position").json()["results"]
    assert (weighed.status_code, asked.status_code, alone.status_code) == (200, 200, 403)
    assert (forced.status_code, following.status_code) == (200, 201)
    assert [(one["key"], one["weight"]) for one in factors] == [("strategic_fit", "75.00"), ("sales", "25.00")]
    assert (forced.json()["state"], forced.json()["remark"]) == ("active", "Agreed.")
    assert (following.json()["edition"], following.json()["state"]) == (2, "draft")


def test_what_is_asked_for_is_sent_back_with_a_reason_or_taken_back(caller, draft):
    second = Caller(second_person())
    caller.post(f"scoring-models/{draft}/ask/", version=1)
    silent = second.post(f"scoring-models/{draft}/send-back/", version=2)
    back = second.post(f"scoring-models/{draft}/send-back/", {"remark": "Too much past."}, version=2)
    caller.post(f"scoring-models/{draft}/ask/", version=3)
    taken = caller.post(f"scoring-models/{draft}/take-back/", version=4)

    assert (silent.status_code, back.status_code, taken.status_code) == (400, 200, 200)
    assert (back.json()["state"], back.json()["remark"]) == ("draft", "Too much past.")
    assert taken.json()["state"] == "draft"


def test_the_factors_of_a_draft_are_replaced_together(caller, draft):
    answer = caller.post(f"scoring-models/{draft}/factors/", {"factors": [FIT | {"weight": "100"}]}, version=1)

    assert answer.status_code == 200
    assert answer["ETag"] == '"2"'
    assert caller.get("scoring-factors/", model=draft).json()["count"] == 1


def test_what_cannot_be_is_refused_and_changes_nothing(caller, draft):
    body = {"factors": [FIT]}
    too_few_points = caller.post(f"scoring-models/{draft}/factors/", body, version=1)
    unversioned = caller.post(f"scoring-models/{draft}/factors/", body)
    stale = caller.post(f"scoring-models/{draft}/factors/", {"factors": [FIT | {"weight": "100"}]}, version=9)
    judged_figure = caller.post(f"scoring-models/{draft}/factors/", {"factors": [FIT | {"metric": "x"}]}, version=1)
    unknown_pair = {"comparisons": [{"first": "sales", "second": "sales", "times": "3"}]}
    strange = caller.post(f"scoring-models/{draft}/weights/", unknown_pair, version=1)

    found = [one.status_code for one in (too_few_points, unversioned, stale, judged_figure, strange)]
    assert found == [422, 428, 412, 400, 400]
    assert stale.json()["current"]["version"] == 1
    assert ScoringModel.objects.get(pk=draft).version == 1


def test_factor_sets_are_the_programme_offices_in_person(office, draft):
    reader, outsider = Caller(personas.finance()), Caller(personas.outsider())
    token = Caller.by_token(office, "accounts:read", "accounts:write")

    assert reader.post(f"scoring-models/{draft}/ask/", version=1).status_code == 403
    assert outsider.post(f"scoring-models/{draft}/ask/", version=1).status_code == 404
    assert token.get(f"scoring-models/{draft}/").status_code == 200
    assert token.post(f"scoring-models/{draft}/ask/", version=1).status_code == 403
    assert token.post("scoring-models/", {"name": "Own", "factors": [FIT]}).status_code == 403


def test_a_quadrant_gets_its_policy_and_loses_no_word_to_a_second_writer(caller):
    made = caller.post("quadrant-rules/", {"quadrant": "key", "contacts_a_year": 24, "effort": {"service": 6}})
    rule = f"quadrant-rules/{made.json()['id']}/"
    changed = caller.patch(rule, {"text": "Our best"}, version=made.json()["version"])
    stale = caller.patch(rule, {"text": "Other"}, version=made.json()["version"])

    assert (made.status_code, changed.status_code, stale.status_code) == (201, 200, 412)
    assert QuadrantRule.objects.get().text == "Our best"
    assert caller.patch(rule, {"effort": {"nobody": 1}}, version=3).status_code == 422
    assert caller.patch(rule, {"unknown": 1}, version=3).status_code == 400


def test_capacity_is_set_and_kept_where_it_is_not_named(caller):
    made = caller.post("capacities/", {"function": "service", "days_a_year": "200", "day_rate": "640"})
    changed = caller.patch(f"capacities/{made.json()['id']}/", {"days_a_year": "220"}, version=1)
    stale = caller.patch(f"capacities/{made.json()['id']}/", {"days_a_year": "230"}, version=1)
    refused = Caller(personas.finance()).post("capacities/", {"function": "service", "days_a_year": "1"})

    found = Capacity.objects.get()
    assert (made.status_code, changed.status_code, stale.status_code, refused.status_code) == (201, 200, 412, 403)
    assert (found.days_a_year, found.day_rate) == (220, 640)


def test_other_cuts_are_looked_at_and_applied(caller, office, run):
    for units in (50, 40, 30, 20):
        customer = place(run, 5, 1)
        SalesSummary.objects.create(
            customer=customer, as_of_month=TODAY, net_12m_units=units * 10_000, documents_12m=2, prior_12m_units=0
        )
    CurrentScore.objects.update(tier="regular")
    cuts = {"key_share": "0.25", "potential_share": "0.5"}

    preview = caller.get("tier-rules/preview/", **cuts).json()
    applied = caller.post("tier-rules/apply/", cuts)

    assert preview["changes"] == 2
    assert [one["net_sales_12m"] for one in preview["movers"]] == ["50.0000", "40.0000"]
    assert applied.json() == {"moved": 2}
    assert caller.get("tier-rules/").json()["results"][0]["key_share"] == "0.2500"
    assert AuditEntry.objects.filter(actor=office, action="update", subject_type__icontains="tierrule").exists()


def test_cuts_out_of_order_and_cuts_of_others_are_refused(caller):
    wrong = {"key_share": "0.5", "potential_share": "0.25"}
    right = {"key_share": "0.1", "potential_share": "0.3"}
    director = Caller(personas.director(CustomerFactory()))

    assert caller.get("tier-rules/preview/", **wrong).status_code == 400
    assert caller.post("tier-rules/apply/", wrong).status_code == 400
    assert director.post("tier-rules/apply/", right).status_code == 403
    assert director.get("tier-rules/preview/", **right).status_code == 403
    assert not TierRule.objects.exists()
