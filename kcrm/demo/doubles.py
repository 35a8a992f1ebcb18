"""People who were entered twice, as happens everywhere: something for the queue of duplicates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from customers.models import Contact, Customer
from customers.services.contacts import create_contact
from customers.services.duplicate_scans import scan_kind
from kcrm.demo.people import DIRECTOR, People

TWICE: Final = {"ALFKI": "Maria Anders", "ERNSH": "R. Mendel"}  # as a trade fair list wrote them


def enter_twice(people: People, customers: Mapping[str, Customer], contacts: Mapping[str, list[Contact]]) -> None:
    """Enter the first people of two customers once more, and compare everybody."""
    for key, name in TWICE.items():
        known = contacts[key][0]
        create_contact(
            values={"full_name": name, "email": known.email.upper(), "phone": known.phone},
            roles=[{"customer_id": customers[key].pk, "job_title": "Trade fair"}],
            by=people.employees[DIRECTOR],
            is_new=True,
        )
    scan_kind("contact")
