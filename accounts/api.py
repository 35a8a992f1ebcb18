"""People through the REST door."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from kcrm.lib.api.resources import ReadOnlyResource
from kcrm.lib.filters import StrictFilterSet


class UserSerializer(serializers.ModelSerializer):  # type: ignore[type-arg] - DRF's class is not generic at run time
    """A colleague, as everybody may know him: enough to pick the right person."""

    class Meta:
        model = User
        fields = ("id", "full_name", "email", "job_title", "is_active")


class UserFilter(StrictFilterSet):
    """Colleagues by name."""

    full_name = django_filters.CharFilter(lookup_expr="icontains")
    email = django_filters.CharFilter(lookup_expr="iexact")
    is_active = django_filters.BooleanFilter()

    class Meta:
        model = User
        fields: ClassVar[list[str]] = []


class UserResource(ReadOnlyResource):
    """Colleagues: whom a task can be given to, who can join a team."""

    model = User
    access_resource = "org_unit"
    serializer_class = UserSerializer
    filterset_class = UserFilter
    orderings: ClassVar = {"id": "pk", "full_name": "full_name", "email": "email"}
    default_ordering = "full_name"

    def visible_rows(self) -> QuerySet[User]:
        """Everybody who may sign in."""
        return User.objects.active()


class MeSerializer(serializers.ModelSerializer):  # type: ignore[type-arg] - as above
    """The person who calls, with his roles and preferences."""

    scopes = serializers.SerializerMethodField()

    class Meta:
        model = User
        fields = ("id", "email", "full_name", "job_title", "roles", "language", "time_zone", "theme", "scopes")

    def get_scopes(self, user: User) -> list[str] | None:
        """The scopes of the token that called; null for a browser session."""
        token = getattr(user, "api_token", None)
        return token.scopes if token is not None else None


class MeView(APIView):
    """Who am I, with which roles and scopes?"""

    serializer_class = MeSerializer

    def get(self, request: Request) -> Response:
        """The caller."""
        user: Any = request.user
        return Response(MeSerializer(user).data)
