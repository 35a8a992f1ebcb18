"""Bulk edits over HTTP: rows are frozen, shown before, changed one by one, and taken back row by row."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import AuditEntry, User
from bulk.models import BulkEdit
from bulk.services import edits
from customers.models import Customer, Task
from customers.services import customers as customer_services
from kcrm.lib.errors import DomainError
from teams.models import OrgUnit, TeamMembership, UnitAssignment
from tests import personas
from tests.factories.accounts import UserFactory
from tests.factories.activities import ContactRoleFactory
from tests.factories.customers import CustomerFactory
from tests.factories.profitability import ProductFactory
from tests.factories.teams import MembershipFactory, UnitAssignmentFactory, UnitFactory
from tests.running import run_jobs

pytestmark = pytest.mark.django_db
LIST = "customers:customer-list"


@pytest.fixture
def director() -> User:
    user = UserFactory(full_name="Dora Director", roles=["director"])
    UnitAssignmentFactory(unit=UnitFactory(code="HQ"), user=user, kind="leader")
    return user


@pytest.fixture
def unit(director: User) -> OrgUnit:
    return UnitAssignment.objects.select_related("unit").get(user=director).unit


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def chosen(client: Client, ids: list[int] | str, query: str = "") -> BulkEdit:
    data: dict[str, Any] = {"all": "1"} if ids == "all" else {"ids": ids}
    answer = client.post(reverse(LIST) + query, data)
    assert answer.status_code == 302, answer.content
    return BulkEdit.objects.latest("pk")


def say(client: Client, edit: BulkEdit, **values: Any) -> Any:
    answer = client.post(reverse("bulk:edit-change", args=[edit.pk]), {"version": edit.version, **values})
    edit.refresh_from_db()
    return answer


def act(client: Client, edit: BulkEdit, name: str) -> None:
    client.post(reverse(f"bulk:edit-{name}", args=[edit.pk]), {"version": edit.version})
    run_jobs()
    edit.refresh_from_db()


def test_ticked_rows_are_shown_before_changed_by_a_job_and_taken_back(director: User, unit: Any) -> None:
    first, second, other = CustomerFactory.create_batch(3, org_unit=unit, region="North")
    client = browser(director)

    edit = chosen(client, [first.pk, second.pk])
    say(client, edit, change_region="on", region="South", change_life_cycle="on", life_cycle="client")
    page = client.get(reverse("bulk:edit-detail", args=[edit.pk])).content.decode()
    act(client, edit, "run")

    assert "Change 2 rows" in page
    assert "North → <strong>South</strong>" in page
    assert (edit.state, edit.changed, edit.refused) == ("done", 2, 0)
    assert sorted(Customer.objects.values_list("region", flat=True)) == ["North", "South", "South"]
    assert AuditEntry.objects.filter(subject_type="customers.customer", action="update").count() == 2

    act(client, edit, "revert")

    assert (edit.state, edit.undone, edit.kept) == ("reverted", 2, 0)
    first.refresh_from_db()
    assert (first.region, first.life_cycle) == ("North", "prospect")
    other.refresh_from_db()
    assert other.version == 1


def test_all_that_match_is_frozen_and_not_a_live_filter(director: User, unit: Any) -> None:
    CustomerFactory.create_batch(3, org_unit=unit, country="DE")
    CustomerFactory(org_unit=unit, country="FR")
    client = browser(director)

    edit = chosen(client, "all", "?country=DE")
    CustomerFactory(org_unit=unit, country="DE")
    say(client, edit, change_add_tags="on", add_tags="wine, fair")
    act(client, edit, "run")

    assert (edit.count, edit.changed) == (3, 3)
    tagged = Customer.objects.filter(tags__name="wine")
    assert [customer.country for customer in tagged] == ["DE", "DE", "DE"]


def test_a_row_that_somebody_changed_meanwhile_is_left_and_said(director: User, unit: Any) -> None:
    first, second = CustomerFactory.create_batch(2, org_unit=unit)
    client = browser(director)
    edit = chosen(client, [first.pk, second.pk])
    say(client, edit, change_city="on", city="Oslo")

    customer_services.update_customer(customer_id=first.pk, version=1, values={"city": "Rome"}, by=director)
    act(client, edit, "run")

    assert (edit.changed, edit.refused) == (1, 1)
    first.refresh_from_db()
    assert first.city == "Rome"
    page = client.get(reverse("bulk:edit-detail", args=[edit.pk])).content.decode()
    assert "Somebody changed it after you chose it." in page


def test_taking_back_keeps_what_was_changed_since(director: User, unit: Any) -> None:
    first, second = CustomerFactory.create_batch(2, org_unit=unit, city="Bern")
    client = browser(director)
    edit = chosen(client, [first.pk, second.pk])
    say(client, edit, change_city="on", city="Oslo")
    act(client, edit, "run")

    customer_services.update_customer(customer_id=first.pk, version=None, values={"city": "Rome"}, by=director)
    customer_services.update_customer(customer_id=second.pk, version=None, values={"phone": "1"}, by=director)
    act(client, edit, "revert")

    assert (edit.undone, edit.kept) == (1, 1)
    assert set(Customer.objects.values_list("city", flat=True)) == {"Rome", "Bern"}


def test_rows_beyond_the_makers_right_are_left(director: User, unit: Any) -> None:
    mine, read_only = CustomerFactory.create_batch(2, org_unit=unit)
    manager = personas.account_manager(mine)
    MembershipFactory(team=read_only.account_team, user=manager, level="read")
    client = browser(manager)

    edit = chosen(client, [mine.pk, read_only.pk])
    say(client, edit, change_city="on", city="Oslo")
    page = client.get(reverse("bulk:edit-detail", args=[edit.pk])).content.decode()
    act(client, edit, "run")

    assert "not yours to change" in page
    assert (edit.changed, edit.refused) == (1, 1)
    read_only.refresh_from_db()
    assert read_only.city == ""


def test_ids_out_of_sight_are_not_taken(director: User, unit: Any) -> None:
    stranger = CustomerFactory()

    answer = browser(director).post(reverse(LIST), {"ids": [stranger.pk]})

    assert answer["Location"] == reverse(LIST)
    assert not BulkEdit.objects.exists()


def test_a_right_lost_before_the_job_runs_is_lost(director: User, unit: Any) -> None:
    customer = CustomerFactory(org_unit=unit)
    manager = personas.account_manager(customer)
    client = browser(manager)
    edit = chosen(client, [customer.pk])
    say(client, edit, change_city="on", city="Oslo")
    client.post(reverse("bulk:edit-run", args=[edit.pk]), {"version": edit.version})

    TeamMembership.objects.filter(user=manager).delete()
    run_jobs()

    edit.refresh_from_db()
    assert (edit.changed, edit.refused) == (0, 1)


def test_the_bin_and_back(director: User, unit: Any) -> None:
    customers = CustomerFactory.create_batch(2, org_unit=unit)
    client = browser(director)

    edit = chosen(client, [customer.pk for customer in customers])
    say(client, edit, delete="1")
    act(client, edit, "run")
    in_bin = Customer.objects.in_bin().count()
    act(client, edit, "revert")

    assert in_bin == 2
    assert edit.undone == 2
    assert Customer.objects.alive().count() == 2


def test_an_account_manager_is_not_offered_the_bin_of_customers(unit: Any) -> None:
    customer = CustomerFactory()
    client = browser(personas.account_manager(customer))
    edit = chosen(client, [customer.pk])

    answer = say(client, edit, delete="1")

    assert answer.status_code == 403
    assert "bin instead" not in client.get(reverse("bulk:edit-detail", args=[edit.pk])).content.decode()


def test_nothing_ticked_or_a_missing_value_says_so(director: User, unit: Any) -> None:
    edit = chosen(browser(director), [CustomerFactory(org_unit=unit).pk])
    client = browser(director)

    nothing = say(client, edit, region="South")
    empty = say(client, edit, change_life_cycle="on", life_cycle="")

    assert nothing.status_code == empty.status_code == 422
    assert "Tick at least one value" in nothing.content.decode()
    assert "Give a value." in empty.content.decode()
    assert edit.state == "chosen"


def test_others_do_not_see_the_edit(director: User, unit: Any) -> None:
    edit = chosen(browser(director), [CustomerFactory(org_unit=unit).pk])

    answer = browser(personas.finance()).get(reverse("bulk:edit-detail", args=[edit.pk]))

    assert answer.status_code == 404


def test_one_edit_takes_a_bounded_number_of_rows(director: User, unit: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(edits, "LARGEST", 2)
    CustomerFactory.create_batch(3, org_unit=unit)

    with pytest.raises(DomainError):
        edits.choose_rows(
            list_key="customers", matching=Customer.objects.visible_to(director), ids=None, query="", by=director
        )


def test_tasks_are_given_to_somebody_else_and_moved(director: User, unit: Any) -> None:
    customer = CustomerFactory(org_unit=unit)
    manager, colleague = personas.account_manager(customer), personas.team_contributor(customer)
    task = Task.objects.create(customer=customer, title="Call", assignee=manager, created_by=manager)
    client = browser(manager)
    client.post(reverse("customers:task-list"), {"ids": [task.pk]})
    edit = BulkEdit.objects.latest("pk")

    say(client, edit, change_assignee="on", assignee=colleague.pk, change_due_on="on", due_on="2031-05-04")
    act(client, edit, "run")

    task.refresh_from_db()
    assert (task.assignee, str(task.due_on)) == (colleague, "2031-05-04")
    act(client, edit, "revert")
    task.refresh_from_db()
    assert (task.assignee, task.due_on) == (manager, None)


def test_finance_puts_products_off_sale(unit: Any) -> None:
    product = ProductFactory(is_active=True)
    client = browser(personas.finance())
    client.post(reverse("profitability:product-list"), {"ids": [product.pk]})
    edit = BulkEdit.objects.latest("pk")

    say(client, edit, change_is_active="on", is_active="0")
    act(client, edit, "run")

    product.refresh_from_db()
    assert (edit.changed, product.is_active) == (1, False)


def test_contacts_get_a_language(unit: Any) -> None:
    role = ContactRoleFactory(customer=CustomerFactory())
    client = browser(personas.account_manager(role.customer))
    client.post(reverse("customers:contact-list"), {"ids": [role.contact_id]})
    edit = BulkEdit.objects.latest("pk")

    say(client, edit, change_language="on", language="zh")
    act(client, edit, "run")

    role.contact.refresh_from_db()
    assert role.contact.language == "zh"


def test_edits_are_forgotten_after_their_time(director: User, unit: Any) -> None:
    edit = chosen(browser(director), [CustomerFactory(org_unit=unit).pk])

    kept, gone = edits.purge(before=edit.created_at), edits.purge(before=edit.created_at.replace(year=2100))

    assert (kept, gone) == (0, 1)


# --- one cell


def cell_url(customer: Customer, field: str = "region") -> str:
    return reverse("customers:customer-cell", args=[customer.pk, field])


def test_a_cell_is_changed_in_its_place(director: User, unit: Any, browse: Callable[[User], Client]) -> None:
    customer = CustomerFactory(org_unit=unit, region="North")
    client = browse(director)

    form = client.get(cell_url(customer)).content.decode()
    saved = client.post(cell_url(customer), {"version": 1, "value": "South"})

    assert 'value="North"' in form
    assert saved.content.decode().strip() == "South"
    customer.refresh_from_db()
    assert (customer.region, customer.version) == ("South", 2)


def test_a_cell_that_somebody_else_saved_first_keeps_what_was_typed(
    director: User, unit: Any, browse: Callable[[User], Client]
) -> None:
    customer = CustomerFactory(org_unit=unit, region="North")
    customer_services.update_customer(customer_id=customer.pk, version=1, values={"region": "West"}, by=director)

    answer = browse(director).post(cell_url(customer), {"version": 1, "value": "South"})

    text = answer.content.decode()
    assert answer.status_code == 409
    assert 'value="South"' in text
    assert "West" in text
    assert 'name="version" value="2"' in text


def test_a_cell_that_cannot_be_saved_says_why(director: User, unit: Any, browse: Callable[[User], Client]) -> None:
    answer = browse(director).post(cell_url(CustomerFactory(org_unit=unit), "life_cycle"), {"version": 1, "value": "x"})

    assert answer.status_code == 422


def test_a_cell_out_of_the_allow_list_is_not_there(director: User, unit: Any, browse: Callable[[User], Client]) -> None:
    answer = browse(director).get(cell_url(CustomerFactory(org_unit=unit), "created_at"))

    assert answer.status_code == 404


def test_the_list_costs_no_more_statements_for_its_tick_boxes(director: User, unit: Any) -> None:
    CustomerFactory.create_batch(3, org_unit=unit)
    client = browser(director)
    client.get(reverse(LIST))

    with CaptureQueriesContext(connection) as few:
        client.get(reverse(LIST))
    CustomerFactory.create_batch(30, org_unit=unit)
    with CaptureQueriesContext(connection) as many:
        page = client.get(reverse(LIST)).content.decode()

    assert len(few) == len(many)
    assert 'data-edit="life_cycle"' in page
