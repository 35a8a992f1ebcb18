"""Snapshots and decisions through REST: drafted by one, decided by another, read by those who were told."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from selection.models import Classification, Decision
from tests import personas
from tests.calls import Caller
from tests.factories.accounts import UserFactory
from tests.factories.customers import CustomerFactory
from tests.selection.placing import place

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


@pytest.fixture
def caller(office) -> Caller:
    return Caller(office)


@pytest.fixture
def customer(run):
    return place(run, 8, 1)


@pytest.fixture
def draft(caller, customer) -> dict:
    snapshot = caller.post("snapshots/", {"name": "2026 Q4"}).json()["id"]
    body = {"title": "Key accounts", "snapshot": snapshot, "effective_on": TODAY.isoformat()}
    return caller.post("decisions/", body).json()


def test_a_decision_is_drafted_told_proposed_approved_by_another_and_read(caller, draft, customer):
    person, director = UserFactory(), Caller(personas.director(customer))
    base = f"decisions/{draft['id']}/"
    again = caller.post("decisions/", {"title": "Later", "snapshot": draft["snapshot"], "effective_on": str(TODAY)})
    withdrawn = caller.post(f"decisions/{again.json()['id']}/withdraw/", version=1)
    told = caller.post(f"{base}tell/", {"people": [person.pk], "duty": "Deliver in two days"})
    proposed = caller.post(f"{base}propose/", version=told.json()["version"])
    own = caller.post(f"{base}approve/", version=proposed.json()["version"])
    approved = director.post(f"{base}approve/", {"remark": "Agreed"}, version=proposed.json()["version"])

    assert [one.status_code for one in (told, proposed, own, approved)] == [200, 200, 403, 200]
    assert withdrawn.json()["state"] == "withdrawn"
    assert approved.json()["state"] == "in_force"
    assert Classification.objects.get(customer=customer).kind == "key"
    assert Caller(person).post(f"{base}acknowledge/").status_code == 200
    assert caller.post(f"{base}acknowledge/").status_code == 404


def test_an_exception_needs_its_reason_and_a_customer_can_be_left_out(caller, draft, customer):
    line = caller.get("decision-lines/", decision=draft["id"]).json()["results"][0]
    row, until = f"decision-lines/{line['id']}/", (TODAY + timedelta(days=90)).isoformat()
    silent = caller.patch(row, {"chosen": "maintenance"}, version=1)
    chosen = caller.patch(row, {"chosen": "maintenance", "reason": "Sold", "override_until": until}, version=1)
    stale = caller.patch(row, {"chosen": "key"}, version=1)
    out = caller.delete(row, version=2)
    body = {
        "decision": draft["id"],
        "customer": customer.pk,
        "chosen": "key",
        "reason": "Known",
        "override_until": until,
    }
    back = caller.post("decision-lines/", body)
    twice = caller.post("decision-lines/", body)

    found = [one.status_code for one in (silent, chosen, stale, out, back, twice)]
    assert found == [422, 200, 412, 204, 201, 422]
    assert back.json()["reason"] == "Known"


def test_a_draft_is_changed_and_rejected_with_a_word_and_then_stays_rejected(caller, draft, customer):
    director = Caller(personas.director(customer))
    base = f"decisions/{draft['id']}/"
    changed = caller.patch(base, {"title": "Key accounts 2027"}, version=draft["version"])
    past = caller.patch(base, {"effective_on": "2020-01-01"}, version=changed.json()["version"])
    proposed = caller.post(f"{base}propose/", version=changed.json()["version"])
    silent = director.post(f"{base}reject/", {}, version=proposed.json()["version"])
    rejected = director.post(f"{base}reject/", {"remark": "Too many"}, version=proposed.json()["version"])
    withdrawn = caller.post(f"{base}withdraw/", version=rejected.json()["version"])

    found = [one.status_code for one in (changed, past, proposed, silent, rejected, withdrawn)]
    assert found == [200, 422, 200, 400, 200, 422]
    assert rejected.json()["remark"] == "Too many"


def test_tokens_and_others_read_what_they_see_and_decide_nothing(office, draft, customer):
    base = f"decisions/{draft['id']}/"
    token = Caller.by_token(office, "accounts:read", "accounts:write")

    assert token.get(base).status_code == 200
    assert token.post(f"{base}propose/", version=draft["version"]).status_code == 403
    assert token.post("snapshots/", {"name": "Mine"}).status_code == 403
    assert Caller(personas.outsider()).post(f"{base}propose/", version=draft["version"]).status_code == 404
    assert Caller(personas.auditor()).post("snapshots/", {"name": "Mine"}).status_code == 403
    assert Caller(personas.director(CustomerFactory())).post(f"{base}propose/", version=1).status_code in {403, 404}
    assert Decision.objects.get().state == "draft"
