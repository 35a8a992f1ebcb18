"""Very many customers at once, for measuring: made by arithmetic, always the same, brought in by COPY."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, Final

import pgtrigger
from django.db import connection, models, transaction
from django.utils import timezone

from accounts.models import User
from customers.models import Contact, ContactRole, Customer, ExternalId, SearchEntry
from customers.services.search import Finding
from kcrm.lib import words
from kcrm.lib.periods import month_of
from profitability.models import SalesSummary
from selection.models import CurrentScore, Score, ScoringModel, ScoringRun
from selection.services.portfolio import add_up_portfolio
from teams.models import AccountTeam, OrgUnit, TeamMembership

SOURCE: Final = "generated"
CHUNK: Final = 5_000
CONTACTS: Final = 3
CUSTOMERS_OF_A_MANAGER: Final = 250
MANAGERS: Final = 400
REGIONS: Final = ("North", "South", "East", "West")
OFFICES: Final = 5
FIRST: Final = (
    "Alder", "Birch", "Cedar", "Delta", "Ember", "Falcon", "Garnet", "Harbour", "Iris", "Juniper", "Kestrel", "Linden",
    "Meridian", "Nova", "Orchard", "Pioneer", "Quarry", "River", "Summit", "Tundra", "海达", "恒信", "金桥", "联创",
)  # fmt: skip
SECOND: Final = ("Foods", "Textiles", "Tools", "Optics", "Paper", "Logistics", "Chemicals", "Glass", "Steel", "Energy",
    "食品", "机械", "纺织")  # fmt: skip
FORMS: Final = ("Ltd", "GmbH", "Inc.", "S.A.", "有限公司")
PLACES: Final = (("CN", "上海", "CNY"), ("DE", "Hamburg", "EUR"), ("US", "Denver", "USD"), ("GB", "Leeds", "GBP"),
    ("FR", "Lyon", "EUR"), ("CN", "深圳", "CNY"), ("BR", "Recife", "BRL"))  # fmt: skip
GIVEN: Final = ("Anna", "Boris", "Chiara", "David", "Elena", "Farid", "Grace", "Henrik", "伟", "静", "敏")
FAMILY: Final = ("Adler", "Brandt", "Costa", "Dubois", "Evans", "Fischer", "Gupta", "王", "李", "张", "陈", "Ito")
TITLES: Final = ("Purchasing manager", "Plant manager", "Managing director")
INDUSTRIES: Final = ("Food", "Textiles", "Machinery", "Chemicals", "Retail", "Energy")


@dataclass(frozen=True, slots=True)
class Batch:
    """Customers that are written together: their numbers and the keys reserved for them."""

    numbers: Sequence[int]
    customers: Sequence[int]
    teams: Sequence[int]
    contacts: Sequence[int]


def generate(count: int, *, today: date) -> int:
    """So many more customers with owners, people, search entries and sales figures; returns how many there are now.

    The ones after those of an earlier call or a broken one, so that calls add up. The sales figures have no ledger lines
    behind them, and nobody's history says where these customers come from.
    """
    begin = ExternalId.objects.filter(source=SOURCE).count()
    units, managers = _units(), _managers(-(-(begin + count) // CUSTOMERS_OF_A_MANAGER))
    for first in range(begin, begin + count, CHUNK):
        numbers = range(first, min(first + CHUNK, begin + count))
        with pgtrigger.ignore(), transaction.atomic():
            batch = Batch(
                numbers,
                _keys(Customer, len(numbers)),
                _keys(AccountTeam, len(numbers)),
                _keys(Contact, len(numbers) * CONTACTS),
            )
            _write(batch, units, managers, today)
    add_up_portfolio()
    return begin + count


def analyse() -> None:
    """Tell the planner what the tables hold now."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _units() -> list[int]:
    """The units without any below them; a tree of offices where there are none yet."""
    if not OrgUnit.objects.exists():
        top = OrgUnit.objects.create(name="Company", code="GEN")
        for region in REGIONS:
            middle = OrgUnit.objects.create(name=region, code=f"GEN-{region}", parent=top)
            for office in range(1, OFFICES + 1):
                OrgUnit.objects.create(name=f"{region} {office}", code=f"GEN-{region}-{office}", parent=middle)
    return list(OrgUnit.objects.filter(children__isnull=True).order_by("pk").values_list("pk", flat=True))


def _managers(wanted: int) -> list[int]:
    """People without passwords who own the customers."""
    addresses = [f"manager-{number}@{SOURCE}.example" for number in range(max(1, min(wanted, MANAGERS)))]
    known = set(User.objects.filter(email__in=addresses).values_list("email", flat=True))
    for number, address in enumerate(addresses):
        if address not in known:
            User.objects.create_user(address, full_name=_person(number))
    return list(User.objects.filter(email__in=addresses).order_by("pk").values_list("pk", flat=True))


def _write(batch: Batch, units: Sequence[int], managers: Sequence[int], today: date) -> None:
    stamp = {"created_at": timezone.now(), "updated_at": timezone.now(), "version": 1}
    places = list(enumerate(batch.numbers))
    customers = [
        _customer(number, batch.customers[at], batch.teams[at], units[number % len(units)], today)
        for at, number in places
    ]
    people = [
        Contact(pk=batch.contacts[at * CONTACTS + seat], **_contact(number * CONTACTS + seat))
        for at, number in places
        for seat in range(CONTACTS)
    ]
    _copy(AccountTeam, ({"id": team, **stamp} for team in batch.teams))
    _copy(Customer, (_row(customer) for customer in customers))
    _copy(
        TeamMembership,
        (
            {"team_id": batch.teams[at], "user_id": managers[number % len(managers)], "level": "owner",
             "function": "key_account_manager", "fin": "summary", "political": True, "negotiation": True,
             "valid_from": today - timedelta(days=30), **stamp}
            for at, number in places
        ),
    )  # fmt: skip
    _copy(
        ExternalId,
        ({"customer_id": key, "source": SOURCE, "value": f"G{number:07}"}
         for number, key in zip(batch.numbers, batch.customers, strict=True)),
    )  # fmt: skip
    _copy(Contact, (_row(person) for person in people))
    _copy(
        ContactRole,
        ({"contact_id": person.pk, "customer_id": customers[at // CONTACTS].pk, "job_title": TITLES[at % CONTACTS],
          "department": "", "is_primary": at % CONTACTS == 0, **stamp}
         for at, person in enumerate(people)),
    )  # fmt: skip
    _copy(SearchEntry, _entries(customers, people))
    _copy(SalesSummary, (_row(_sales(number, customer, today)) for number, customer in
                         zip(batch.numbers, customers, strict=True)))  # fmt: skip
    run, scores = _run(today), _keys(Score, len(numbers := list(batch.numbers)))
    values = [_score(number) for number in numbers]
    _copy(Score, ({"id": score, "run_id": run, "customer_id": key, "explanation": "[]", **value}
                  for score, key, value in zip(scores, batch.customers, values, strict=True)))  # fmt: skip
    _copy(CurrentScore, ({"source_id": score, "customer_id": key, **value}
                         for score, key, value in zip(scores, batch.customers, values, strict=True)))  # fmt: skip


def _customer(number: int, key: int, team: int, unit: int, today: date) -> Customer:
    country, city, currency = PLACES[number % len(PLACES)]
    # each factor is used up before the next one moves: the names of 1,560 customers in a row differ without the number
    brand, rest = FIRST[number % len(FIRST)], number // len(FIRST)
    name = f"{brand} {SECOND[rest % len(SECOND)]} {number} {FORMS[rest // len(SECOND) % len(FORMS)]}"
    return Customer(
        pk=key, name=name, name_sort=words.sort_key(name), name_key=words.name_key(name), account_team_id=team,
        org_unit_id=unit, life_cycle=Customer.LifeCycle.values[number % 7], industry=INDUSTRIES[number % 6],
        country=country, city=city, currency=currency, domain=f"customer-{number}.example",
        phone=f"+49 40 {5_000_000 + number}", registration_no=f"G{number:07}", cadence_days=(None, 30, 90)[number % 3],
        last_interaction_on=today - timedelta(days=number % 200) if number % 5 else None,
        created_at=timezone.now() - timedelta(minutes=number),
    )  # fmt: skip


def _person(number: int) -> str:
    given, family = GIVEN[number % len(GIVEN)], FAMILY[number // len(GIVEN) % len(FAMILY)]
    return f"{given} {family}" if given.isascii() else f"{family}{given}"


def _contact(number: int) -> dict[str, Any]:
    name = _person(number)
    sort, key = _keys_of(name)
    return {"full_name": name, "name_sort": sort, "name_key": key, "email": f"person-{number}@customer.example"}


@lru_cache(maxsize=512)
def _keys_of(name: str) -> tuple[str, str]:
    return words.sort_key(name), words.name_key(name)


def _entries(customers: Sequence[Customer], people: Sequence[Contact]) -> Iterator[dict[str, Any]]:
    for customer in customers:
        also = [customer.domain, customer.registration_no]
        yield from _found(
            Finding("account_profile", customer.pk, [customer.pk], customer.name, f"{customer.city} · {customer.country}",
                    also, 10)
        )  # fmt: skip
    for at, person in enumerate(people):
        entry = _row(_entry_of(person.full_name))
        yield entry | {"object_id": person.pk, "customer_id": customers[at // CONTACTS].pk}


@lru_cache(maxsize=512)
def _entry_of(name: str) -> SearchEntry:
    return Finding("contact", 0, [0], name).entries()[0]


def _found(finding: Finding) -> Iterator[dict[str, Any]]:
    return map(_row, finding.entries())


def _sales(number: int, customer: Customer, today: date) -> SalesSummary:
    """Few buy much, many buy little, one in ten nothing."""
    size = 0 if number % 10 == 9 else 40_000_000_000 // (1 + number % 997)
    trend = [size * (8 + (number + month) % 5) // 120 for month in range(12)]
    net, prior = sum(trend), size * (7 + number % 7) // 10
    last = timedelta(days=number % 300)
    return SalesSummary(
        customer=customer, as_of_month=month_of(month_of(today) - timedelta(days=1)), net_12m_units=net,
        prior_12m_units=prior, gross_12m_units=net * 10 // 9, discount_12m_units=net * 10 // 9 - net,
        growth=round((net - prior) / prior, 6) if prior else None, discount_share="0.1" if net else None, trend=trend,
        documents_12m=number % 40, lines_12m=number % 40 * 5, products_12m=number % 30, cm1_12m_units=net * 3 // 10,
        cost_known_share="1" if net else None, last_document_on=today - last if net else None,
        first_document_on=today - last - timedelta(days=900) if net else None,
    )  # fmt: skip


def _run(today: date) -> int:
    """The scoring that the made-up scores come from."""
    model, _made = ScoringModel.objects.get_or_create(name=SOURCE, defaults={"state": ScoringModel.State.RETIRED})
    run, _made = ScoringRun.objects.get_or_create(
        key=SOURCE,
        defaults={"model": model, "state": ScoringRun.State.FINISHED, "as_of_month": month_of(today), "cut": 5},
    )
    return int(run.pk)


def _score(number: int) -> dict[str, Any]:
    """One in a hundred is a key customer, two in a hundred could become one, the last ones buy once only."""
    place = number % 100
    tier = "key" if place < 1 else "potential" if place < 3 else "regular" if place < 80 else "one_off"
    return {"score": 1 + number * 7919 % 9_000 / 1_000, "provisional": False, "knocked_out": False, "tier": tier}


def _row(instance: models.Model) -> dict[str, Any]:
    """A row as the model holds it; without its key where it has none yet."""
    row: dict[str, Any] = {
        str(field.column): getattr(instance, field.attname) for field in instance._meta.concrete_fields
    }
    if row["id"] is None:
        del row["id"]
    return row


def _keys(model: type[models.Model], count: int) -> list[int]:
    """Keys that nobody else gets."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [model._meta.db_table, count],
        )
        return [key for (key,) in cursor]


def _copy(model: type[models.Model], rows: Iterable[dict[str, Any]]) -> None:
    """Write rows of equal columns; None is NULL, a list an array."""
    file = io.StringIO()
    writer = csv.writer(file, quoting=csv.QUOTE_MINIMAL)
    columns: tuple[str, ...] = ()
    for row in rows:
        columns = columns or tuple(row)
        writer.writerow([_written(row[column]) for column in columns])
    file.seek(0)
    names = ", ".join(map(connection.ops.quote_name, columns))
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        cursor.copy_expert(f"COPY {table} ({names}) FROM STDIN (FORMAT csv, NULL '\\N')", file)


def _written(value: Any) -> Any:
    if value is None:
        return r"\N"
    if isinstance(value, list):
        return "{" + ",".join('"' + str(item).replace("\\", "\\\\").replace('"', '\\"') + '"' for item in value) + "}"
    return value
