"""How a customer sees us: what is written down, what it adds up to, who may."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from accounts.models import AuditEntry
from customers.models import Customer, Task
from kcrm.lib.errors import DomainError, NotAllowed, StaleVersion
from selection.models import Alternative, Competitor, CustomerView, PositionPoint, SupplierScore, ViewFactor
from selection.services import customer_views as views
from selection.services.fact_finding import close_gap, raise_tasks, raise_tasks_for
from tests import personas
from tests.factories.activities import ContactFactory
from tests.factories.customers import CustomerFactory

pytestmark = pytest.mark.django_db

TODAY = date(2026, 7, 1)
WEIGHTS = (30, 25, 20, 15, 10)


@pytest.fixture
def customer() -> Customer:
    return CustomerFactory(name="Save-a-lot", life_cycle="client")


@pytest.fixture
def owner(customer):
    return personas.account_manager(customer)


def write_down(customer, by, *, evidence="told", observed_on=date(2026, 5, 1), rivals=("Brightwater", "Tokyo Foods")):
    """The worked figures of M03 through the service; returns the head of the view."""
    named = [
        views.name_alternative(customer_id=customer.pk, kind="rival", name=name, by=by, today=TODAY) for name in rivals
    ]
    suppliers = [(None, (8, 6, 7, 9, 5)), *zip(named, ((7, 8, 7, 6, 6), (6, 5, 9, 7, 8)), strict=False)]
    suppliers = [(one.pk if one else None, row) for one, row in suppliers]
    for at, weight in enumerate(WEIGHTS):
        views.save_factor(
            customer_id=customer.pk,
            values={"name": f"Factor {at + 1}", "weight": Decimal(weight), "evidence": "told"},
            scores=[
                {
                    "alternative_id": supplier,
                    "score": Decimal(row[at]),
                    "evidence": evidence,
                    "observed_on": observed_on,
                }
                for supplier, row in suppliers
            ],
            by=by,
            today=TODAY,
        )
    return CustomerView.objects.get(customer=customer)


def test_the_worked_figures_come_out_of_what_is_written_down(customer, owner):
    view = write_down(customer, owner)

    assert (view.ratio, view.gap, view.place) == (Decimal("1.0214"), Decimal("0.1500"), Decimal("52.5000"))
    assert (view.our_score, view.best_score, view.best_name) == (Decimal("7.15"), Decimal("7.00"), "Brightwater")
    assert (view.is_strong, view.is_hollow, view.confidence) == (True, False, Decimal(1))
    assert view.solid_until == date(2027, 5, 1)
    assert view.reason == ""


def test_without_a_rival_there_is_no_relative_strength(customer, owner):
    view = write_down(customer, owner, rivals=())

    assert (view.ratio, view.gap, view.is_strong) == (None, None, None)
    assert view.reason == "no_alternative_named"


def test_guesses_leave_the_bubble_hollow(customer, owner):
    view = write_down(customer, owner, evidence="guess")

    assert (view.is_strong, view.is_hollow, view.confidence) == (True, True, Decimal(0))


def test_a_change_of_the_day_replaces_the_point_of_the_trail(customer, owner):
    view = write_down(customer, owner)
    factor = ViewFactor.objects.get(customer=customer, name="Factor 2")

    views.rate_supplier(
        customer_id=customer.pk,
        factor_id=factor.pk,
        alternative_id=None,
        values={"score": Decimal(9), "evidence": "told", "observed_on": TODAY},
        by=owner,
        today=TODAY,
    )

    point = PositionPoint.objects.get(customer=customer)
    view.refresh_from_db()
    assert point.on == TODAY
    assert point.ratio == view.ratio == Decimal("1.1286")
    assert point.attractiveness is None


def test_a_later_change_leaves_a_trail_and_an_unchanged_day_none(customer, owner):
    write_down(customer, owner)
    factor = ViewFactor.objects.filter(customer=customer).first()
    later = date(2026, 8, 1)

    for _turn in range(2):
        views.rate_supplier(
            customer_id=customer.pk,
            factor_id=factor.pk,
            alternative_id=None,
            values={"score": Decimal(10), "evidence": "told", "observed_on": later},
            by=owner,
            today=later,
        )

    assert list(PositionPoint.objects.filter(customer=customer).values_list("on", flat=True)) == [TODAY, later]


def test_a_rival_is_known_by_its_name_however_it_is_written(customer, owner):
    other = CustomerFactory()
    manager = personas.account_manager(other)

    views.name_alternative(customer_id=customer.pk, kind="rival", name="Tokyo Foods", by=owner, today=TODAY)
    views.name_alternative(customer_id=other.pk, kind="rival", name="  tokyo  foods ", by=manager, today=TODAY)

    assert Competitor.objects.count() == 1
    assert Alternative.objects.count() == 2


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": "", "weight": Decimal(10)}, "name"),
        ({"name": "Price", "weight": Decimal(101)}, "weight"),
        ({"name": "Price", "weight": Decimal(10), "said_on": date(2026, 7, 2)}, "said_on"),
    ],
)
def test_what_cannot_be_is_refused_and_leaves_nothing(customer, owner, values, field):
    with pytest.raises(DomainError) as refused:
        views.save_factor(customer_id=customer.pk, values=values, by=owner, today=TODAY)

    assert refused.value.field == field
    assert not ViewFactor.objects.exists()


def test_a_person_of_another_company_has_said_nothing(customer, owner):
    stranger = ContactFactory(at=CustomerFactory())

    with pytest.raises(DomainError):
        views.save_factor(
            customer_id=customer.pk,
            values={"name": "Price", "weight": Decimal(10), "said_by_id": stranger.pk},
            by=owner,
            today=TODAY,
        )


def test_a_score_is_taken_away_and_stays_in_the_audit_trail(customer, owner):
    write_down(customer, owner)
    factor = ViewFactor.objects.get(customer=customer, name="Factor 1")

    views.save_factor(
        customer_id=customer.pk,
        factor_id=factor.pk,
        version=factor.version,
        values={},
        scores=[{"alternative_id": None, "score": None}],
        by=owner,
        today=TODAY,
    )

    assert not SupplierScore.objects.filter(factor=factor, alternative=None).exists()
    assert AuditEntry.objects.filter(action="update", changes__us__0="8.00").exists()


def test_whoever_saved_first_is_not_overwritten(customer, owner):
    write_down(customer, owner)
    factor = ViewFactor.objects.get(customer=customer, name="Factor 1")
    values = {"weight": Decimal(40)}
    views.save_factor(
        customer_id=customer.pk, factor_id=factor.pk, version=factor.version, values=values, by=owner, today=TODAY
    )

    with pytest.raises(StaleVersion):
        views.save_factor(
            customer_id=customer.pk, factor_id=factor.pk, version=factor.version, values=values, by=owner, today=TODAY
        )


def test_weights_are_made_to_total_100(customer, owner):
    for name, weight in (("Price", 1), ("Quality", 1), ("Service", 1)):
        views.save_factor(
            customer_id=customer.pk, values={"name": name, "weight": Decimal(weight)}, by=owner, today=TODAY
        )

    views.balance_weights(customer_id=customer.pk, by=owner, today=TODAY)

    assert list(ViewFactor.objects.values_list("weight", flat=True)) == [Decimal(34), Decimal(33), Decimal(33)]


def test_readers_write_nothing_and_strangers_see_nothing(customer):
    reader, stranger = personas.team_reader(customer), personas.outsider()
    values = {"name": "Price", "weight": Decimal(10)}

    with pytest.raises(NotAllowed):
        views.save_factor(customer_id=customer.pk, values=values, by=reader, today=TODAY)
    with pytest.raises(Customer.DoesNotExist):
        views.save_factor(customer_id=customer.pk, values=values, by=stranger, today=TODAY)

    assert not CustomerView.objects.exists()


def test_unknown_territory_raises_each_question_once(customer, owner):
    write_down(customer, owner, rivals=())

    first = raise_tasks(customer_id=customer.pk, by=owner, today=TODAY)
    again = raise_tasks(customer_id=customer.pk, by=owner, today=TODAY)

    assert [task.title for task in first] == ["Find out whom else Save-a-lot could buy from"]
    assert first[0].assignee == owner
    assert first[0].due_on == date(2026, 7, 31)
    assert again == []


def test_a_gap_is_given_out_once_and_only_where_somebody_leads(customer, owner):
    write_down(customer, owner)
    behind, ahead = (ViewFactor.objects.get(customer=customer, name=f"Factor {at}") for at in (2, 1))

    def give_out(factor: ViewFactor) -> Task | None:
        return close_gap(customer_id=customer.pk, factor_id=factor.pk, by=owner, today=TODAY)

    task = give_out(behind)

    assert task is not None
    assert (task.title, task.assignee) == ("Close the gap with Save-a-lot: Factor 2", owner)
    assert "6.0" in task.detail
    assert "8.0" in task.detail
    assert give_out(behind) is None
    with pytest.raises(DomainError):
        give_out(ahead)
    with pytest.raises(NotAllowed):
        close_gap(customer_id=customer.pk, factor_id=behind.pk, by=personas.programme_office(), today=TODAY)


def test_a_director_asks_the_owners_of_several_customers(customer, owner):
    other = CustomerFactory(org_unit=customer.org_unit)

    count = raise_tasks_for(customer_ids=[customer.pk, other.pk], by=personas.director(customer), today=TODAY)

    assert count == 2
    assert Task.objects.filter(customer=customer).get().assignee == owner


def test_the_programme_office_gives_no_tasks(customer):
    with pytest.raises(NotAllowed):
        raise_tasks(customer_id=customer.pk, by=personas.programme_office(), today=TODAY)
