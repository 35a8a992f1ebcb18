"""Who works at the demo company, where, and how they sign in."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from accounts.models import User
from accounts.services.tokens import create_token
from kcrm.demo.files import table
from teams.models import OrgUnit, UnitAssignment
from teams.services.units import assign_person, create_unit

DOMAIN: Final = "northwind.example"
DIRECTOR, LONDON_DIRECTOR, PROGRAMME, MANAGER = "2", "5", "8", "1"
LONDON: Final = frozenset({"5", "6", "7", "9"})
ROLES: Final[Mapping[str, list[str]]] = {
    DIRECTOR: ["director"],
    LONDON_DIRECTOR: ["director"],
    PROGRAMME: ["programme_office"],
}
COLLEAGUES: Final[tuple[tuple[str, str, list[str], str], ...]] = (
    ("Hannah Sommer", "Finance partner", ["finance"], "en"),
    ("李伟", "Service desk", ["service_agent"], "zh-hans"),
    ("Kofi Mensah", "Administrator", ["administrator"], "en"),
    ("Ines Duarte", "Internal audit", ["auditor"], "en"),
    ("陈静", "Key account manager, Asia desk", [], "zh-hans"),
)
ADDRESSES: Final[Mapping[str, str]] = {"李伟": "li.wei", "陈静": "chen.jing"}
READING: Final = ("accounts:read", "contacts:read", "activities:read", "finance:read", "exports:read")
WRITING: Final = ("accounts:write", "contacts:write", "activities:write")
SCOPES: Final[Mapping[str, tuple[str, ...]]] = {
    "finance": (*READING, "credit:read", "erp:facts:write", "imports:write"),
    "director": (*READING, *WRITING, "imports:write"),
    "programme_office": (*READING, "accounts:write", "imports:write"),
    "auditor": (*READING, "audit:read"),
}


@dataclass(frozen=True, slots=True)
class People:
    """The demo's people: employees by their number in the files, the others by role or address."""

    employees: Mapping[str, User]
    others: Mapping[str, User]
    password: str

    def everybody(self) -> list[User]:
        """All of them, the employees first."""
        return [*self.employees.values(), *self.others.values()]


def hire(*, today: date) -> People:
    """Make everybody, with one password that this installation draws by lot."""
    password = "-".join(("northwind", secrets.token_hex(3), secrets.token_hex(3)))
    employees = {
        row["employee_id"]: User.objects.create_user(
            f"{row['first_name']}.{row['last_name']}@{DOMAIN}".lower(),
            password,
            full_name=f"{row['first_name']} {row['last_name']}",
            job_title=row["title"],
            phone=row["home_phone"] and f"ext. {row['extension']}",
            roles=ROLES.get(row["employee_id"], []),
            time_zone="Europe/London" if row["employee_id"] in LONDON else "America/Los_Angeles",
        )
        for row in table("employees")
    }
    others = {}
    for name, title, roles, language in COLLEAGUES:
        address = ADDRESSES.get(name) or ".".join(name.lower().split())
        others[address] = User.objects.create_user(
            f"{address}@{DOMAIN}", password, full_name=name, job_title=title, roles=roles, language=language
        )
    return People(employees, others, password)


def settle(people: People, *, today: date) -> None:
    """Regions with their territories, the two sales offices, and everybody's place in them."""
    units: dict[str, OrgUnit] = {}
    administrator, since = people.others["kofi.mensah"], date(today.year - 3, 1, 1)

    def unit(code: str, name: str, parent: OrgUnit | None = None) -> OrgUnit:
        values = {"code": code, "name": name, "parent_id": parent.pk if parent else None}
        units[code] = create_unit(values=values, by=administrator)
        return units[code]

    top = unit("northwind", "Northwind Traders")
    unit("seattle", "Seattle office", top)
    unit("london", "London office", top)
    for row in table("region"):
        unit(f"region-{row['region_id']}", f"{row['region_description'].strip()} region", units["seattle"])
    for row in table("territories"):
        name = f"{row['territory_description'].strip()} {row['territory_id']}"
        unit(row["territory_id"], name, units[f"region-{row['region_id']}"])

    def place(user: User, code: str, kind: str) -> None:
        assign_person(unit_id=units[code].pk, user_id=user.pk, kind=kind, valid_from=since, by=administrator)

    kinds = UnitAssignment.Kind
    place(people.employees[DIRECTOR], "northwind", kinds.LEADER)
    place(people.employees[LONDON_DIRECTOR], "london", kinds.LEADER)
    for number, user in people.employees.items():
        if number not in (DIRECTOR, LONDON_DIRECTOR):
            place(user, "london" if number in LONDON else "seattle", kinds.MEMBER)
    seen = set()
    for row in table("employee_territories"):
        if row["employee_id"] not in (DIRECTOR, LONDON_DIRECTOR) and (key := tuple(row.values())) not in seen:
            seen.add(key)
            place(people.employees[row["employee_id"]], row["territory_id"], kinds.MEMBER)
    place(people.others["li.wei"], "london", kinds.SERVICE)
    place(people.others["chen.jing"], "seattle", kinds.MEMBER)


def sign_ins(people: People) -> list[dict[str, Any]]:
    """What the sign-in page of the demo needs: e-mail, password, role, and an API token of each person."""
    found = []
    for user in people.everybody():
        role = next(iter(user.roles), "account_manager")
        scopes = SCOPES.get(role, (*READING, *WRITING, "imports:write"))
        _token, secret = create_token(name="Demo", scopes=scopes, by=user, days=365)
        found.append(
            {
                "email": user.email,
                "password": people.password,
                "name": user.full_name,
                "role": role,
                "title": user.job_title,
                "token": secret,
            }
        )
    return found
