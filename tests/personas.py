"""One person for each way to stand towards a customer. The access tests, and every test of a right, take them here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from accounts.models import User
from customers.models import Customer
from teams.models import TeamMembership, UnitAssignment
from tests.factories.accounts import UserFactory
from tests.factories.teams import MembershipFactory, UnitAssignmentFactory

Level = TeamMembership.Level


def _member(customer: Customer, level: str, **flags: Any) -> User:
    user = UserFactory(full_name=f"{level.title()} of {customer.name}")
    MembershipFactory(team=customer.account_team, user=user, level=level, **flags)
    return user


def account_manager(customer: Customer, **flags: Any) -> User:
    """The owner of the account; flags such as `fin="full"` as given."""
    return _member(customer, Level.OWNER, **flags)


def team_contributor(customer: Customer, **flags: Any) -> User:
    """A team member who works on the account."""
    return _member(customer, Level.CONTRIBUTE, **flags)


def team_reader(customer: Customer, **flags: Any) -> User:
    """A team member who reads."""
    return _member(customer, Level.READ, **flags)


def director(customer: Customer) -> User:
    """The director who leads the customer's unit."""
    user = UserFactory(full_name="Dora Director", roles=["director"])
    UnitAssignmentFactory(unit=customer.org_unit, user=user, kind=UnitAssignment.Kind.LEADER)
    return user


def service_agent(customer: Customer) -> User:
    """An agent who serves the customers of the unit."""
    user = UserFactory(full_name="Sven Service", roles=["service_agent"])
    UnitAssignmentFactory(unit=customer.org_unit, user=user, kind=UnitAssignment.Kind.SERVICE)
    return user


def finance(customer: Customer | None = None) -> User:
    """A finance partner."""
    return UserFactory(full_name="Fiona Finance", roles=["finance"])


def programme_office(customer: Customer | None = None) -> User:
    """The programme office."""
    return UserFactory(full_name="Paul Programme", roles=["programme_office"])


def administrator(customer: Customer | None = None) -> User:
    """An administrator, who sees no business content."""
    return UserFactory(full_name="Ada Administrator", roles=["administrator"])


def auditor(customer: Customer | None = None) -> User:
    """An auditor."""
    return UserFactory(full_name="Otto Auditor", roles=["auditor"])


def outsider(customer: Customer | None = None) -> User:
    """Somebody without any place in the organisation."""
    return UserFactory(full_name="Olga Outsider")


PERSONAS: dict[str, Callable[[Customer], User]] = {
    "account_manager": account_manager,
    "team_contributor": team_contributor,
    "team_reader": team_reader,
    "director": director,
    "finance": finance,
    "service_agent": service_agent,
    "programme_office": programme_office,
    "administrator": administrator,
    "auditor": auditor,
    "outsider": outsider,
}


def persona(name: str, customer: Customer) -> User:
    """The person of this name towards the customer, made anew."""
    return PERSONAS[name](customer)


def everybody(customer: Customer) -> dict[str, User]:
    """All personas towards one customer."""
    return {name: make(customer) for name, make in PERSONAS.items()}
