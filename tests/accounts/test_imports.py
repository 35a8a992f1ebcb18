"""Files about people change what is known of them and let nobody in."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import Invitation, User
from customers.services.imports import import_rows
from kcrm.lib.errors import NotAllowed
from kcrm.lib.imports import importable
from kcrm.lib.imports.guessing import guessed_mapping
from teams.models import UnitAssignment
from tests.factories.accounts import UserFactory
from tests.factories.teams import UnitFactory

pytestmark = pytest.mark.django_db


def bring(thing: str, rows: list[dict[str, Any]], by: Any) -> Any:
    return import_rows(importable=thing, rows=rows, source="hr", by=by, keep_outcomes=True)


def test_people_are_found_by_address_or_name_and_strangers_stay_out() -> None:
    admin, nancy = UserFactory(roles=["administrator"]), UserFactory(full_name="Nancy Davolio", job_title="")
    people = User.objects.count()
    rows = [
        {"first_name": "Nancy", "last_name": "Davolio", "job_title": "Sales"},
        {"email": nancy.email.upper(), "phone": "7"},
        {"full_name": "Otto Stranger"},
        {"email": "otto@example.com", "job_title": "Director"},
        {"job_title": "Nobody"},
        {"full_name": "Nancy Davolio", "job_title": "x" * 151},
    ]

    result = bring("people", rows[:1], admin), bring("people", rows[1:5], admin), bring("people", rows[5:], admin)

    nancy.refresh_from_db()
    assert (nancy.job_title, nancy.phone) == ("Sales", "7")
    assert [outcome.code for outcome in result[1].outcomes[1:]] == ["unmatched", "unmatched", "missing"]
    assert result[2].rejected == 1
    assert (User.objects.count(), Invitation.objects.count()) == (people, 0)


@pytest.mark.parametrize("thing", ["people", "unit-places"])
def test_only_administrators_say_who_works_where(thing: str) -> None:
    director = UserFactory(roles=["director"])

    with pytest.raises(NotAllowed):
        bring(thing, [], director)


def test_places_are_given_once_ended_and_not_to_oneself() -> None:
    admin, nancy = UserFactory(roles=["administrator"]), UserFactory(full_name="Nancy Davolio")
    UnitFactory(code="01581")
    row = {"person": "Nancy Davolio", "unit": "01581"}

    first = bring("unit-places", [row, {"person": admin.email, "unit": "01581"}, {**row, "unit": "?"}], admin)
    second = bring("unit-places", [row], admin)
    last = bring("unit-places", [row | {"valid_to": "2031-01-01"}], admin)
    wrong = bring("unit-places", [row | {"valid_to": "1999-01-01"}], admin)

    assert [outcome.code for outcome in first.outcomes] == ["", "not_allowed", "unmatched"]
    assert (second.unchanged, last.updated, wrong.rejected) == (1, 1, 1)
    place = UnitAssignment.objects.get()
    assert (place.user, place.kind, str(place.valid_to)) == (nancy, "member", "2031-01-01")


def test_columns_of_an_employee_file_are_understood() -> None:
    header = ["employee_id", "last_name", "first_name", "title", "reports_to"]

    found = guessed_mapping(importable("people"), header)
    assert found == {"code": 0, "last_name": 1, "first_name": 2, "job_title": 3}
    assert guessed_mapping(importable("unit-places"), ["employee_id", "territory_id"]) == {"person": 0, "unit": 1}
