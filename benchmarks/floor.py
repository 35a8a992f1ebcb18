"""The least that Django can do for the same bytes: sign-in, one query, a minimal template."""

from __future__ import annotations

from typing import Any

import orjson
from django.contrib.auth.decorators import login_required
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.template import Context, Engine
from django.urls import path
from django.utils import timezone

from customers.lists.customers import owner_name
from customers.models import Customer, SearchEntry
from customers.querysets.customers import key_list, tag_list
from kcrm.lib.tables.rows import capped_count
from teams.models import AccountTeam

ROWS = 50
COLUMNS = "c.id, c.name, c.city, c.country, c.industry, c.life_cycle, c.last_interaction_on, s.net_12m_units"
FROM = "FROM customers_customer c LEFT JOIN profitability_salessummary s ON s.customer_id = c.id"
LIST = f"SELECT {COLUMNS} {FROM} WHERE c.deleted_at IS NULL ORDER BY c.name_sort, c.id LIMIT {ROWS}"
ONE = f"SELECT {COLUMNS} {FROM} WHERE c.id = %s"
ANNOTATED = {"owner": owner_name(), "tag_names": tag_list(), "keys": key_list()}
PLAIN = (
    "id", "version", "name", "legal_name", "org_unit_id", "parent_id", "relation", "life_cycle", "industry", "country",
    "region", "city", "website", "domain", "phone", "registration_no", "currency", "description", "cadence_days",
    "last_interaction_on", "created_at", "updated_at",
)  # fmt: skip
TABLE = Engine().from_string(
    "<!doctype html><title>Floor</title><table>{% for row in rows %}<tr>{% for cell in row %}<td>{{ cell }}</td>"
    "{% endfor %}</tr>{% endfor %}</table>"
)


def _fetched(sql: str, *values: Any) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return HttpResponse(TABLE.render(Context({"rows": cursor.fetchall()})))


def _json(value: Any) -> HttpResponse:
    return HttpResponse(orjson.dumps(value), content_type="application/json")


@login_required
def listed(request: HttpRequest) -> HttpResponse:
    """A page of customers."""
    return _fetched(LIST)


@login_required
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """One customer."""
    return _fetched(ONE, pk)


@login_required
def found(request: HttpRequest) -> HttpResponse:
    """Entries of one table."""
    rows = SearchEntry.objects.filter(kind="account_profile").matching(request.GET["q"])
    values = rows.values_list("object_id", "title", "detail")[:ROWS]
    return HttpResponse(TABLE.render(Context({"rows": list(values)})))


@login_required
def rest_list(request: HttpRequest) -> HttpResponse:
    """The rows that the REST door answers with, with their number."""
    rows = Customer.objects.alive().filter(country=request.GET["country"])
    page = rows.annotate(**ANNOTATED).order_by("created_at", "pk").values(*PLAIN, *ANNOTATED)[: ROWS + 1]
    return _json({"count": capped_count(rows), "results": list(page)})


@login_required
def rest_one(request: HttpRequest, pk: int) -> HttpResponse:
    """One row."""
    return _json(Customer.objects.filter(pk=pk).annotate(**ANNOTATED).values(*PLAIN, *ANNOTATED).first())


@login_required
def rest_create(request: HttpRequest) -> HttpResponse:
    """One row more, with its team."""
    sent = orjson.loads(request.body)
    with transaction.atomic():
        row = Customer.objects.create(
            **sent, name_sort=sent["name"], name_key=sent["name"], account_team=AccountTeam.objects.create()
        )
    return _json({"id": row.pk, "name": row.name, "created_at": timezone.now()})


urlpatterns = [
    path("list/", listed),
    path("detail/<int:pk>/", one),
    path("search/", found),
    path("rest/", rest_list),
    path("rest/<int:pk>/", rest_one),
    path("rest/create/", rest_create),
]
