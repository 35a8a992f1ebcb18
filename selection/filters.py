"""Which of the customers that stand on a matrix?"""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.querysets.customers import units_below
from kcrm.lib.filters import StrictFilterSet
from selection.models import BandChoice, QuadrantChoice, Segment, SegmentPlace
from selection.models.scores import TierChoice
from teams.models import OrgUnit

WHOSE = (("mine", _("mine")), ("team", _("my teams")), ("portfolio", _("my portfolio")))
EVIDENCE = (
    ("solid", _("solid")),
    ("hollow", _("mostly guessed")),
    ("stale", _("mostly older than a year")),
)
MOST_CHOSEN = 500


def units(request: HttpRequest | None) -> QuerySet[OrgUnit]:
    """The units to choose from, in the order of the tree."""
    return OrgUnit.objects.visible_to(request.user) if request else OrgUnit.objects.none()


def segments(request: HttpRequest | None) -> QuerySet[Segment]:
    """The segments to choose from."""
    return Segment.objects.visible_to(request.user).in_use() if request else Segment.objects.none()


class InSegment(StrictFilterSet):
    """Customers, or what belongs to them, by the segment that they are in today."""

    path_to_customer = "pk"

    segment = django_filters.ModelChoiceFilter(
        label=_("Segment"), queryset=segments, null_label=_("no segment"), null_value="none", method="in_segment"
    )

    class Meta:
        fields: ClassVar[list[str]] = []

    def in_segment(self, rows: Any, name: str, value: Segment | str) -> Any:
        """Customers of a segment, or of none; a filter is a door, so it may read the clock."""
        places = SegmentPlace.objects.on_day(timezone.localdate())
        if value == "none":
            return rows.exclude(**{f"{self.path_to_customer}__in": places.values("customer")})
        return rows.filter(**{f"{self.path_to_customer}__in": places.filter(segment=value).values("customer")})


class ScoredFilter(InSegment):
    """Customers by name, place, tier, or by hand."""

    q = django_filters.CharFilter(label=_("Find a customer"), method="find")
    tier = django_filters.MultipleChoiceFilter(
        label=_("Tier"), choices=TierChoice.choices, field_name="current_score__tier"
    )
    scope = django_filters.ChoiceFilter(label=_("Whose"), choices=WHOSE, method="of_reader")
    unit = django_filters.ModelChoiceFilter(label=_("Unit with all below"), queryset=units, method="in_unit")
    country = django_filters.CharFilter(label=_("Country"), method="in_country")
    ids = django_filters.CharFilter(method="chosen")

    class Meta:
        fields: ClassVar[list[str]] = []

    def find(self, rows: Any, name: str, value: str) -> Any:
        """Customers found by part of a name."""
        return rows.found_by(value)

    def of_reader(self, rows: Any, name: str, value: str) -> Any:
        """Customers that the reader owns, works on, or directs."""
        return rows.of(self.request.user, value)

    def in_unit(self, rows: Any, name: str, value: OrgUnit) -> Any:
        """Customers of a unit and of all units below it."""
        return rows.filter(org_unit__in=units_below(value.path))

    def in_country(self, rows: Any, name: str, value: str) -> Any:
        """Customers of a country, by its two letters."""
        return rows.filter(country=value.strip().upper())

    def chosen(self, rows: Any, name: str, value: str) -> Any:
        """Customers chosen on the picture, numbers with commas between."""
        return rows.filter(pk__in=[int(one) for one in value.split(",")[:MOST_CHOSEN] if one.strip().isdecimal()])


class PlacedFilter(ScoredFilter):
    """Customers on the KAISM matrix: by quadrant and evidence as well."""

    quadrant = django_filters.MultipleChoiceFilter(label=_("Quadrant"), choices=QuadrantChoice.choices)
    evidence = django_filters.ChoiceFilter(label=_("Evidence"), choices=EVIDENCE, method="by_evidence")

    def by_evidence(self, rows: Any, name: str, value: str) -> Any:
        """How we know; a filter is a door, so it may read the clock."""
        today = timezone.localdate()
        stale = Q(customer_view__solid_until__isnull=True) | Q(customer_view__solid_until__lt=today)
        if value == "stale":
            return rows.filter(stale)
        if value == "hollow":
            return rows.filter(customer_view__is_hollow=True)
        return rows.filter(customer_view__is_hollow=False).exclude(stale)


class GridFilter(ScoredFilter):
    """Customers on the nine-cell grid: by cell as well."""

    attractiveness = django_filters.ChoiceFilter(
        label=_("Attractiveness"), choices=BandChoice.choices, field_name="attractive_band"
    )
    status = django_filters.ChoiceFilter(
        label=_("Status of the relationship"), choices=BandChoice.choices, field_name="status_band"
    )
