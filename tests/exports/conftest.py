"""Small limits, so that a few rows are many."""

from __future__ import annotations

import pytest

from tests.factories.customers import CustomerFactory
from tests.factories.teams import MembershipFactory, UnitAssignmentFactory
from tests.personas import account_manager, director


@pytest.fixture
def many(db, settings):
    """Three customers of one unit, their account manager and their director; two rows need approval."""
    settings.KCRM_EXPORT_APPROVAL_ROWS = 2
    settings.KCRM_EXPORT_JOB_ROWS = 2
    first = CustomerFactory(name="First")
    manager, boss = account_manager(first), director(first)
    UnitAssignmentFactory(unit=first.org_unit, user=manager)
    for name in ("Second", "Third"):
        customer = CustomerFactory(name=name, org_unit=first.org_unit)
        MembershipFactory(team=customer.account_team, user=manager, level="owner")
    return manager, boss, first
