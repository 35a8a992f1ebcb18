"""/api/v1/team-memberships/"""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django.db.models import F, QuerySet
from django.utils import timezone
from rest_framework import serializers

from customers.filters.choices import CustomerChoice
from customers.models import Customer
from customers.services import account_teams
from kcrm.lib.access import Verb
from kcrm.lib.api.resources import Resource, StrictSerializer
from kcrm.lib.filters import StrictFilterSet
from teams.models import TeamMembership


class MembershipSerializer(serializers.ModelSerializer):  # type: ignore[type-arg]  # DRF's class is not generic at run time
    """A person's place in the team of a customer."""

    customer = serializers.IntegerField(source="customer_id")
    user = serializers.IntegerField(source="user_id")

    class Meta:
        model = TeamMembership
        fields = (
            "id", "customer", "user", "function", "level", "fin", "political", "negotiation", "valid_from", "valid_to",
            "days_per_month", "version", "created_at", "updated_at",
        )  # fmt: skip


class MembershipChangeSerializer(StrictSerializer):
    """What can be given."""

    function = serializers.ChoiceField(choices=TeamMembership.Function.choices, required=False)
    level = serializers.ChoiceField(choices=TeamMembership.Level.choices, required=False)
    fin = serializers.ChoiceField(choices=TeamMembership.Finance.choices, required=False)
    political = serializers.BooleanField(required=False)
    negotiation = serializers.BooleanField(required=False)
    valid_from = serializers.DateField()
    valid_to = serializers.DateField(required=False, allow_null=True)
    days_per_month = serializers.DecimalField(
        required=False, allow_null=True, max_digits=4, decimal_places=1, min_value=0, max_value=31
    )


class MembershipCreateSerializer(MembershipChangeSerializer):
    """Somebody new in the team of a customer."""

    customer = serializers.IntegerField(min_value=1)
    user = serializers.IntegerField(min_value=1)


class MembershipFilter(StrictFilterSet):
    """Memberships by customer, person and level."""

    customer = CustomerChoice(field_name="team__customer")
    user = django_filters.NumberFilter()
    level = django_filters.ChoiceFilter(choices=TeamMembership.Level.choices)
    current = django_filters.BooleanFilter(method="hold_now")

    def hold_now(self, rows: QuerySet[TeamMembership], name: str, value: bool) -> QuerySet[TeamMembership]:
        """Those that hold today, or all others; a filter is a door, so it may read the clock."""
        now = TeamMembership.objects.on_day(timezone.localdate()).values("pk")
        return rows.filter(pk__in=now) if value else rows.exclude(pk__in=now)


class MembershipResource(Resource):
    """Who works for which customer. Tokens read; giving and taking needs a person. Deleting ends a membership today."""

    model = TeamMembership
    access_resource = "account_team"
    serializer_class = MembershipSerializer
    filterset_class = MembershipFilter
    annotations: ClassVar = {"customer_id": F("team__customer")}
    orderings: ClassVar = {"id": "pk", "valid_from": "valid_from", "valid_to": "valid_to"}
    verbs: ClassVar = {
        "create": Verb.GRANT, "update": Verb.GRANT, "partial_update": Verb.GRANT, "destroy": Verb.GRANT,
    }  # fmt: skip

    @property
    def write_serializer_class(self) -> Any:
        """Customer and person are said once."""
        return MembershipCreateSerializer if self.action == "create" else MembershipChangeSerializer

    def visible_rows(self) -> QuerySet[TeamMembership]:
        """Memberships of the teams that the caller may see."""
        seen = Customer.objects.visible_to(self.request.user, "account_team")
        rows: QuerySet[TeamMembership] = TeamMembership.objects.filter(team__in=seen.values("account_team"))
        return rows

    def create_with(self, values: dict[str, Any]) -> TeamMembership:
        """Bring somebody in."""
        customer, user = values.pop("customer"), values.pop("user")
        return account_teams.add_member(customer_id=customer, user_id=user, values=values, by=self.request.user)

    def update_with(self, pk: int, version: int, values: dict[str, Any]) -> TeamMembership:
        """Change what he does and may."""
        return account_teams.change_member(membership_id=pk, version=version, values=values, by=self.request.user)

    def delete_with(self, pk: int, version: int) -> None:
        """Let him go as of today."""
        account_teams.end_member(membership_id=pk, version=version, by=self.request.user, today=timezone.localdate())
