"""The least that Django can do for the same thing: sign-in, one query, a minimal template.

Pages get 50 rows of 8 columns, hand-written SQL, no frame around. One customer through REST is Django REST Framework's
own `ModelSerializer`; a list is `.values()` and orjson on the SQL that the REST door runs, which is harder to match.
"""

from __future__ import annotations

from typing import Any, cast

import orjson
from django.contrib.auth.decorators import login_required
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.template import Context, Engine
from django.urls import path
from rest_framework import serializers
from rest_framework.generics import CreateAPIView, RetrieveAPIView
from rest_framework.parsers import JSONParser
from rest_framework.renderers import JSONRenderer

from accounts.authentication import TokenAuthentication
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


def rest_list(request: HttpRequest) -> HttpResponse:
    """The same rows by the same SQL as the REST door, rights included: `.values()` and orjson, no framework."""
    user, _token = cast(Any, TokenAuthentication()).authenticate(request)
    rows = Customer.objects.visible_to(user).with_seen_parent_id(user).filter(country=request.GET["country"])
    page = rows.annotate(**ANNOTATED).order_by("created_at", "pk").values(*PLAIN, "seen_parent_id", *ANNOTATED)
    return _json({"count": capped_count(rows), "results": list(page[: ROWS + 1])})


class CustomerSerializer(serializers.ModelSerializer):
    """A customer as a framework writes him."""

    owner = serializers.CharField(read_only=True)
    tag_names = serializers.ListField(read_only=True)
    keys = serializers.ListField(read_only=True)

    class Meta:
        model = Customer
        fields = [name for name in PLAIN if not name.endswith("_id")] + ["org_unit", "parent", *ANNOTATED]
        read_only_fields = ("version", "last_interaction_on", "created_at", "updated_at")


class OneView(RetrieveAPIView):
    """One customer by the framework's own means."""

    queryset = Customer.objects.annotate(**ANNOTATED)
    serializer_class = CustomerSerializer
    authentication_classes = (TokenAuthentication,)
    renderer_classes = (JSONRenderer,)


class CreateView(CreateAPIView):
    """One customer more, with its team, by the framework's own means: no audit, no history, no search, no doubles."""

    serializer_class = CustomerSerializer
    authentication_classes = (TokenAuthentication,)
    parser_classes = (JSONParser,)
    renderer_classes = (JSONRenderer,)

    @transaction.atomic
    def perform_create(self, serializer: Any) -> None:
        """Save both."""
        name = serializer.validated_data["name"]
        serializer.save(name_sort=name, name_key=name, account_team=AccountTeam.objects.create())


urlpatterns = [
    path("list/", listed),
    path("detail/<int:pk>/", one),
    path("search/", found),
    path("rest/", rest_list),
    path("rest/<int:pk>/", OneView.as_view()),
    path("rest/create/", CreateView.as_view()),
]
