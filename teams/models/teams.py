"""Account teams: who works for one customer, as what, seeing how much."""

from __future__ import annotations

from typing import ClassVar

import pghistory
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import Func, Value
from django.utils.translation import gettext_lazy as _

from kcrm.lib.models import VersionedModel
from teams.querysets import TeamMembershipQuerySet


class AccountTeam(VersionedModel):
    """The people of ours who work for one customer. The customer points here; without members nobody owns it."""

    class Meta:
        verbose_name = _("account team")
        verbose_name_plural = _("account teams")

    def __str__(self) -> str:
        return f"{self.pk}"


@pghistory.track(level=pghistory.Statement)
class TeamMembership(VersionedModel):
    """One person's place in an account team, for a time: what he does there, what he may do, what he may see.

    `valid_to` is the first day on which the membership no longer holds; None means until further notice.
    """

    class Function(models.TextChoices):
        KEY_ACCOUNT_MANAGER = "key_account_manager", _("Key account manager")
        DEPUTY = "deputy", _("Deputy")
        EXECUTIVE_SPONSOR = "executive_sponsor", _("Executive sponsor")
        INSIDE_SALES = "inside_sales", _("Inside sales")
        TECHNICAL = "technical", _("Technical")
        SERVICE = "service", _("Service")
        LOGISTICS = "logistics", _("Logistics")
        FINANCE = "finance", _("Finance")
        MARKETING = "marketing", _("Marketing")
        OTHER = "other", _("Other")

    class Level(models.TextChoices):
        OWNER = "owner", _("owns the account")
        CONTRIBUTE = "contribute", _("contributes")
        READ = "read", _("reads")

    class Finance(models.TextChoices):
        NONE = "none", _("no margins")
        SUMMARY = "summary", _("account margin only")
        FULL = "full", _("all margins and costs")

    team = models.ForeignKey(AccountTeam, on_delete=models.CASCADE, related_name="memberships", verbose_name=_("team"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", related_query_name="team_membership",
        verbose_name=_("person"),
    )  # fmt: skip
    function = models.CharField(
        _("role in the team"), max_length=30, choices=Function.choices, default=Function.KEY_ACCOUNT_MANAGER
    )
    level = models.CharField(_("rights"), max_length=12, choices=Level.choices, default=Level.READ)
    fin = models.CharField(_("finance"), max_length=10, choices=Finance.choices, default=Finance.NONE)
    political = models.BooleanField(_("political notes"), default=False)
    negotiation = models.BooleanField(_("negotiation position"), default=False)
    valid_from = models.DateField(_("from"))
    valid_to = models.DateField(_("until"), null=True, blank=True)
    days_per_month = models.DecimalField(
        _("planned days a month"), max_digits=4, decimal_places=1, null=True, blank=True
    )

    objects = TeamMembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("team membership")
        verbose_name_plural = _("team memberships")
        indexes: ClassVar = [models.Index(fields=["user", "team"], name="teams_membership_by_user")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(valid_to__isnull=True) | models.Q(valid_to__gt=models.F("valid_from")),
                name="teams_membership_ends_after_start",
            ),
            models.CheckConstraint(
                condition=models.Q(days_per_month__isnull=True) | models.Q(days_per_month__range=(0, 31)),
                name="teams_membership_days_fit_a_month",
            ),
            ExclusionConstraint(
                name="teams_membership_one_owner_at_a_time",
                expressions=[
                    ("team", RangeOperators.EQUAL),
                    (
                        Func(
                            "valid_from", "valid_to", Value("[)"), function="daterange", output_field=DateRangeField()
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=models.Q(level="owner"),
            ),
            ExclusionConstraint(
                name="teams_membership_person_once_at_a_time",
                expressions=[
                    ("team", RangeOperators.EQUAL),
                    ("user", RangeOperators.EQUAL),
                    (
                        Func(
                            "valid_from", "valid_to", Value("[)"), function="daterange", output_field=DateRangeField()
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.get_level_display()}"
