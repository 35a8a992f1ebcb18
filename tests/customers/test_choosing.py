"""Choosing customers by typed names and numbers, and when a form asks for them so."""

from __future__ import annotations

import pytest
from django import forms
from django.http import QueryDict

from customers.forms import choosing
from customers.forms.choosing import CustomerChoiceField, CustomersChoiceField, offer_customers
from customers.forms.contacts import FurtherRoleForm
from customers.models import Customer
from tests import personas
from tests.factories.customers import CustomerFactory

pytestmark = pytest.mark.django_db


class OneForm(forms.Form):
    """Asks for one customer."""

    customer = forms.ModelChoiceField(queryset=Customer.objects.none(), label="Who", help_text="Ours.")


class SomeForm(forms.Form):
    """Asks for several."""

    customers = forms.ModelMultipleChoiceField(
        queryset=Customer.objects.none(), widget=forms.CheckboxSelectMultiple, required=False
    )


def some(posted=None, **kwargs) -> SomeForm:
    data = None
    if posted is not None:
        data = QueryDict(mutable=True)
        data.setlist("customers", [posted] if isinstance(posted, str) else posted)
    form = SomeForm(data, **kwargs)
    offer_customers(form, "customers", Customer.objects.alive().order_by("name_sort"))
    return form


@pytest.fixture
def too_many(monkeypatch):
    monkeypatch.setattr(choosing, "MOST_LISTED", 1)


@pytest.fixture
def acme() -> Customer:
    return CustomerFactory(name="Acme GmbH")


@pytest.fixture
def haida() -> Customer:
    return CustomerFactory(name="海达商贸有限公司")


def test_few_customers_are_listed_and_many_are_typed(monkeypatch, acme, haida):
    monkeypatch.setattr(choosing, "MOST_LISTED", 2)
    listed = some([str(acme.pk)])
    CustomerFactory(name="One more")
    typed = some("acme gmbh")

    assert isinstance(listed.fields["customers"], forms.ModelMultipleChoiceField)
    assert isinstance(typed.fields["customers"], CustomersChoiceField)
    assert listed.is_valid()
    assert list(listed.cleaned_data["customers"]) == [acme]
    assert typed.is_valid()
    assert typed.cleaned_data["customers"] == [acme]


def test_a_pasted_column_is_read_in_one_statement(too_many, acme, haida, django_assert_num_queries):
    form = some(f"  acme GMBH\t\r\n\r\n海达商贸有限公司\r\n#{acme.pk}\r\n")

    with django_assert_num_queries(1):
        assert form.is_valid(), form.errors
    assert form.cleaned_data["customers"] == [acme, haida]


def test_each_line_that_means_nobody_or_several_is_named_and_what_was_typed_stays(too_many, acme):
    twin = CustomerFactory(name="ACME GmbH")
    text = "Nobody Ltd\nAcme GmbH\n#999999999\nAcme"
    form = some(text)

    assert form.errors["customers"] == [
        "No customer on offer has this name: Nobody Ltd, #999999999 and Acme.",
        f"Several customers have this name, write the number of the right one: Acme GmbH (#{acme.pk}, #{twin.pk}).",
    ]
    assert "Nobody Ltd\nAcme GmbH\n#999999999\nAcme</textarea>" in str(form["customers"])


def test_lines_have_a_limit(monkeypatch, too_many, acme, haida):
    monkeypatch.setattr(choosing, "MOST_LINES", 1)

    assert some("one\ntwo").errors["customers"] == ["At most 1 lines at once."]


def test_ticks_of_a_list_that_grew_too_long_are_read_as_numbers(too_many, acme, haida):
    form = some([str(haida.pk), str(acme.pk)])

    assert form.is_valid()
    assert form.cleaned_data["customers"] == [haida, acme]


def test_what_is_chosen_already_stands_there_by_names_that_will_be_found(too_many, acme, haida):
    twin = CustomerFactory(name="acme gmbh")
    shown = some(initial={"customers": [acme.pk, haida.pk]})["customers"].value()

    assert shown.splitlines() == [f"#{acme.pk}", "海达商贸有限公司"]
    assert twin not in some(shown).fields["customers"].clean(shown)


def test_one_customer_is_typed_with_suggestions(too_many, acme, haida):
    form = OneForm({"customer": "acme gmbh"})
    offer_customers(form, "customer", Customer.objects.alive())

    assert isinstance(form.fields["customer"], CustomerChoiceField)
    assert form.is_valid()
    assert form.cleaned_data["customer"] == acme
    assert 'data-suggest="/api/v1/customers/"' in str(form["customer"])
    assert (form["customer"].label, form["customer"].help_text) == ("Who", "Ours. Its name, or # and its number.")


def test_a_role_elsewhere_takes_the_number_that_is_suggested_for_a_shared_name(acme):
    twin = CustomerFactory(name="Acme GmbH", org_unit=acme.org_unit)
    CustomerFactory(name=f"Number {twin.pk} Ltd", org_unit=acme.org_unit)
    form = FurtherRoleForm({"customer": f"#{twin.pk}"}, user=personas.director(acme))
    form.is_valid()

    assert form.cleaned_data["customer"] == twin
