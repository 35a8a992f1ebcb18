"""Pages of selection lead nobody to pages of other rooms that would refuse them."""

from __future__ import annotations

import pytest
from django.test import Client

from selection.models import Segment, SegmentPlace
from tests.factories.accounts import UserFactory
from tests.selection.placing import TODAY, place

pytestmark = pytest.mark.django_db


@pytest.fixture
def paths(run) -> list[str]:
    """The matrix, the sums of one score, and segments."""
    customer = place(run, 5, 0, name="Grocer")
    segment = Segment.objects.create(name="Grocers", state="accepted")
    SegmentPlace.objects.create(customer=customer, segment=segment, valid_from=TODAY.replace(year=2020))
    return [
        "/selection/matrix/",
        *(f"/selection/customers/{customer.pk}/{part}" for part in ("", "position/", "relationship/", "strength/")),
        "/selection/segments/",
        f"/selection/segments/{segment.pk}/",
    ]


@pytest.mark.parametrize(("role", "led"), [("auditor", False), ("programme_office", True)])
def test_customers_and_ledger_are_offered_to_whom_they_open(paths, role, led):
    client = Client()
    client.force_login(UserFactory(roles=[role]))

    pages = [client.get(path) for path in paths]

    assert [page.status_code for page in pages] == [200] * len(paths)
    contents = [page.content.decode().split("<main", 1)[1] for page in pages]
    assert any('href="/customers/' in content or 'href="/ledger/' in content for content in contents) is led
    assert all("Grocer" in content for content in contents)
