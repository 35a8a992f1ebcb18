"""Which of the visible tasks?"""

from __future__ import annotations

import django_filters
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.filters.choices import CustomerChoice, colleagues
from customers.models import Task
from kcrm.lib import words
from kcrm.lib.filters import StrictFilterSet

WHOSE = (("mine", _("mine")), ("given", _("those I gave to others")))
DUE = (("overdue", _("overdue")), ("today", _("today or overdue")), ("none", _("without a day")))


class TaskFilter(StrictFilterSet):
    """Tasks by whose, state, customer, due day, priority."""

    q = django_filters.CharFilter(label=_("Find a task"), method="find")
    whose = django_filters.ChoiceFilter(label=_("Whose"), choices=WHOSE, method="of_whom")
    state = django_filters.MultipleChoiceFilter(label=_("State"), choices=Task.State.choices)
    due = django_filters.ChoiceFilter(label=_("Due"), choices=DUE, method="due_when")
    due_on = django_filters.DateFromToRangeFilter(label=_("Due on"))
    assignee = django_filters.ModelChoiceFilter(label=_("Who"), queryset=colleagues)
    priority = django_filters.MultipleChoiceFilter(label=_("Priority"), choices=Task.Priority.choices)
    customer = CustomerChoice()
    contact = django_filters.NumberFilter(label=_("Contact number"))

    def find(self, rows: QuerySet[Task], name: str, value: str) -> QuerySet[Task]:
        """Part of the title or of the customer's name."""
        return rows.filter(Q(title__icontains=value) | Q(customer__name_key__contains=words.name_key(value)))

    def of_whom(self, rows: QuerySet[Task], name: str, value: str) -> QuerySet[Task]:
        """The reader's own, or those that he gave to others."""
        if self.request is None:
            return rows.none()
        if value == "mine":
            return rows.filter(assignee=self.request.user)
        return rows.filter(created_by=self.request.user).exclude(assignee=self.request.user)

    def due_when(self, rows: QuerySet[Task], name: str, value: str) -> QuerySet[Task]:
        """Open tasks by their day; a filter is a door, so it may read the clock."""
        today = timezone.localdate()
        if value == "overdue":
            return rows.filter(state=Task.State.OPEN, due_on__lt=today)
        if value == "today":
            return rows.filter(state=Task.State.OPEN, due_on__lte=today)
        return rows.filter(due_on__isnull=True)
