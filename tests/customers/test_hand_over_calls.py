"""Hand-overs and the search for duplicates through REST."""

from __future__ import annotations

import pytest
from django.utils import timezone

from customers.models import DuplicatePair
from jobs.models import Job
from teams.models import TeamMembership
from tests import personas
from tests.calls import Caller
from tests.factories.accounts import UserFactory
from tests.factories.customers import CustomerFactory
from tests.running import run_jobs

pytestmark = pytest.mark.django_db


def owner_of(customer) -> int:
    today = timezone.localdate()
    return TeamMembership.objects.on_day(today).owners().get(team=customer.account_team_id).user_id


def test_accounts_are_handed_over_with_a_note_and_taken_back():
    customer = CustomerFactory()
    former, director, new = personas.account_manager(customer), personas.director(customer), UserFactory()
    caller = Caller(director)
    body = {"customers": [customer.pk], "to": new.pk, "note": "Ask for Cara", "notes": {str(customer.pk): "Soon"}}
    silent = caller.post("hand-overs/", body | {"note": ""})
    wrong = caller.post("hand-overs/", body | {"notes": {"x": "y"}})
    done = caller.post("hand-overs/", body)
    now = owner_of(customer)
    number = caller.get("hand-overs/", customer=customer.pk).json()["results"][0]["id"]
    back = caller.post(f"hand-overs/{number}/take-back/")
    again = caller.post(f"hand-overs/{number}/take-back/")

    assert [one.status_code for one in (silent, wrong, done, back, again)] == [400, 400, 201, 200, 422]
    assert (done.json(), now, owner_of(customer)) == ({"customers": [customer.pk]}, new.pk, former.pk)


def test_a_token_and_who_has_no_say_hand_nothing_over():
    customer = CustomerFactory()
    personas.account_manager(customer)
    director, body = personas.director(customer), {"customers": [customer.pk], "to": UserFactory().pk, "note": "Now"}

    assert Caller.by_token(director, "accounts:read", "accounts:write").post("hand-overs/", body).status_code == 403
    assert Caller(personas.team_reader(customer)).post("hand-overs/", body).status_code == 403
    assert Caller(personas.outsider()).post("hand-overs/", body).status_code in {403, 404}


def test_a_scan_is_a_job_and_a_pair_is_put_off():
    left = CustomerFactory(name="Acme Trading GmbH", city="Bonn")
    right = CustomerFactory(name="Acme Trading", city="Bonn", org_unit=left.org_unit)
    caller = Caller(personas.director(left))
    scan = caller.post("duplicates/scan/")
    run_jobs()
    pair = DuplicatePair.objects.filter(left_id=left.pk, right_id=right.pk).get()
    later = caller.post(f"duplicates/{pair.pk}/later/")

    assert (scan.status_code, later.status_code) == (202, 200)
    assert Job.objects.filter(pk=scan.json()["job"]).exists()
    assert DuplicatePair.objects.get(pk=pair.pk).later_until > timezone.localdate()
    assert Caller(personas.auditor()).post("duplicates/scan/").status_code == 403
