"""People, tokens and the audit trail through the REST door."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import permissions
from accounts.filters import AuditEntryFilter
from accounts.models import ApiToken, AuditEntry, User
from accounts.services import tokens
from accounts.services.audit import record_audit_read
from kcrm.lib.access import API_SCOPES, Verb
from kcrm.lib.api.resources import ReadOnlyResource, StrictSerializer
from kcrm.lib.errors import NotAllowed
from kcrm.lib.filters import StrictFilterSet


class UserSerializer(serializers.ModelSerializer):
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


class MeSerializer(serializers.ModelSerializer):
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


class AuditEntrySerializer(serializers.ModelSerializer):
    """One act: who did what to which record, before and after."""

    actor = serializers.IntegerField(source="actor_id", allow_null=True)
    actor_name = serializers.CharField(source="actor.full_name", allow_null=True)
    customer = serializers.IntegerField(source="customer_id", allow_null=True)

    class Meta:
        model = AuditEntry
        fields = (
            "id",
            "at",
            "actor",
            "actor_name",
            "token_prefix",
            "via",
            "action",
            "subject_type",
            "subject_id",
            "subject_label",
            "customer",
            "changes",
            "reason",
            "request_id",
            "address",
        )


class AuditEntryResource(ReadOnlyResource):
    """The audit trail, for auditors, administrators and a log collector. Reading it is recorded in it."""

    model = AuditEntry
    access_resource = "audit_entry"
    serializer_class = AuditEntrySerializer
    filterset_class = AuditEntryFilter
    orderings: ClassVar = {"at": "at", "id": "pk"}
    default_ordering = "-at"

    def visible_rows(self) -> QuerySet[AuditEntry]:
        """The part of the trail that the caller reads. Raises NotAllowed for who reads none."""
        user: Any = self.request.user
        if not permissions.can_see_audit(user):
            raise NotAllowed("audit_entry", Verb.READ)
        return AuditEntry.objects.visible_to(user)

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """A page of the trail."""
        answer = super().list(request, *args, **kwargs)
        record_audit_read(by=request.user, query=request.META.get("QUERY_STRING", ""))
        return answer

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One entry."""
        answer = super().retrieve(request, *args, **kwargs)
        record_audit_read(by=request.user, query=f"id={kwargs['pk']}")
        return answer


class ApiTokenSerializer(serializers.ModelSerializer):
    """A token without its secret."""

    owner = serializers.IntegerField(source="owner_id")

    class Meta:
        model = ApiToken
        fields = (
            "id",
            "name",
            "prefix",
            "owner",
            "scopes",
            "customer_ids",
            "networks",
            "created_at",
            "expires_at",
            "last_used_at",
            "revoked_at",
        )


class NewApiTokenSerializer(StrictSerializer):
    """What a new token may do, for whom, from where, for how long. None of it can be changed later."""

    name = serializers.CharField(max_length=100)
    scopes = serializers.MultipleChoiceField(choices=API_SCOPES, allow_empty=False)
    days = serializers.IntegerField(min_value=1, max_value=tokens.MAXIMUM_DAYS, default=tokens.DEFAULT_DAYS)
    customer_ids = serializers.ListField(child=serializers.IntegerField(), allow_null=True, default=None)
    networks = serializers.ListField(child=serializers.CharField(max_length=50), default=list)


class ApiTokenResource(ReadOnlyResource):
    """API tokens, through a browser session only: a token never manages tokens, and no token is ever changed."""

    model = ApiToken
    access_resource = "api_token"
    serializer_class = ApiTokenSerializer
    orderings: ClassVar = {"id": "pk", "created_at": "created_at", "expires_at": "expires_at"}
    default_ordering = "-created_at"

    def visible_rows(self) -> QuerySet[ApiToken]:
        """One's own tokens; all for administrators and auditors."""
        user: Any = self.request.user
        return ApiToken.objects.visible_to(user)

    @extend_schema(request=NewApiTokenSerializer, responses={201: ApiTokenSerializer})
    def create(self, request: Request) -> Response:
        """Make a token. Its secret is in this answer and nowhere else, so this call keeps no answer to repeat."""
        body = NewApiTokenSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        user: Any = request.user
        token, secret = tokens.create_token(by=user, **body.validated_data)
        answer = self.answer_with(token.pk, status.HTTP_201_CREATED)
        answer.data["secret"] = secret
        return answer

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, pk: str) -> Response:
        """End a token at once."""
        user: Any = request.user
        tokens.revoke_token(token_id=int(pk), by=user)
        return Response(status=status.HTTP_204_NO_CONTENT)
