"""Which of the visible jobs and notifications."""

from __future__ import annotations

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from jobs.handlers import all_handlers
from jobs.messages import readable
from jobs.models import Job
from jobs.notices import all_kinds
from kcrm.lib.filters import StrictFilterSet


def job_kinds() -> list[tuple[str, str]]:
    """Every kind of job with its title, by title."""
    return sorted(((item.kind, readable(item.title)) for item in all_handlers()), key=lambda pair: pair[1])


def notification_kinds() -> list[tuple[str, str]]:
    """Every kind of notification with its title."""
    return [(kind.key, kind.heading) for kind in all_kinds()]


class JobFilter(StrictFilterSet):
    """Jobs by state, kind and day."""

    state = django_filters.MultipleChoiceFilter(choices=Job.State.choices, label=_("State"))
    kind = django_filters.MultipleChoiceFilter(choices=job_kinds, label=_("Kind"))
    created = django_filters.DateFromToRangeFilter(field_name="created_at", label=_("Requested"))
    mine = django_filters.BooleanFilter(method="only_mine", label=_("Only my own"))

    def only_mine(self, rows: QuerySet[Job], name: str, value: bool) -> QuerySet[Job]:
        """Jobs that the reader asked for; with false the others."""
        return rows.filter(requested_by=self.request.user) if value else rows.exclude(requested_by=self.request.user)


class NotificationFilter(StrictFilterSet):
    """Notifications by kind and by whether they were read."""

    kind = django_filters.MultipleChoiceFilter(choices=notification_kinds, label=_("Kind"))
    unread = django_filters.BooleanFilter(field_name="read_at", lookup_expr="isnull", label=_("Not read yet"))
