"""The global search through the REST door."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from customers.selectors.search import search
from customers.serializers.customers import FoundSerializer
from kcrm.lib.filters import UnknownKey


class SearchView(APIView):
    """Find customers, people and what was said and promised. A token finds the kinds that its scopes read."""

    serializer_class = FoundSerializer

    @extend_schema(parameters=[OpenApiParameter("q", required=True)], responses=FoundSerializer)
    def get(self, request: Request) -> Response:
        """The best hits of each kind."""
        user: Any = request.user
        if unknown := set(request.query_params) - {"q", "format"}:
            raise UnknownKey(_("Unknown key “%(key)s”. The search knows: q.") % {"key": min(unknown)[:100]})
        found = search(user, request.query_params.get("q", ""))
        hits = [hit for group in found.groups for hit in group.hits]
        return Response(FoundSerializer({"query": found.query, "is_guess": found.is_guess, "results": hits}).data)
