"""Bringing rows in: what is made, changed, left alone, refused; the same again changes nothing."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from accounts.models import AuditEntry
from customers.models import Contact, ContactRole, Customer, ExternalId, Interaction, SearchEntry, Site
from customers.services.imports import import_rows
from kcrm.lib.errors import DomainError, NotAllowed
from kcrm.lib.imports.values import Formats
from teams.models import OrgUnit, TeamMembership
from tests import personas
from tests.factories.accounts import UserFactory
from tests.factories.customers import CustomerFactory, ExternalIdFactory
from tests.factories.teams import UnitAssignmentFactory, UnitFactory

pytestmark = pytest.mark.django_db
NORTHWIND = Path(settings.BASE_DIR) / "demo" / "northwind"


@pytest.fixture
def director() -> Any:
    """The director of the unit HQ, with nobody else there."""
    unit = UnitFactory(code="HQ", name="Headquarters")
    user = UserFactory(full_name="Dora Director", roles=["director"])
    UnitAssignmentFactory(unit=unit, user=user, kind="leader")
    return user


def bring(rows: list[dict[str, Any]], by: Any, thing: str = "customers", **options: Any) -> Any:
    return import_rows(importable=thing, rows=rows, source="erp", by=by, keep_outcomes=True, **options)


def northwind_customers() -> list[dict[str, str]]:
    with (NORTHWIND / "customers.csv").open(encoding="utf-8") as file:
        return [
            {
                "external_id": row["customer_id"], "name": row["company_name"], "street": row["address"],
                "city": row["city"], "region": row["region"], "postal_code": row["postal_code"],
                "country": row["country"], "phone": row["phone"],
            }
            for row in csv.DictReader(file)
        ]  # fmt: skip


def test_the_customers_of_a_company_go_in_once(director: Any) -> None:
    rows = northwind_customers()

    first, second = bring(rows, director), bring(rows, director)

    assert (first.created, first.rejected) == (91, 0), first.errors
    assert (second.created, second.updated, second.unchanged, second.rejected) == (0, 0, 91, 0)
    alfreds = Customer.objects.get(external_ids__value="ALFKI")
    assert (alfreds.name, alfreds.country, alfreds.org_unit.code) == ("Alfreds Futterkiste", "DE", "HQ")
    assert alfreds.sites.get().street == "Obere Str. 57"
    assert "alfki" in SearchEntry.objects.get(kind="account_profile", object_id=alfreds.pk).words
    assert AuditEntry.objects.filter(via="import", action="create", subject_type="customers.customer").count() == 91


def test_the_number_of_statements_does_not_grow_with_the_rows(
    director: Any, django_assert_max_num_queries: Any
) -> None:
    rows = northwind_customers()

    with django_assert_max_num_queries(40):
        bring(rows, director)


def test_a_dry_run_answers_what_the_run_does_and_leaves_nothing(director: Any) -> None:
    rows = [{"external_id": "1", "name": "Acme"}, {"external_id": "1", "name": "Acme again"}, {"name": ""}]

    dry = bring(rows, director, dry_run=True)
    left = Customer.objects.count(), AuditEntry.objects.filter(via="import").count()
    run = bring(rows, director)

    assert left == (0, 0)
    assert (dry.counts, dry.errors) == (run.counts, run.errors)
    assert [(number, field) for number, field, _sentence in run.errors] == [(3, "external_id"), (4, "")]


def test_values_change_by_the_policy_of_their_field_and_empty_cells_clear_nothing(director: Any) -> None:
    bring([{"external_id": "1", "name": "Acme", "city": "Berlin", "industry": "Retail"}], director)

    result = bring(
        [
            {
                "external_id": "1",
                "name": "Acme Ltd",
                "city": "Hamburg",
                "industry": "Food",
                "phone": "030 1",
                "region": "",
            }
        ],
        director,
        policy={"city": "never", "industry": "fill_empty"},
    )

    acme = Customer.objects.get()
    assert (acme.name, acme.city, acme.industry, acme.phone) == ("Acme Ltd", "Berlin", "Retail", "030 1")
    assert result.outcomes[0].changes == {"name": ["Acme", "Acme Ltd"], "phone": ["", "030 1"]}
    assert acme.version == 2


def test_a_parent_may_stand_in_a_later_row(director: Any) -> None:
    rows = [
        {"external_id": "3", "name": "Grandchild", "parent": "2"},
        {"external_id": "2", "name": "Child", "parent": "Mother"},
        {"external_id": "1", "name": "Mother"},
        {"external_id": "4", "name": "Orphan", "parent": "Nobody"},
    ]

    result = bring(rows, director)

    assert result.created == 3
    assert Customer.objects.get(name="Grandchild").parent.parent.name == "Mother"
    assert result.errors == [
        (5, "parent", "You see no customer “Nobody”. Bring it in first, or map the name to one that is there.")
    ]


def test_a_cycle_is_refused_and_the_other_rows_go_in(director: Any) -> None:
    bring([{"external_id": "1", "name": "A"}, {"external_id": "2", "name": "B", "parent": "1"}], director)

    result = bring(
        [{"external_id": "1", "name": "A", "parent": "2"}, {"external_id": "3", "name": "C"},
         {"external_id": "4", "name": "D"}],
        director,
    )  # fmt: skip

    assert (result.created, result.rejected) == (2, 1)
    assert result.errors[0][:2] == (2, "parent")


def test_an_account_manager_owns_what_he_brings_in_and_gives_nothing_away() -> None:
    place = UnitAssignmentFactory()
    other = UserFactory()

    result = bring(
        [{"name": "Mine"}, {"name": "Yours", "owner": other.email}, {"name": "Ours", "owner": place.user.full_name}],
        place.user,
    )

    assert [(error[0], error[1]) for error in result.errors] == [(3, "owner")]
    assert set(TeamMembership.objects.values_list("user", "level")) == {(place.user.pk, "owner")}
    assert Customer.objects.visible_to(place.user).count() == 2


def test_a_director_names_the_owner(director: Any) -> None:
    owner = UserFactory(email="Nancy@example.com")

    bring([{"name": "Acme", "owner": "nancy@EXAMPLE.com"}], director)

    assert TeamMembership.objects.get().user == owner


@pytest.mark.parametrize("name", ["team_reader", "finance", "service_agent", "administrator", "auditor", "outsider"])
def test_others_bring_no_customers_in(name: str) -> None:
    customer = CustomerFactory()

    with pytest.raises(NotAllowed):
        bring([{"name": "Acme"}], personas.persona(name, customer))

    assert Customer.objects.count() == 1


def test_keys_of_customers_out_of_sight_are_refused_and_change_nothing() -> None:
    hidden = CustomerFactory(name="Hidden", registration_no="HRB 1")
    ExternalIdFactory(customer=hidden, value="H1")
    place = UnitAssignmentFactory()

    result = bring(
        [{"external_id": "H1", "name": "X"}, {"registration_no": "HRB 1", "name": "Y"}, {"name": "Hidden"}], place.user
    )

    assert [(error[0], error[1]) for error in result.errors] == [(2, "external_id"), (3, "registration_no")]
    assert result.created == 1
    hidden.refresh_from_db()
    assert (hidden.name, hidden.version) == ("Hidden", 1)


def test_two_customers_of_one_name_are_told_apart_by_key(director: Any) -> None:
    rows = [{"external_id": "1", "name": "Metro"}, {"external_id": "2", "name": "Metro"}]

    first, second = bring(rows, director), bring(rows, director)
    third = bring([{"name": "Metro", "city": "Bonn"}], director)

    assert (first.created, second.unchanged) == (2, 2)
    assert third.errors[0][1] == "name"


def test_contacts_sites_teams_and_interactions_go_in_once(director: Any) -> None:
    person = UserFactory(email="nancy@example.com")
    bring([{"external_id": "1", "name": "Acme"}], director)
    acme = Customer.objects.get()
    manager = personas.account_manager(acme)
    things = [
        ("contacts", manager, {"customer": "1", "full_name": "Maria Anders", "job_title": "Owner"}),
        ("sites", manager, {"customer": "Acme", "name": "Plant", "kind": "plant", "country": "Deutschland"}),
        ("account-teams", director, {"customer": "1", "person": person.email, "level": "contribute", "fin": "full"}),
        ("interactions", manager, {"customer": "1", "happened_at": "2026-01-31", "kind": "Visit", "subject": "Review"}),
    ]  # fmt: skip

    first = [bring([row], by, thing) for thing, by, row in things]
    second = [bring([row], by, thing) for thing, by, row in things]

    assert [result.created for result in first] == [1, 1, 1, 1], [result.errors for result in first]
    assert [result.unchanged for result in second] == [1, 1, 1, 1], [result.errors for result in second]
    assert (Contact.objects.get().full_name, ContactRole.objects.get().job_title) == ("Maria Anders", "Owner")
    assert (Site.objects.get().country, Interaction.objects.get().kind) == ("DE", "visit")
    assert TeamMembership.objects.get(user=person).fin == "full"
    acme.refresh_from_db()
    assert acme.last_interaction_on.isoformat() == "2026-01-31"


def test_private_data_is_for_the_account_manager(director: Any) -> None:
    bring([{"external_id": "1", "name": "Acme"}], director)

    result = bring([{"customer": "1", "full_name": "Maria", "birthday": "1970-01-31"}], director, "contacts")

    assert (result.created, result.errors[0][1]) == (0, "birthday")


def test_units_go_in_whatever_their_order() -> None:
    administrator = personas.administrator()
    rows = [{"code": "DE", "name": "Germany", "parent": "EU"}, {"code": "EU", "name": "Europe"}]

    first, second = bring(rows, administrator, "units"), bring(rows, administrator, "units")

    germany = OrgUnit.objects.get(code="DE")
    assert (first.created, second.unchanged, germany.parent.code) == (2, 2, "EU")
    assert germany.path == f"{germany.parent.path}{germany.pk}/"


def test_values_that_cannot_be_understood_name_row_column_and_remedy(director: Any) -> None:
    result = bring(
        [{"name": "A", "country": "Atlantis"}, {"name": "B", "relation": "friend"}, {"name": "C\x00"},
         {"name": "D", "owner_password": "x"}, {"name": "E", "cadence_days": "1,5"}],
        director,
        formats={"cadence_days": Formats(decimal=",")},
    )  # fmt: skip

    assert [error[:2] for error in result.errors] == [
        (2, "country"), (3, "relation"), (4, "name"), (5, "owner_password"), (6, "cadence_days"),
    ]  # fmt: skip
    assert "write its two letters" in result.errors[0][2]
    assert "End customer" in result.errors[1][2]


def test_an_unknown_policy_key_or_importable_is_refused(director: Any) -> None:
    for options in ({"policy": {"x": "never"}}, {"policy": {"name": "maybe"}}, {"keys": ["phone"]}):
        with pytest.raises(DomainError):
            bring([], director, **options)
    with pytest.raises(DomainError):
        bring([], director, "nothing")


def test_a_key_in_the_bin_is_free_again(director: Any) -> None:
    bring([{"external_id": "1", "name": "Acme"}], director)
    from customers.services.customers import delete_customer

    delete_customer(customer_id=Customer.objects.get().pk, version=None, by=director)

    result = bring([{"external_id": "1", "name": "Acme"}], director)

    assert result.created == 1
    assert ExternalId.objects.filter(released_at__isnull=True).count() == 1
