"""Forms that choose customers, where there are too many to list."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from customers.forms import choosing
from customers.forms.choosing import CustomerChoiceField, CustomersChoiceField
from customers.models import Customer
from kcrm.lib import words
from selection.forms.decisions import ExtraLineForm
from selection.forms.market_maps import AccountsForm
from selection.forms.rounds import RoundChangeForm
from selection.forms.scenarios import ScenarioMoveForm
from selection.models import ScoringRound
from selection.services.models import create_model
from teams.models import AccountTeam
from tests.factories.accounts import UserFactory
from tests.factories.customers import CustomerFactory
from tests.factories.teams import UnitFactory
from tests.selection.approving import put_into_force
from tests.selection.rounds import factors

pytestmark = pytest.mark.django_db


def crowd(count: int) -> None:
    unit = UnitFactory()
    teams = AccountTeam.objects.bulk_create(AccountTeam() for _ in range(count))
    names = [f"Customer {number:04}" for number in range(count)]
    Customer.objects.bulk_create(
        Customer(
            name=name, name_key=words.name_key(name), name_sort=words.sort_key(name), account_team=team, org_unit=unit
        )
        for name, team in zip(names, teams, strict=True)
    )


@pytest.fixture
def client(office) -> Client:
    client = Client()
    client.force_login(office)
    return client


def test_a_round_is_opened_by_pasted_names_on_a_small_page(client, office):
    crowd(400)
    model = create_model(name="Attractiveness", factors=factors(), by=office)
    model = put_into_force(model_id=model.pk, version=model.version, by=office)
    raters = UserFactory.create_batch(2)
    page = client.get(reverse("selection:round-create"))
    values = {
        "name": "Key accounts",
        "model": model.pk,
        "raters": [one.pk for one in raters],
        "chair": office.pk,
        "due_on": timezone.localdate() + timedelta(days=14),
    }
    refused = client.post(reverse("selection:round-create"), values | {"customers": "Customer 0007\nNobody"})
    opened = client.post(reverse("selection:round-create"), values | {"customers": "Customer 0007\r\nCustomer 0399"})

    assert page.status_code == 200
    assert len(page.content) < 60_000
    assert "Customer 0399" not in page.content.decode()
    assert refused.status_code == 422
    assert "No customer on offer has this name: Nobody." in refused.content.decode()
    assert "Customer 0007\nNobody</textarea>" in refused.content.decode()
    assert opened.status_code == 302, opened.context["form"].errors
    scored = ScoringRound.objects.get().customers.values_list("name", flat=True)
    assert sorted(scored) == ["Customer 0007", "Customer 0399"]


def test_every_form_of_the_selection_asks_for_names_where_a_list_would_be_long(monkeypatch):
    monkeypatch.setattr(choosing, "MOST_LISTED", 1)
    CustomerFactory.create_batch(2)
    rows = Customer.objects.alive().order_by("name_sort")
    people = UserFactory._meta.model.objects.all()

    for form in (ScenarioMoveForm(customers=rows), ExtraLineForm(customers=rows)):
        assert isinstance(form.fields["customer"], CustomerChoiceField)
        assert next(iter(form.fields)) == "customer"
    assert isinstance(AccountsForm(customers=rows).fields["customers"], CustomersChoiceField)
    assert isinstance(RoundChangeForm(customers=rows, people=people).fields["add_customers"], CustomersChoiceField)
