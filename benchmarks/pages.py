"""Pages and REST door against the floor: the same database, the same server, in turn.

`bin/bench pages --size 100000 --reuse-db` keeps the filled database for the next run.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from secrets import token_hex
from urllib.parse import quote, urlsplit, urlunsplit

import orjson
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext, setup_databases, teardown_databases
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from accounts.models import User
from accounts.services.tokens import create_token
from benchmarks.serving import Call, Server, medians, serving, throughput
from customers.models import Customer, ExternalId
from kcrm.demo import crowd
from profitability.models import LedgerLine
from selection.services.portfolio import add_up_portfolio
from teams.models import OrgUnit, UnitAssignment

ROUNDS = 25
SECONDS = 3.0
DOCUMENT = Path(settings.BASE_DIR) / "docs" / "performance.md"
HEADING = "## Pages and REST door"
COLUMNS = "name,owner,tier,net_sales,growth,trend,life_cycle,last_interaction_on,industry,org_unit,country,city"
GROWING = ("Customer list (P1, P2)", "Search, two characters (P7)", "Search, three letters (P7)")
SCOPES = ("accounts:read", "accounts:write", "contacts:read", "activities:read", "finance:read")


def director(name: str = "bench-director") -> User:
    """Somebody who leads the whole company, as the rights see him."""
    found = User.objects.filter(email=f"{name}@generated.example").first()
    if found is None:
        found = User.objects.create_user(f"{name}@generated.example", full_name="Director", roles=["director"])
        top = OrgUnit.objects.filter(parent__isnull=True).earliest("pk")
        UnitAssignment.objects.create(unit=top, user=found, kind="leader", valid_from=date(2020, 1, 1))
    return found


def fill(size: int) -> None:
    """Bring the database up to so many customers."""
    missing = size - ExternalId.objects.filter(source=crowd.SOURCE).count()
    if missing > 0:
        call_command("generate_customers", str(missing), "--beside-others", verbosity=0)
    add_up_portfolio()  # as a job does every five minutes


def own_url() -> str:
    """The address of the database that this session works on."""
    parts = urlsplit(os.environ["DATABASE_URL"])
    return urlunsplit(parts._replace(path=f"/{connection.settings_dict['NAME']}"))


def body(unit: int) -> Callable[[], bytes]:
    """What makes customers that are not there yet and look like no other; any number of clients may call it."""
    return lambda: orjson.dumps({"name": token_hex(12), "org_unit": unit, "country": "DE", "city": "Kiel"})


def signed_in(user: User, backend: str | None = None) -> dict[str, str]:
    """The header of somebody who has signed in, through the product's door or through Django's own."""
    client = Client()
    client.force_login(user, backend=backend)
    return {"Cookie": f"sessionid={client.cookies['sessionid'].value}"}


def cases(user: User) -> dict[str, tuple[Call, Call, float, float | None, int | None]]:
    """{name: (call, floor, goal for the median, goal for requests a second, goal for statements)}."""
    known = Customer.objects.filter(external_ids__value="G0000500").get()
    cookie, floors_cookie = signed_in(user), signed_in(user, "allauth.account.auth_backends.AuthenticationBackend")
    token = {"Authorization": f"Bearer {create_token(name='Bench', scopes=SCOPES, by=user)[1]}"}
    plain = body(known.org_unit_id)
    query, ask = "?country=DE&ordering=created_at", "?country=DE"
    sent = {"Content-Type": "application/json"}

    def floor(path: str) -> Call:
        return Call(path, headers=floors_cookie if not path.startswith("/rest/") else token)

    def page(path: str) -> Call:
        return Call(path, headers=cookie)

    def door(path: str) -> Call:
        return Call(f"/api/v1/customers/{path}", headers=token)

    chinese = quote("海达")
    return {
        "Customer list (P1, P2)": (page(f"/customers/?columns={COLUMNS}"), floor("/list/"), 1.5, 0.6, 6),
        "Customer 360 (P8)": (page(f"/customers/{known.pk}/"), floor(f"/detail/{known.pk}/"), 5, None, 14),
        "REST list, filter and order (P4)": (door(query), floor(f"/rest/{ask}"), 1.25, None, 5),
        "REST detail (P5)": (door(f"{known.pk}/"), floor(f"/rest/{known.pk}/"), 2, None, 5),
        "REST create (P6)": (
            Call("/api/v1/customers/", "POST", token | sent, body(known.org_unit_id)),
            Call("/rest/create/", "POST", token | sent, plain),
            2, None, None,
        ),
        "Search, two characters (P7)": (page(f"/search/?q={chinese}"), floor(f"/search/?q={chinese}"), 3, None, 7),
        "Search, three letters (P7)": (page("/search/?q=ald"), floor("/search/?q=ald"), 3, None, 7),
        "Portfolio (P12)": (page("/portfolio/"), floor("/list/"), 3, None, None),
    }  # fmt: skip


def statements(call: Call) -> int | None:
    """How many statements a request takes."""
    if call.method != "GET":
        return None
    client = Client(headers={"host": "localhost", **call.headers})
    with CaptureQueriesContext(connection) as captured:
        client.get(call.path)
    return len(captured)


def speeds(asked: dict[str, tuple], product: Server, floor: Server) -> dict[str, float]:
    """How long what may grow with the customers takes, in times of fetching one row: that does not grow."""
    one = asked["Customer 360 (P8)"][1]
    taken = {name: medians([(product, asked[name][0]), (floor, one)], ROUNDS) for name in GROWING}
    return {name: ours / least for name, (ours, least) in taken.items()}


def line(name: str, case: tuple, product: Server, floor: Server) -> str:
    """A row of the table."""
    call, least, goal, rate_goal, few = case
    for server, asked_first in ((product, call), (floor, least)):
        throughput(server, asked_first, 1.0)  # connects every thread and fills every worker's caches
    taken, lowest = medians([(product, call), (floor, least)], ROUNDS)
    rate, most = throughput(product, call, SECONDS), throughput(floor, least, SECONDS)
    asked = statements(call)
    verdict = "met" if taken <= goal * lowest and (asked or 0) <= (few or 99) else "missed"
    if rate_goal and rate < rate_goal * most:
        verdict = "missed"
    goals = f"<= {goal:g} x" + (f", >= {rate_goal:g} x" if rate_goal else "") + (f", <= {few}" if few else "")
    return (
        f"| {name} | {taken:.0f} | {lowest:.0f} | {taken / lowest:.2f} | {rate:.0f} | {most:.0f} | {rate / most:.2f} "
        f"| {asked if asked is not None else '-'} | {goals} | {verdict} |"
    )


def write(table: str) -> None:
    """Put the table into its section of the document; what others wrote there stays."""
    text = DOCUMENT.read_text(encoding="utf-8") if DOCUMENT.exists() else "# Performance\n"
    before, found, rest = text.partition(HEADING)
    _old, following, after = rest.partition("\n## ") if found else ("", "", "")
    tail = f"\n## {after}" if following else ""
    DOCUMENT.write_text(f"{before.rstrip()}\n\n{HEADING}\n\n{table}\n{tail}", encoding="utf-8")


@pytest.fixture
def database(request: pytest.FixtureRequest, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """The address of a database of our own whose rows other processes see; kept with --reuse-db."""
    kept = bool(request.config.getoption("reuse_db"))
    with django_db_blocker.unblock():
        made = setup_databases(0, False, keepdb=kept, serialized_aliases=[])
        yield own_url()
        if not kept:
            teardown_databases(made, 0)


@pytest.mark.timeout(7_200)
def test_pages(size: int, database: str, tmp_path: Path) -> None:
    fewer = size // 5
    fresh = not ExternalId.objects.filter(source=crowd.SOURCE).exists()
    fill(fewer if fresh else size)
    asked = cases(director())
    with (
        serving("kcrm.settings.test", database, tmp_path / "product.log") as product,
        serving("benchmarks.floor_settings", database, tmp_path / "floor.log") as floor,
    ):
        growth = ""
        if fresh:
            before = speeds(asked, product, floor)
            fill(size)
            after = speeds(asked, product, floor)
            found = "; ".join(f"{name} {after[name] / before[name]:.2f}" for name in GROWING)
            growth = f"\n\nFrom {fewer:,} to {size:,} customers (P3, goal <= 1.5 x): {found}."
        rows = []
        for name, case in asked.items():
            rows.append(line(name, case, product, floor))
            print(rows[-1], flush=True)  # noqa: T201 - a benchmark talks to the terminal
        memory = f"Memory of a worker (P16): {product.memory():.0f} MB, floor {floor.memory():.0f} MB; goal <= 2 x."
    head = (
        f"Measured {timezone.localdate()} with {size:,} customers, {3 * size:,} contacts and "
        f"{LedgerLine.objects.count():,} ledger lines, for a director of the whole company; two workers; medians in "
        "milliseconds with one client, requests a second with eight. Compare ratios only. "
        "`bin/bench pages --size 100000 --reuse-db` repeats it.\n\n"
        "| What | p50 | floor | ratio | requests/s | floor | ratio | statements | goal | |\n"
        "|---|---|---|---|---|---|---|---|---|---|\n"
    )
    table = head + "\n".join(rows) + f"\n\n{memory}{growth}"
    write(table)
    print("\n" + table)  # noqa: T201 - a benchmark talks to the terminal
