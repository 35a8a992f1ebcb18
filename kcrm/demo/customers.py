"""The 91 customers of the demo company with their contacts and teams, through the services that people use."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Final

from accounts.models import User
from customers.models import Contact, Customer, Site
from customers.services.contacts import create_contact
from customers.services.customers import create_customer
from customers.services.parts import create_part
from kcrm.demo.files import SOURCE, table
from kcrm.demo.people import DIRECTOR, LONDON, LONDON_DIRECTOR, People
from teams.models import OrgUnit, TeamMembership

COUNTRIES: Final[Mapping[str, str]] = {
    "Argentina": "AR",
    "Austria": "AT",
    "Belgium": "BE",
    "Brazil": "BR",
    "Canada": "CA",
    "Denmark": "DK",
    "Finland": "FI",
    "France": "FR",
    "Germany": "DE",
    "Ireland": "IE",
    "Italy": "IT",
    "Mexico": "MX",
    "Norway": "NO",
    "Poland": "PL",
    "Portugal": "PT",
    "Spain": "ES",
    "Sweden": "SE",
    "Switzerland": "CH",
    "UK": "GB",
    "USA": "US",
    "Venezuela": "VE",
}
KITCHENS: Final = ("rest", "bistro", "comidas", "café", "cafe", "bon app", "delic", "spécialités", "cactus", "gourmet")
TAGS: Final[Mapping[str, list[str]]] = {
    "QUICK": ["pilot shelf"],
    "ERNSH": ["pilot shelf", "dispute"],
    "SAVEA": ["contract talks"],
    "RATTC": ["win back"],
    "HUNGO": ["contract talks"],
}
MORE_CONTACTS: Final[Mapping[str, list[tuple[str, str]]]] = {
    "QUICK": [
        ("Anna Weiss", "Managing Director"),
        ("Jonas Bergmann", "Head of Logistics"),
        ("张伟", "Category Buyer Asia"),
    ],
    "ERNSH": [("Maria Gruber", "Finance Director"), ("Stefan Huber", "Quality Manager")],
    "SAVEA": [
        ("Linda Park", "Vice President, Purchasing"),
        ("王芳", "Category Manager"),
        ("Tom Reilly", "Store Operations"),
    ],
    "RATTC": [("Carla Yazzie", "Owner")],
    "HUNGO": [("Sean Doyle", "Group Purchasing")],
    "HANAR": [("Paulo Teixeira", "Finance")],
}


def salespeople_of() -> dict[str, list[str]]:
    """{customer: employees} by what each sold to it at net, the one who sold most first."""
    lines: dict[str, Decimal] = defaultdict(Decimal)
    for row in table("order_details"):
        lines[row["order_id"]] += Decimal(row["unit_price"]) * Decimal(row["quantity"]) * (1 - Decimal(row["discount"]))
    sold: dict[str, Counter[str]] = defaultdict(Counter)
    for order in table("orders"):
        sold[order["customer_id"]][order["employee_id"]] += lines[order["order_id"]]  # type: ignore[assignment]
    return {
        customer: [number for number, _net in counter.most_common() if number not in (DIRECTOR, LONDON_DIRECTOR)]
        for customer, counter in sold.items()
    }


def bring_customers(people: People, units: Mapping[str, OrgUnit], *, today: date) -> dict[str, Customer]:
    """All customers by their key in the files, each with its owner, main address, and place in the organisation."""
    director = people.employees[DIRECTOR]
    sellers = salespeople_of()
    found = {}
    for number, row in enumerate(table("customers")):
        key = row["customer_id"]
        owner = (sellers.get(key) or [("1", "3", "4")[number % 3]])[0]
        name = row["company_name"]
        kitchen = any(word in name.lower() for word in KITCHENS)
        customer = create_customer(
            values={
                "name": name,
                "org_unit": units["london" if owner in LONDON else "seattle"],
                "relation": Customer.Relation.RETAILER,
                "life_cycle": Customer.LifeCycle.CLIENT if key in sellers else Customer.LifeCycle.PROSPECT,
                "industry": "Food service" if kitchen else "Food retail",
                "country": COUNTRIES[row["country"]],
                "region": row["region"],
                "city": row["city"],
                "phone": row["phone"],
                "currency": "USD",
            },
            by=director,
            tag_names=TAGS.get(key, ()),
            keys={SOURCE: key},
            owner=people.employees[owner],
            despite="Northwind's own customer list",
        )
        create_part(
            Site,
            customer_id=customer.pk,
            values={
                "name": row["city"] or name,
                "kind": "headquarters",
                "street": row["address"],
                "postal_code": row["postal_code"],
                "city": row["city"],
                "region": row["region"],
                "country": COUNTRIES[row["country"]],
                "phone": row["phone"],
                "is_primary": True,
            },
            by=director,
        )
        found[key] = customer
    return found


def open_books(customers: Mapping[str, Customer], *, today: date) -> None:
    """Let each owner see the margins of his own accounts, since the first day of the team."""
    for membership in TeamMembership.objects.owners().filter(team__in=[c.account_team_id for c in customers.values()]):
        membership.apply({"fin": TeamMembership.Finance.FULL, "valid_from": date(today.year - 2, 1, 1)})


def agree_cadence(customers: Mapping[str, Customer], ranking: list[str]) -> None:
    """How often each customer hears from us: the ten largest every two weeks, the next twenty monthly, others by quarter."""
    for place, key in enumerate([*ranking, *(key for key in customers if key not in ranking)]):
        days = 14 if place < 10 else 30 if place < 30 else 90
        Customer.objects.get(pk=customers[key].pk).apply({"cadence_days": days})


def build_teams(people: People, customers: Mapping[str, Customer], ranking: list[str], *, today: date) -> None:
    """Deputies, sponsors and helpers around the owners, most of them for the customers that buy most."""
    director = people.employees[DIRECTOR]
    sellers = salespeople_of()
    functions = TeamMembership.Function

    def join(key: str, user: User, function: str, level: str, **flags: object) -> None:
        TeamMembership.objects.create(
            team=customers[key].account_team,
            user=user,
            function=function,
            level=level,
            valid_from=date(today.year - 1, 1, 1),
            **flags,
        )

    for place, key in enumerate(ranking[:30]):
        numbers = sellers[key]
        if len(numbers) > 1:
            join(key, people.employees[numbers[1]], functions.DEPUTY, "contribute", fin="summary")
        if place < 8:
            join(key, director, functions.EXECUTIVE_SPONSOR, "read", fin="full", political=True)
        if place < 15 and "8" not in numbers[:2]:
            join(key, people.employees["8"], functions.INSIDE_SALES, "contribute", days_per_month=Decimal(1))
        if key in ("SAVEA", "QUICK", "GREAL"):
            join(key, people.others["chen.jing"], functions.MARKETING, "contribute")


def bring_contacts(people: People, customers: Mapping[str, Customer]) -> dict[str, list[Contact]]:
    """The person of the files for each customer, and some more where decisions are made."""
    director = people.employees[DIRECTOR]
    found: dict[str, list[Contact]] = {}
    for row in table("customers"):
        key = row["customer_id"]
        named = [(row["contact_name"], row["contact_title"]), *MORE_CONTACTS.get(key, [])]
        host = f"{key.lower()}.example"
        found[key] = [
            create_contact(
                values={
                    "full_name": name,
                    "email": f"{name.split()[0].lower()}@{host}" if name.isascii() else f"buyer{place}@{host}",
                    "phone": row["phone"] if place == 0 else "",
                },
                roles=[{"customer_id": customers[key].pk, "job_title": title, "is_primary": place == 0}],
                by=director,
            )
            for place, (name, title) in enumerate(named)
        ]
    return found
