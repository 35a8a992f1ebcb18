"""The pages on which fields are defined, and the forms and pages of records that show them."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from customers.models import Contact, Customer
from fields.models import CustomField
from fields.services import definitions
from tests import personas
from tests.factories.activities import ContactFactory, ContactRoleFactory
from tests.factories.customers import CustomerFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def customer():
    return CustomerFactory(name="Northwind")


@pytest.fixture
def signed_in(client: Client):
    def sign_in(user):
        client.force_login(user)
        return client

    return sign_in


def edit(client, customer, **values):
    url = reverse("customers:customer-fields", args=[customer.pk])
    return client.post(url, {"version": Customer.objects.get(pk=customer.pk).version, **values})


def test_a_field_is_defined_ordered_retired_and_used_again(signed_in):
    client = signed_in(personas.administrator(None))
    create = reverse("fields:field-create", args=["customer"])

    for label in ("Segment", "Grade"):
        kind = {"Segment": "text", "Grade": "choice"}[label]
        sent = {"label_en": label, "kind": kind, "field_class": "F0", "choices": "Gold | 金牌\nsil: Silver"}
        assert client.post(create, sent).status_code == 302
    segment, grade = CustomField.objects.order_by("position")
    client.post(reverse("fields:field-up", args=[grade.pk]), {"version": grade.version})
    client.post(
        reverse("fields:field-retire", args=[segment.pk]), {"version": CustomField.objects.get(pk=segment.pk).version}
    )
    page = client.get(reverse("fields:type-fields", args=["customer"])).content.decode()

    assert [choice["key"] for choice in grade.choices] == ["gold", "sil"]
    assert "1 field of your own." in page
    assert page.index("Grade") < page.index("Segment")
    assert "Use again" in page


def test_what_is_wrong_is_said_at_its_input_with_what_was_typed(signed_in):
    client = signed_in(personas.administrator(None))

    answer = client.post(
        reverse("fields:field-create", args=["customer"]),
        {"label_en": "Budget", "kind": "money", "field_class": "F1", "currency": "E"},
    )

    assert answer.status_code == 422
    assert "three letters, such as CNY" in answer.content.decode()
    assert 'value="Budget"' in answer.content.decode()


def test_a_record_is_filled_in_and_shown(define, signed_in, customer):
    define("Segment"), define("Grade", "choice", choices=[{"en": "Gold"}, {"en": "Silver"}])
    define("Plan", "link"), define("Sponsor", "user"), define("Budget", "money", currency="EUR")
    define("Codes", "choices", choices=[{"en": "One"}, {"en": "Two"}])
    manager = personas.account_manager(customer)
    client = signed_in(manager)

    answer = edit(
        client, customer, custom_segment="<b>A</b>", custom_grade="gold", custom_plan="example.com/plan",
        custom_sponsor=manager.pk, custom_budget="1234.5", custom_codes=["two", "one"],
    )  # fmt: skip

    assert answer.status_code == 302
    customer.refresh_from_db()
    assert customer.custom == {
        "segment": "<b>A</b>", "grade": "gold", "plan": "https://example.com/plan", "sponsor": manager.pk,
        "budget": "1234.50", "codes": ["one", "two"],
    }  # fmt: skip
    page = client.get(reverse("customers:customer-detail", args=[customer.pk])).content.decode()
    assert "&lt;b&gt;A&lt;/b&gt;" in page
    assert 'href="https://example.com/plan"' in page
    assert manager.full_name in page
    assert "One, Two" in page


def test_the_whole_form_of_a_customer_has_them_too(define, signed_in, customer):
    define("Segment", is_required=True)
    client = signed_in(personas.account_manager(customer))
    url = reverse("customers:customer-update", args=[customer.pk])
    sent = {
        "version": customer.version, "name": "Northwind", "org_unit": customer.org_unit_id, "relation": "end_customer",
        "life_cycle": "client", "currency": "USD",
    }  # fmt: skip

    refused = client.post(url, sent)
    done = client.post(url, sent | {"custom_segment": "A"})

    assert (refused.status_code, done.status_code) == (422, 302)
    assert Customer.objects.get(pk=customer.pk).custom == {"segment": "A"}


def test_whoever_saves_second_sees_both_versions_of_a_value(define, signed_in, customer):
    define("Segment")
    client = signed_in(personas.account_manager(customer))
    url = reverse("customers:customer-fields", args=[customer.pk])
    client.post(url, {"version": 1, "custom_segment": "First"})

    answer = client.post(url, {"version": 1, "custom_segment": "Second"})

    assert answer.status_code == 409
    assert "First" in answer.content.decode()


def test_a_field_that_was_retired_meanwhile_is_not_lost_silently(define, signed_in, customer):
    field, _other = define("Segment"), define("Grade")
    client = signed_in(personas.account_manager(customer))
    definitions.retire_field(field_id=field.pk, version=None, by=personas.administrator(None))

    answer = edit(client, customer, custom_segment="A", custom_grade="B")

    assert answer.status_code == 422
    assert "changed while this form was open" in answer.content.decode()


def test_a_reader_sees_what_his_classes_allow(define, signed_in, customer):
    define("Own cost", "number", field_class="F2"), define("Budget", "money", currency="EUR", field_class="F1")
    customer.apply({"custom": {"own_cost": "77123", "budget": "88456.00"}})
    url = reverse("customers:customer-detail", args=[customer.pk])

    seen = {
        name: signed_in(getattr(personas, name)(customer)).get(url).content.decode()
        for name in ("service_agent", "account_manager", "director")
    }

    assert [("Own cost" in page, "Budget" in page) for page in seen.values()] == [
        (False, False), (False, True), (True, True),
    ]  # fmt: skip


def test_people_have_fields_too(define, signed_in):
    define("Assistant", record="contact"), define("Hobby", record="contact", field_class="F6P")
    role = ContactRoleFactory(contact=ContactFactory())
    url = reverse("customers:contact-update", args=[role.contact_id])
    manager, member = personas.account_manager(role.customer), personas.team_contributor(role.customer)

    done = signed_in(manager).post(
        url, {"version": 1, "full_name": "Maria Anders", "custom_assistant": "Tim", "custom_hobby": "Chess"}
    )
    page = signed_in(manager).get(reverse("customers:contact-detail", args=[role.contact_id])).content.decode()
    form = signed_in(member).get(url).content.decode()

    assert done.status_code == 302
    assert Contact.objects.get(pk=role.contact_id).custom == {"assistant": "Tim", "hobby": "Chess"}
    assert "Chess" in page
    assert ("custom_assistant" in form, "custom_hobby" in form) == (True, False)


def test_customers_are_found_by_texts_that_say_so(define, signed_in, customer):
    define("Contract number", is_found_by=True)
    client = signed_in(personas.account_manager(customer))

    edit(client, customer, custom_contract_number="FA-4711")

    assert "Northwind" in client.get("/search/", {"q": "FA-4711"}).content.decode()
