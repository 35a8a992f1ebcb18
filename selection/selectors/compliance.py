"""What customers really got, as far as the product knows, beside the policy of their quadrant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Final

from django.db.models import Count, Q, Sum
from django.utils import timezone

from customers.models import Agreement, Customer, Interaction
from profitability.models import CustomerMonth, SalesSummary
from selection.calculations.compliance import Compliance, Practice, policy_compliance
from selection.calculations.dates import months_before
from selection.calculations.policies import ServiceLevel
from selection.calculations.quadrants import Quadrant
from selection.selectors.policies import Entitlement
from teams.models import TeamMembership

MONTHS: Final = 12
TOUCHES: Final = ("call", "visit", "meeting", "email")


def practices_of(customer_ids: Sequence[int], *, today: date) -> dict[int, Practice]:
    """What each customer got in the last twelve months; five statements.

    Steering meetings are the meetings written down. A service agreement in force counts as tailored service, anything
    else as the standard one. Plans, reviews and cost to serve are not known here yet.
    """
    since = timezone.make_aware(datetime.combine(today - timedelta(days=365), time()))
    talks = {
        row["customer_id"]: row
        for row in Interaction.objects.alive()
        .filter(customer__in=customer_ids, kind__in=TOUCHES, happened_at__gte=since)
        .order_by()
        .values("customer_id")
        .annotate(all=Count("pk"), meetings=Count("pk", filter=Q(kind="meeting")))
    }
    discounts = dict(
        SalesSummary.objects.filter(customer__in=customer_ids).values_list("customer_id", "discount_share")
    )
    before = _discounts_before(customer_ids, today)
    sponsored = set(
        Customer.objects.filter(
            pk__in=customer_ids,
            account_team__in=TeamMembership.objects.on_day(today)
            .filter(function=TeamMembership.Function.EXECUTIVE_SPONSOR)
            .values("team"),
        ).values_list("pk", flat=True)
    )
    served = set(
        Agreement.objects.alive()
        .in_force(today)
        .filter(customer__in=customer_ids, kind="service")
        .values_list("customer_id", flat=True)
    )
    return {
        pk: Practice(
            months=MONTHS,
            contacts=talks.get(pk, {}).get("all", 0),
            steering_meetings=talks.get(pk, {}).get("meetings", 0),
            sponsored=pk in sponsored,
            service=ServiceLevel.TAILORED if pk in served else ServiceLevel.STANDARD,
            discount=None if discounts.get(pk) is None else float(discounts[pk]),
            discount_before=before.get(pk),
        )
        for pk in customer_ids
    }


def compliance_of(
    quadrants: Mapping[int, Quadrant], rules: Mapping[Quadrant, Entitlement], *, today: date
) -> dict[int, Compliance]:
    """Each of these customers against the policy of its quadrant; five statements."""
    practices = practices_of(list(quadrants), today=today)
    return {
        pk: policy_compliance(rules[quadrant].policy, practices[pk], today=today) for pk, quadrant in quadrants.items()
    }


def _discounts_before(customer_ids: Sequence[int], today: date) -> dict[int, float]:
    newest = (
        SalesSummary.objects.filter(customer__in=customer_ids)
        .order_by("-as_of_month")
        .values_list("as_of_month", flat=True)
        .first()
    )
    until = months_before(newest or today.replace(day=1), 12)
    rows = (
        CustomerMonth.objects.filter(customer__in=customer_ids, month__gt=months_before(until, 12), month__lte=until)
        .order_by()
        .values("customer_id")
        .annotate(discount=Sum("discount_units"), gross=Sum("gross_units"))
    )
    return {row["customer_id"]: row["discount"] / row["gross"] for row in rows if row["gross"]}
