"""The 91 customers of the demo company with their contacts and teams, through the imports and services that people use."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Final

from accounts.models import User
from customers.models import Contact, ContactRole, Customer, ExternalId
from customers.services.account_teams import add_member
from customers.services.customers import update_customer
from kcrm.demo.arrivals import bring_file
from kcrm.demo.files import SOURCE, table
from kcrm.demo.people import DIRECTOR, LONDON, LONDON_DIRECTOR, People
from teams.models import TeamMembership

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


def bring_customers(people: People, *, today: date) -> dict[str, Customer]:
    """Customers and their owners' rights as the director brings them in from two files; the customers by their key there.

    The owners see the margins of their own accounts, since the first day of the team.
    """
    director = people.employees[DIRECTOR]
    sellers = salespeople_of()
    owners = {
        row["customer_id"]: (sellers.get(row["customer_id"]) or [("1", "3", "4")[number % 3]])[0]
        for number, row in enumerate(table("customers"))
    }
    rows = [
        {
            "customer_id": row["customer_id"],
            "company_name": row["company_name"],
            "unit": "london" if owners[row["customer_id"]] in LONDON else "seattle",
            "relation": Customer.Relation.RETAILER,
            "life_cycle": Customer.LifeCycle.CLIENT if row["customer_id"] in sellers else Customer.LifeCycle.PROSPECT,
            "industry": "Food service" if _is_kitchen(row["company_name"]) else "Food retail",
            "address": row["address"],
            "postal_code": row["postal_code"],
            "city": row["city"],
            "region": row["region"],
            "country": COUNTRIES[row["country"]],
            "phone": row["phone"],
            "currency": "USD",
        }
        for row in table("customers")
    ]
    bring_file("customers", "customers.csv", rows, by=director)
    grants = [
        {
            "customer_id": key,
            "employee": people.employees[owner].email,
            "role": TeamMembership.Function.KEY_ACCOUNT_MANAGER,
            "level": TeamMembership.Level.OWNER,
            "finance": TeamMembership.Finance.FULL,
            "since": date(today.year - 2, 1, 1).isoformat(),
        }
        for key, owner in owners.items()
    ]
    bring_file("account-teams", "account_managers.csv", grants, by=director)
    found = customers_by_key(director)
    for key, names in TAGS.items():
        update_customer(customer_id=found[key].pk, version=found[key].version, values={}, tag_names=names, by=director)
    return found


def customers_by_key(by: User) -> dict[str, Customer]:
    """The customers that the person sees, by their key in the files."""
    keys = ExternalId.objects.filter(source=SOURCE, customer__in=Customer.objects.visible_to(by))
    return {key.value: key.customer for key in keys.select_related("customer__account_team").order_by("pk")}


def _is_kitchen(name: str) -> bool:
    return any(word in name.lower() for word in KITCHENS)


def agree_cadence(people: People, customers: Mapping[str, Customer], ranking: Sequence[str]) -> None:
    """How often each customer hears from us: the ten largest every two weeks, the next twenty monthly, others by quarter."""
    order = [*ranking, *(key for key in customers if key not in ranking)]
    rows = [
        {
            "customer_id": key,
            "company_name": customers[key].name,
            "cadence": 14 if place < 10 else 30 if place < 30 else 90,
        }
        for place, key in enumerate(order)
    ]
    bring_file("customers", "contact_cadence.csv", rows, by=people.employees[DIRECTOR])


def build_teams(people: People, customers: Mapping[str, Customer], ranking: Sequence[str], *, today: date) -> None:
    """Deputies, sponsors and helpers around the owners, most of them for the customers that buy most.

    The director brings them in; himself he is brought in by the account managers who want him beside them.
    """
    director = people.employees[DIRECTOR]
    sellers = salespeople_of()
    functions, levels = TeamMembership.Function, TeamMembership.Level

    def join(key: str, user: User, function: str, level: str, *, by: User, **flags: object) -> None:
        values = {"function": function, "level": level, "valid_from": date(today.year - 1, 1, 1), **flags}
        add_member(customer_id=customers[key].pk, user_id=user.pk, values=values, by=by)

    for place, key in enumerate(ranking[:30]):
        numbers = sellers[key]
        if len(numbers) > 1:
            deputy = people.employees[numbers[1]]
            join(key, deputy, functions.DEPUTY, levels.CONTRIBUTE, by=director, fin="summary")
        if place < 8:
            owner = people.employees[numbers[0]]
            join(key, director, functions.EXECUTIVE_SPONSOR, levels.READ, by=owner)
        if place < 15 and "8" not in numbers[:2]:
            join(
                key,
                people.employees["8"],
                functions.INSIDE_SALES,
                levels.CONTRIBUTE,
                by=director,
                days_per_month=Decimal(1),
            )
        if key in ("SAVEA", "QUICK", "GREAL"):
            join(key, people.others["chen.jing"], functions.MARKETING, levels.CONTRIBUTE, by=director)


def bring_contacts(people: People, customers: Mapping[str, Customer]) -> dict[str, list[Contact]]:
    """The person of the files for each customer, and some more where decisions are made; of each the first to call first."""
    rows = []
    for row in table("customers"):
        key = row["customer_id"]
        host = f"{key.lower()}.example"
        named = [(row["contact_name"], row["contact_title"]), *MORE_CONTACTS.get(key, [])]
        rows += [
            {
                "customer_id": key,
                "contact_name": name,
                "contact_title": title,
                "email": f"{name.split()[0].lower()}@{host}" if name.isascii() else f"buyer{place}@{host}",
                "phone": row["phone"] if place == 0 else "",
                "primary": "yes" if place == 0 else "no",
            }
            for place, (name, title) in enumerate(named)
        ]
    bring_file("contacts", "contacts.csv", rows, by=people.employees[DIRECTOR])
    keys = {customer.pk: key for key, customer in customers.items()}
    found: dict[str, list[Contact]] = {key: [] for key in customers}
    roles = ContactRole.objects.filter(customer__in=keys).select_related("contact")
    for role in roles.order_by("-is_primary", "pk"):
        found[keys[role.customer_id]].append(role.contact)
    return found
