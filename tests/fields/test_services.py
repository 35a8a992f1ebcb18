"""Defining fields, and putting values into records."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import AuditEntry
from customers.models import Customer
from customers.services.contacts import update_contact
from customers.services.customers import create_customer, update_customer
from fields.definitions import book_for
from fields.models import CustomField
from fields.services import definitions
from fields.services.purging import let_go_of_retired
from kcrm.lib.errors import DomainError, NotAllowed, StaleVersion
from tests import personas
from tests.factories.activities import ContactFactory, ContactRoleFactory
from tests.factories.customers import CustomerFactory

pytestmark = pytest.mark.django_db
GRADES = [{"en": "Gold", "zh": "金牌"}, {"en": "Silver", "zh": "银牌"}]


@pytest.fixture
def admin():
    return personas.administrator(None)


@pytest.fixture
def customer():
    return CustomerFactory()


def put(customer, values, by, version=None):
    return update_customer(customer_id=customer.pk, version=version, values={"custom": values}, by=by)


def test_a_key_is_made_from_the_label_in_either_language(define):
    assert define("Renewal day", "date").key == "renewal_day"
    assert define("续约日", "date").key == "xuyueri"
    assert define("Sales (max)").key == "sales"
    assert define("Industry").key == "industry_2"  # every customer has an industry already


@pytest.mark.parametrize(
    "key", ["Name", "1st", "a__b", "a_", "x" * 41, "price_min", "industry", "id", "custom", "__proto__"]
)
def test_a_key_that_could_be_mistaken_is_refused(define, key):
    with pytest.raises(DomainError) as refused:
        define("A label", key=key)

    assert refused.value.field == "key"


def test_two_fields_in_use_never_share_a_label(define, admin):
    first = define("Segment", label_zh="细分")

    for label in ("segment ", "细分"):
        with pytest.raises(DomainError, match="label"):
            define(label)
    definitions.retire_field(field_id=first.pk, version=first.version, by=admin)
    define("Segment")
    with pytest.raises(DomainError, match="label"):
        definitions.restore_field(field_id=first.pk, version=None, by=admin)


def test_money_needs_its_currency(define):
    with pytest.raises(DomainError) as refused:
        define("Budget", "money", currency="euro")

    assert refused.value.field == "currency"
    assert define("Budget", "money", currency="jpy").places == 0


@pytest.mark.parametrize("persona", ["account_manager", "director", "finance", "auditor"])
def test_only_administrators_and_the_programme_office_define(customer, persona):
    by = getattr(personas, persona)(customer)

    with pytest.raises(NotAllowed):
        definitions.create_field(
            record="customer", values={"label_en": "X", "kind": "text", "field_class": "F0"}, by=by
        )

    assert not CustomField.objects.exists()


def test_fields_are_put_in_order(define, admin):
    first, _second, third = define("First"), define("Second"), define("Third")

    definitions.move_field(field_id=third.pk, version=third.version, places=-1, by=admin)
    definitions.move_field(field_id=first.pk, version=None, places=1, by=admin)

    assert [field.key for field in book_for().live("customer")] == ["third", "first", "second"]


def test_a_choice_that_is_taken_out_is_retired_and_comes_back_by_its_words(define, admin):
    field = define("Grade", "choice", choices=GRADES)

    field = definitions.update_field(
        field_id=field.pk,
        version=field.version,
        values={"label_en": "Grade", "choices": [{"key": "gold", "en": "Best"}]},
        by=admin,
    )
    assert [(c["key"], c["en"], c["retired"]) for c in field.choices] == [
        ("gold", "Best", False),
        ("silver", "Silver", True),
    ]

    field = definitions.update_field(
        field_id=field.pk, version=field.version, values={"label_en": "Grade", "choices": [{"en": "silver"}]}, by=admin
    )
    assert [(c["key"], c["retired"]) for c in field.choices] == [("silver", False), ("gold", True)]


def test_a_stale_definition_is_not_overwritten(define, admin):
    field = define("Segment")
    definitions.retire_field(field_id=field.pk, version=1, by=admin)

    with pytest.raises(StaleVersion):
        definitions.update_field(field_id=field.pk, version=1, values={"label_en": "Other"}, by=admin)


def test_values_are_told_one_by_one_in_the_trail(define, customer):
    define("Segment"), define("Grade", "choice", choices=GRADES)
    manager = personas.account_manager(customer)

    put(customer, {"segment": " A ", "grade": "gold"}, manager)
    put(customer, {"grade": None}, manager)

    last, first = AuditEntry.objects.filter(subject_type="customers.customer").order_by("-pk")[:2]
    assert first.changes == {"custom_segment": [None, "A"], "custom_grade": [None, "gold"]}
    assert last.changes == {"custom_grade": ["gold", None]}
    customer.refresh_from_db()
    assert (customer.custom, customer.version) == ({"segment": "A"}, 3)


def test_what_does_not_differ_is_not_written(define, customer):
    define("Limit", "number", places=2)
    manager = personas.account_manager(customer)

    put(customer, {"limit": "5"}, manager)
    put(customer, {"limit": 5.0}, manager)

    assert Customer.objects.get(pk=customer.pk).version == 2


def test_values_of_retired_fields_survive_every_change(define, admin, customer):
    old, manager = define("Old"), personas.account_manager(customer)
    define("New")
    put(customer, {"old": "kept"}, manager)
    definitions.retire_field(field_id=old.pk, version=None, by=admin)

    put(customer, {"new": "x"}, manager)
    with pytest.raises(DomainError) as refused:
        put(customer, {"old": "changed"}, manager)

    assert refused.value.field == "custom_old"
    assert Customer.objects.get(pk=customer.pk).custom == {"old": "kept", "new": "x"}


def test_margins_are_filled_in_by_finance_alone_and_the_trail_keeps_no_figure(define, customer):
    define("Own cost", "number", field_class="F2")
    manager, finance = personas.account_manager(customer, fin="full"), personas.finance()

    with pytest.raises(DomainError):
        put(customer, {"own_cost": 5}, manager)
    put(customer, {"own_cost": 5}, finance)
    with pytest.raises(NotAllowed):
        update_customer(
            customer_id=customer.pk, version=None, values={"city": "Bonn", "custom": {"own_cost": 6}}, by=finance
        )
    with pytest.raises(NotAllowed):
        update_customer(customer_id=customer.pk, version=None, values={"custom": {}}, by=finance)

    entry = AuditEntry.objects.filter(subject_type="customers.customer").latest("pk")
    assert entry.changes == {"custom_own_cost": ["•••", "•••"]}
    assert Customer.objects.get(pk=customer.pk).custom == {"own_cost": "5"}


def test_a_new_customer_needs_what_must_be_filled_in(define, customer):
    define("Segment", is_required=True)
    manager = personas.account_manager(customer)
    values = {"name": "Northwind", "org_unit": customer.org_unit}

    with pytest.raises(DomainError) as refused:
        create_customer(values=values, by=manager)
    made = create_customer(values=values | {"custom": {"segment": "A"}}, by=manager)
    with pytest.raises(DomainError):
        put(made, {"segment": ""}, manager)

    assert refused.value.field == "custom_segment"
    assert made.custom == {"segment": "A"}


def test_somebody_who_left_stays_where_he_is_named_and_nowhere_else(define, customer):
    define("Sponsor", "user"), define("Deputy", "user")
    manager, leaver = personas.account_manager(customer), personas.finance()
    put(customer, {"sponsor": leaver.pk}, manager)
    leaver.is_active = False
    leaver.save()

    put(customer, {"sponsor": leaver.pk, "deputy": manager.pk}, manager)
    for wrong in (leaver.pk, 10**17, -1, True, "x", 1.5):
        with pytest.raises(DomainError):
            put(customer, {"deputy": wrong}, manager)

    assert Customer.objects.get(pk=customer.pk).custom == {"sponsor": leaver.pk, "deputy": manager.pk}


def test_only_a_field_without_values_is_deleted(define, admin, customer):
    field = define("Segment")
    manager = personas.account_manager(customer)
    put(customer, {"segment": "A"}, manager)

    with pytest.raises(DomainError):
        definitions.delete_field(field_id=field.pk, version=field.version, by=admin)
    put(customer, {"segment": ""}, manager)
    definitions.delete_field(field_id=field.pk, version=field.version, by=admin)

    assert book_for().every("customer") == ()


def test_private_fields_of_people_are_for_their_account_manager(define):
    define("Hobby", record="contact", field_class="F6P")
    role = ContactRoleFactory(contact=ContactFactory())
    manager, member = personas.account_manager(role.customer), personas.team_contributor(role.customer)

    update_contact(contact_id=role.contact_id, version=None, values={"custom": {"hobby": "Chess"}}, by=manager)
    with pytest.raises(DomainError):
        update_contact(contact_id=role.contact_id, version=None, values={"custom": {"hobby": ""}}, by=member)

    role.contact.refresh_from_db()
    assert role.contact.custom == {"hobby": "Chess"}
    assert AuditEntry.objects.filter(subject_type="customers.contact").latest("pk").changes == {
        "custom_hobby": ["•••", "•••"]
    }


def test_fields_are_read_once_until_one_changes(define, django_assert_num_queries):
    define("Segment")
    book_for()

    with django_assert_num_queries(1):  # the stamp
        assert [field.key for field in book_for().live("customer")] == ["segment"]
    define("Grade", "choice", choices=GRADES)
    assert [field.key for field in book_for().live("customer")] == ["segment", "grade"]


def test_two_hundred_fields_are_the_most(define, admin, customer):
    CustomField.objects.bulk_create(
        [
            CustomField(record_type="customer", key=f"k{n}", kind="text", label_en=f"Label {n}", position=n)
            for n in range(200)
        ]
    )

    with pytest.raises(DomainError):
        define("One more")
    put(customer, {f"k{n}": str(n) for n in range(200)}, personas.account_manager(customer))

    assert len(Customer.objects.get(pk=customer.pk).custom) == 200


def test_a_field_that_was_retired_a_year_ago_goes_with_its_values_also_from_histories(define):
    old, fresh, kept = define("Old"), define("Fresh"), define("Kept")
    customer = CustomerFactory(custom={"old": "CANARY", "fresh": "B", "kept": "C"})
    customer.apply({"custom": {"old": "CANARY 2", "fresh": "B", "kept": "C"}})
    now = timezone.now()
    CustomField.objects.filter(pk=old.pk).update(retired_at=now - timedelta(days=366))
    CustomField.objects.filter(pk=fresh.pk).update(retired_at=now - timedelta(days=364))

    counted = let_go_of_retired(now=now, dry_run=True)
    done, again = let_go_of_retired(now=now), let_go_of_retired(now=now)

    assert (counted, done, again) == (1, 1, 0)
    assert set(CustomField.objects.values_list("key", flat=True)) == {"fresh", "kept"}
    customer.refresh_from_db()
    assert (customer.custom, customer.version) == ({"fresh": "B", "kept": "C"}, 2)
    assert "CANARY" not in str(list(Customer.pgh_event_model.objects.values_list("custom", flat=True)))
    assert kept.retired_at is None
