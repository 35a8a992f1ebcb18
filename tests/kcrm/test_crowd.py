"""Made-up customers for measuring: as whole as real ones, the same each time, never mixed with real ones unasked."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User
from customers.models import ContactRole, Customer
from customers.selectors.search import search
from profitability.models import SalesSummary
from teams.models import OrgUnit, TeamMembership
from tests.factories.customers import CustomerFactory

pytestmark = pytest.mark.django_db


def generate(count: int, *options: str) -> None:
    call_command("generate_customers", str(count), *options, verbosity=0)


def test_each_customer_comes_with_owner_people_and_figures() -> None:
    generate(30)

    assert Customer.objects.count() == 30
    assert TeamMembership.objects.owners().count() == 30
    assert ContactRole.objects.count() == 90
    assert SalesSummary.objects.filter(net_12m_units__gt=0).count() == 27


def test_calls_add_up_and_make_other_customers() -> None:
    generate(10)
    generate(10)

    assert Customer.objects.values("name").distinct().count() == 20


def test_a_director_finds_them_by_letters_and_by_two_characters() -> None:
    generate(40)
    director = User.objects.create_user("director@example.com", full_name="Director", roles=["director"])
    OrgUnit.objects.get(parent=None).assignments.create(user=director, kind="leader", valid_from="2020-01-01")

    assert search(director, "ald").count
    assert search(director, "海达").count


def test_made_up_customers_do_not_mix_with_others_unasked() -> None:
    CustomerFactory()

    with pytest.raises(CommandError):
        generate(1)

    generate(1, "--beside-others")
    assert Customer.objects.count() == 2
