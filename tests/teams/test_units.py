"""The organisation: a tree that everybody reads and administrators build; leading is never given to oneself."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from accounts.models import AuditEntry, User
from kcrm.lib.errors import DomainError, NotAllowed
from teams.models import OrgUnit, UnitAssignment
from teams.selectors.units import leaders_above, unit_tree
from teams.services import units
from tests.factories.accounts import UserFactory
from tests.factories.customers import CustomerFactory
from tests.factories.teams import MembershipFactory, UnitAssignmentFactory, UnitFactory

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 5)


@pytest.fixture
def administrator() -> User:
    return UserFactory(roles=["administrator"])


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_a_person_with_two_places_counts_once_in_the_unit_above() -> None:
    top = UnitFactory(name="World")
    north, south = UnitFactory(name="North", parent=top), UnitFactory(name="South", parent=top)
    leader = UserFactory()
    for unit in (north, south):
        UnitAssignmentFactory(unit=unit, user=leader, kind="leader")
    UnitAssignmentFactory(unit=south)

    tree = unit_tree(TODAY)

    assert [(branch.unit.name, branch.heads) for branch in tree] == [("World", 2)]
    assert [(branch.unit.name, branch.heads) for branch in tree[0].children] == [("North", 1), ("South", 2)]


def test_a_unit_without_a_leader_is_led_by_the_nearest_unit_above_that_has_one() -> None:
    top = UnitFactory(name="World")
    north = UnitFactory(name="North", parent=top)
    district = UnitFactory(name="District", parent=UnitFactory(name="Region", parent=north))
    assert unit_tree(TODAY)[0].without_leader == 4
    assert leaders_above(district, TODAY) == []

    leader = UserFactory(full_name="Lea Leader")
    UnitAssignmentFactory(unit=north, user=leader, kind="leader")

    tree = unit_tree(TODAY)
    region = tree[0].children[0].children[0]
    assert (region.led_from_above, region.children[0].led_from_above) == ([leader], [leader])
    assert tree[0].without_leader == 1
    assert leaders_above(district, TODAY) == [leader]


def test_moving_a_unit_moves_what_lies_below(administrator: User) -> None:
    top, other = UnitFactory(), UnitFactory()
    child = UnitFactory(parent=UnitFactory(parent=top))

    units.update_unit(unit_id=child.parent_id, version=1, values={"parent_id": other.pk}, by=administrator)

    child.refresh_from_db()
    assert child.path == f"/{other.pk}/{child.parent_id}/{child.pk}/"
    assert AuditEntry.objects.get(action="update").changes == {"parent_id": [top.pk, other.pk]}


def test_a_circle_and_a_taken_code_are_refused_with_a_sentence(administrator: User) -> None:
    top = UnitFactory(code="TOP")
    child = UnitFactory(parent=top)

    for act, field in (
        (
            lambda: units.update_unit(unit_id=top.pk, version=1, values={"parent_id": child.pk}, by=administrator),
            "parent",
        ),
        (lambda: units.create_unit(values={"name": "x", "code": "TOP"}, by=administrator), "code"),
        (lambda: units.create_unit(values={"name": " ", "code": "X"}, by=administrator), "name"),
    ):
        with pytest.raises(DomainError) as refused:
            act()
        assert refused.value.field == field

    assert OrgUnit.objects.count() == 2


def test_nobody_but_an_administrator_builds_and_nobody_places_himself(administrator: User) -> None:
    unit = UnitFactory()
    values: dict[str, Any] = {"unit_id": unit.pk, "kind": "leader", "valid_from": TODAY}

    with pytest.raises(NotAllowed):
        units.assign_person(user_id=UserFactory().pk, by=UserFactory(roles=["director"]), **values)
    with pytest.raises(NotAllowed):
        units.assign_person(user_id=administrator.pk, by=administrator, **values)
    place = units.assign_person(user_id=UserFactory().pk, by=administrator, **values)
    with pytest.raises(DomainError):
        units.assign_person(user_id=place.user_id, by=administrator, **values)

    assert UnitAssignment.objects.count() == 1
    assert AuditEntry.objects.get().action == "grant"


def test_a_place_ends_today_or_never_was(administrator: User) -> None:
    old, new = UnitAssignmentFactory(), UnitAssignmentFactory(valid_from=TODAY)

    for place in (old, new):
        units.end_place(place_id=place.pk, version=1, by=administrator, today=TODAY)

    old.refresh_from_db()
    assert old.valid_to == TODAY
    assert not UnitAssignment.objects.filter(pk=new.pk).exists()


def test_pages_build_the_organisation(administrator: User) -> None:
    client, person = browser(administrator), UserFactory(full_name="Lea Leader")

    client.post("/teams/new/", {"name": "Europe", "code": "EU"})
    unit = OrgUnit.objects.get()
    client.post(f"/teams/{unit.pk}/places/new/", {"user": person.pk, "kind": "leader", "valid_from": "2026-01-01"})
    client.post(f"/teams/{unit.pk}/edit/", {"name": "Europe", "code": "EUR", "version": 1})
    place = UnitAssignment.objects.get()
    tree = client.get("/teams/").content.decode()
    client.post(f"/places/{place.pk}/end/", {"version": 1})

    unit.refresh_from_db()
    assert unit.code == "EUR"
    assert "Lea Leader" in tree
    assert "Every unit is led" in tree
    assert not UnitAssignment.objects.on_day(date.today()).exists()  # noqa: DTZ011 - the door reads the same clock


@pytest.mark.parametrize("address", ["/teams/new/", "/teams/{0}/edit/", "/teams/{0}/places/new/"])
def test_others_read_only(address: str) -> None:
    unit = UnitFactory()
    client = browser(UserFactory())

    assert client.get(f"/teams/{unit.pk}/").status_code == 200
    assert client.get(address.format(unit.pk)).status_code == 403
    assert client.post(address.format(unit.pk), {"name": "x", "code": "x", "version": 1}).status_code in {403, 422}
    assert OrgUnit.objects.get().name == unit.name


def test_the_api_lists_the_tree() -> None:
    unit = UnitFactory(code="EU")

    rows = browser(UserFactory()).get("/api/v1/org-units/?code=EU").json()["results"]

    assert rows == [
        {"id": unit.pk, "name": unit.name, "code": "EU", "parent": None, "path": f"/{unit.pk}/", "version": 1}
    ]


@pytest.mark.parametrize(
    ("statement", "constraint"),
    [
        ("UPDATE teams_teammembership SET valid_to = valid_from", "membership_ends_after_start"),
        ("UPDATE teams_teammembership SET days_per_month = 32", "membership_days_fit_a_month"),
        ("UPDATE teams_teammembership SET level = 'owner'", "membership_one_owner_at_a_time"),
        (
            "UPDATE teams_teammembership SET user_id = (SELECT min(user_id) FROM teams_teammembership)",
            "membership_person_once_at_a_time",
        ),
        ("UPDATE teams_unitassignment SET valid_to = valid_from", "unitassignment_ends_after_start"),
    ],
)
def test_the_database_refuses_what_cannot_be(statement: str, constraint: str) -> None:
    customer = CustomerFactory()
    MembershipFactory.create_batch(2, team=customer.account_team)
    UnitAssignmentFactory()

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
