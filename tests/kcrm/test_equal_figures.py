"""The screen, every file and the REST door show the same rows and figures of each list under the same filter."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from contextlib import suppress
from decimal import Decimal
from typing import Any, NamedTuple

import django_filters
import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import QueryDict
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone
from python_calamine import CalamineWorkbook

from accounts.models import User
from kcrm.api_router import router
from kcrm.demo.build import build_demo
from kcrm.lib.export import Kind
from kcrm.lib.tables import Column, ListPageView, ListSpec
from kcrm.lib.tables.formats import Formats
from tests.authz.routes import routes

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(300)]

READERS = ("andrew.fuller", "hannah.sommer", "ines.duarte", "kofi.mensah")
FIGURES = {Kind.NUMBER, Kind.PERCENT}
SIZE = 200


class Shown(NamedTuple):
    """A list as one reader sees it: its spec, and the client and filters that show some of its rows."""

    spec: ListSpec
    client: Client
    address: str
    query: str
    columns: list[Column]


def lists() -> dict[str, ListSpec]:
    """{address name: spec} of every list that leaves as a file and belongs to no single record.

    Without the audit trail: every look at it makes it longer.
    """
    found = {}
    for route in routes():
        view = getattr(route.callback, "view_class", None)
        if view and issubclass(view, ListPageView) and view.spec and view.spec.exportable and "<" not in route.pattern:
            found[route.name] = view.spec
    return {name: spec for name, spec in found.items() if name != "accounts:audit-list"}


LISTS = lists()


@pytest.fixture(scope="module", autouse=True)
def demo(django_db_setup: Any, django_db_blocker: Any, tmp_path_factory: Any) -> Iterator[None]:
    """The demo company, made once and rolled back."""
    with django_db_blocker.unblock(), transaction.atomic(), override_settings(MEDIA_ROOT=tmp_path_factory.mktemp("m")):
        build_demo(today=timezone.localdate())
        yield
        transaction.set_rollback(True)


def shown(name: str) -> Shown:
    """The list through somebody who may carry it away, under a filter that leaves some of its rows, if it has one."""
    spec = LISTS[name]
    for local in READERS:
        user = User.objects.get(email=f"{local}@northwind.example")
        with suppress(PermissionDenied):
            rows = spec.exportable(user, spec.queryset(user))  # type: ignore[misc]  # lists() took only such
            if rows.exists():
                return opened(name, user, rows)
    raise AssertionError(f"Nobody carries away {name}.")


def opened(name: str, user: User, rows: Any) -> Shown:
    """The list as this person sees it."""
    spec, client = LISTS[name], Client()
    client.force_login(user)
    columns = list(spec.columns_for(spec.allowed_classes(user)).values())
    return Shown(spec, client, reverse(name), filter_of(spec, user, rows), columns)


def filter_of(spec: ListSpec, user: User, rows: Any) -> str:
    """A choice that some rows of the list pass and others do not; empty where no filter of the list parts them."""
    total = rows.count()
    for key, found in spec.filterset_class.base_filters.items():
        if not isinstance(found, django_filters.ChoiceFilter) or not (found.extra.get("choices")):
            continue
        choices = found.extra["choices"]
        for value, _label in choices() if callable(choices) else choices:
            query = f"{key}={value}"
            request: Any = type("Request", (), {"user": user, "GET": QueryDict(query)})()
            passed = spec.filterset_class(QueryDict(query), rows, request=request).qs.count()
            if 0 < passed < min(total, SIZE):
                return query
    return ""


def exported(one: Shown, form: str) -> bytes:
    columns = ",".join(column.name for column in one.columns)
    answer = one.client.get(f"{one.address}?{one.query}&columns={columns}&export={form}")
    assert answer.status_code == 200, answer
    return b"".join(answer.streaming_content)  # type: ignore[attr-defined]  # exports are streamed


def figures(one: Shown, rows: list[list[Any]]) -> list[list[Decimal | None]]:
    """The columns of figures, one list a column, as exact as the least exact form writes them."""
    wanted = [index for index, column in enumerate(one.columns) if column.kind in FIGURES]
    return [[exact(row[index]) for row in rows] for index in wanted]


def exact(value: Any) -> Decimal | None:
    return None if value in (None, "") else round(Decimal(str(value)), 8).normalize()


@pytest.mark.parametrize("name", LISTS)
def test_every_file_of_a_list_has_the_same_rows_and_figures(name: str) -> None:
    one = shown(name)

    as_csv = list(csv.reader(io.StringIO(exported(one, "csv").decode("utf-8-sig"))))[1:]
    document = json.loads(exported(one, "json"))
    as_json = [[row[column.name] for column in one.columns] for row in document["rows"]]
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(exported(one, "xlsx"))).get_sheet_by_index(0)
    as_xlsx = sheet.to_python()[1 : 1 + len(as_json)]

    assert len(as_csv) == len(as_json) > 0
    assert figures(one, as_csv) == figures(one, as_json) == figures(one, as_xlsx)


@pytest.mark.parametrize("name", LISTS)
def test_the_screen_shows_the_rows_and_figures_of_its_files(name: str) -> None:
    one = shown(name)
    columns = ",".join(column.name for column in one.columns)

    page = one.client.get(f"{one.address}?{one.query}&columns={columns}&size={SIZE}").context["table"]
    document = json.loads(exported(one, "json"))["rows"][:SIZE]

    assert len(page.rows) == len(document)
    for index, column in enumerate(one.columns):
        if column.kind in FIGURES and column.render is None:
            write = Formats().formatter(column)
            assert [row.cells[index].html for row in page.rows] == [write(row[column.name]) for row in document]


@pytest.mark.parametrize("name", LISTS)
def test_the_rest_door_answers_with_the_rows_and_figures_of_the_files(name: str) -> None:
    one = shown(name)
    model = one.spec.queryset(User.objects.get(email="andrew.fuller@northwind.example")).model
    filters = set(one.spec.filterset_class.base_filters)
    same = [
        (prefix, resource)
        for prefix, resource, _basename in router.registry
        if resource.model is model and filters <= set(resource.filterset_class.base_filters)
    ]
    assert same, "a list that leaves as a file can be asked for through REST, with the same filters"

    for prefix, resource in same:
        answer = one.client.get(f"/api/v1/{prefix}/?{one.query}&page_size={SIZE}").json()
        document = json.loads(exported(one, "json"))["rows"]
        common = [c.name for c in one.columns if c.kind in FIGURES and c.name in resource.serializer_class().fields]

        assert answer["count"] == len(document)
        for field in common if len(document) <= SIZE else ():
            assert sorted(map(str, (exact(row[field]) for row in answer["results"]))) == sorted(
                map(str, (exact(row[field]) for row in document))
            )


def test_the_lists_of_this_product_are_all_here() -> None:
    assert {"customers:customer-list", "customers:contact-list", "profitability:ledger-line-list"} <= set(LISTS)
