"""The organisation through REST: administrators keep it in person, everybody reads it."""

from __future__ import annotations

import pytest

from teams.models import UnitAssignment
from tests import personas
from tests.calls import Caller
from tests.factories.accounts import UserFactory
from tests.factories.teams import UnitFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def caller() -> Caller:
    return Caller(personas.administrator())


def test_a_unit_is_made_moved_and_not_hung_below_itself(caller):
    top = UnitFactory(code="TOP")
    made = caller.post("org-units/", {"name": "North", "code": "N", "parent": top.pk})
    number = made.json()["id"]
    renamed = caller.patch(f"org-units/{number}/", {"name": "Far north"}, version=1)
    stale = caller.patch(f"org-units/{number}/", {"name": "South"}, version=1)
    circle = caller.patch(f"org-units/{top.pk}/", {"parent": number}, version=top.version)
    twice = caller.post("org-units/", {"name": "Other", "code": "N"})

    assert [one.status_code for one in (made, renamed, stale, circle, twice)] == [201, 200, 412, 422, 422]
    assert (renamed.json()["name"], renamed.json()["parent"]) == ("Far north", top.pk)


def test_a_place_is_given_and_ended(caller):
    unit, person = UnitFactory(code="A"), UserFactory()
    body = {"org_unit": unit.pk, "user": person.pk, "kind": "leader", "valid_from": "2026-01-01"}
    made = caller.post("unit-places/", body)
    twice = caller.post("unit-places/", body)
    ended = caller.delete(f"unit-places/{made.json()['id']}/", version=1)

    assert [one.status_code for one in (made, twice, ended)] == [201, 422, 204]
    assert UnitAssignment.objects.get(user=person).valid_to is not None


def test_others_and_tokens_read_only():
    admin, unit = personas.administrator(), UnitFactory(code="A")
    token = Caller.by_token(admin, "accounts:read", "accounts:write")

    for caller in (Caller(personas.auditor()), token):
        assert caller.get(f"org-units/{unit.pk}/").status_code == 200
        assert caller.patch(f"org-units/{unit.pk}/", {"name": "Mine"}, version=1).status_code == 403
        assert caller.post("org-units/", {"name": "Mine", "code": "M"}).status_code == 403
