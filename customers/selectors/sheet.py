"""What the page of one customer shows on its first paint, in few statements and only as far as its reader may read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from django.db.models import Case, Count, DateField, F, OuterRef, Q, QuerySet, Subquery, When, Window
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers import permissions
from customers.models import BuyingUnit, ContactRole, Customer, Interaction, Site, Tag, Task
from customers.querysets.customers import Ground, ground_of
from kcrm.lib import formats
from kcrm.lib.access import Standing, Verb, allows
from kcrm.lib.prepared import Prepared, Slot
from teams.models import TeamMembership

if TYPE_CHECKING:
    from accounts.models import User

SHORT: Final = 5
TODAY: Final = Slot("today", DateField())
CUSTOMER: Final = Slot("customer")


@dataclass(frozen=True)
class CustomerSheet:
    """One customer as its reader sees it. Lists of what he may not read are empty, their counts None."""

    customer: Customer
    standings: tuple[Standing, ...]
    today: date
    team: list[TeamMembership]
    interactions: list[Interaction]
    tasks: list[Task]
    people: list[ContactRole]
    parent: Customer | None
    subsidiaries: list[dict[str, Any]]
    tags: list[str]
    open_tasks: int | None
    overdue_tasks: int | None
    known_people: int | None
    can_edit: bool
    can_delete: bool
    can_log: bool
    can_add_task: bool
    can_see_history: bool

    @property
    def owner(self) -> Any:
        """The account manager, None while nobody owns the account."""
        return next((m.user for m in self.team if m.level == TeamMembership.Level.OWNER), None)

    @property
    def silent_days(self) -> int | None:
        """Days since the last contact, None when there never was one."""
        last = self.customer.last_interaction_on
        return (self.today - last).days if last else None

    @property
    def is_silent(self) -> bool:
        """Whether the silence is longer than the customer's own cadence."""
        cadence = self.customer.cadence_days
        return cadence is not None and (self.silent_days is None or self.silent_days > cadence)

    def answer(self) -> str:
        """Where we stand with this customer and what comes next, in a sentence or two."""
        return " ".join(filter(None, (self._contact_sentence(), self._next_sentence())))

    def _contact_sentence(self) -> str:
        days, cadence = self.silent_days, self.customer.cadence_days
        if days is None:
            return _("Nobody has talked to them yet.")
        if self.is_silent:
            return _("Nobody has talked to them for %(days)s days; every %(cadence)s days was agreed.") % {
                "days": formats.number(days), "cadence": formats.number(cadence),
            }  # fmt: skip
        if days == 0:
            return _("Last contact today.")
        return ngettext("Last contact %(days)s day ago.", "Last contact %(days)s days ago.", days) % {
            "days": formats.number(days)
        }

    def _next_sentence(self) -> str:
        if self.open_tasks is None:
            return ""
        if self.overdue_tasks:
            return ngettext(
                "%(count)s task is overdue: “%(title)s”.",
                "%(count)s tasks are overdue, the oldest: “%(title)s”.",
                self.overdue_tasks,
            ) % {"count": formats.number(self.overdue_tasks), "title": self.tasks[0].title}
        if not self.tasks:
            return _("Nothing is planned.")
        task = self.tasks[0]
        if task.due_on is None:
            return _("Next: “%(title)s” by %(who)s.") % {"title": task.title, "who": task.assignee}
        return _("Next: “%(title)s” by %(who)s, due %(day)s.") % {
            "title": task.title, "who": task.assignee, "day": formats.day(task.due_on),
        }  # fmt: skip


def customer_sheet(customer_id: int, *, user: User, today: date) -> CustomerSheet:
    """The sheet of a visible customer, in at most ten statements. Raises DoesNotExist."""
    seen = _seen_by(user)
    customer = seen.customer.first(pk=customer_id, today=today)
    if customer is None:
        raise Customer.DoesNotExist
    standings = permissions.standings_for(user, customer)

    def may(resource: str, verb: Verb = Verb.READ) -> bool:
        return permissions.token_covers(user, resource, verb) and allows(resource, verb, standings)

    tasks_seen, people_seen = may("task"), may("contact")
    tasks = NEXT_TASKS().fetch(customer=customer_id, today=today) if tasks_seen else []
    return CustomerSheet(
        customer=customer,
        standings=standings,
        today=today,
        team=TEAM().fetch(team=customer.account_team_id, today=today) if may("account_team") else [],
        interactions=LATEST().fetch(customer=customer_id) if may("interaction") else [],
        tasks=tasks,
        people=FIRST_PEOPLE().fetch(customer=customer_id, today=today) if people_seen else [],
        parent=seen.parent.first(pk=customer.parent_id) if customer.parent_id else None,
        subsidiaries=seen.subsidiaries.fetch(parent=customer_id),
        tags=TAGS().fetch(customer=customer_id),
        open_tasks=(tasks[0].together if tasks else 0) if tasks_seen else None,
        overdue_tasks=(tasks[0].late_together if tasks else 0) if tasks_seen else None,
        known_people=customer.people_count if people_seen else None,
        can_edit=may("account_profile", Verb.UPDATE),
        can_delete=may("account_profile", Verb.DELETE),
        can_log=may("interaction", Verb.CREATE),
        can_add_task=may("task", Verb.CREATE),
        can_see_history=permissions.can_see_history(user, customer),
    )


def team_of(customer: Customer, today: date) -> QuerySet[TeamMembership]:
    """Who works for the customer today, the account manager first."""
    return _team(customer.account_team_id, today)


def _team(team: Any, today: Any) -> QuerySet[TeamMembership]:
    rows = TeamMembership.objects.on_day(today).filter(team=team).select_related("user")
    owner_first = Case(When(level=TeamMembership.Level.OWNER, then=0), default=1)
    return rows.order_by(owner_first, "user__full_name")


def sites_of(customer: Customer, user: User) -> QuerySet[Site]:
    """The sites of a customer, the main address first."""
    return Site.objects.visible_to(user).filter(customer=customer).order_by("-is_primary", "name", "pk")


def buying_units_of(customer: Customer, user: User) -> QuerySet[BuyingUnit]:
    """The buying units of a customer."""
    rows = BuyingUnit.objects.visible_to(user).filter(customer=customer)
    return rows.select_related("site").order_by("name", "pk")


@dataclass(frozen=True, slots=True)
class _Seen:
    """Statements about the customers that somebody sees."""

    customer: Prepared
    parent: Prepared
    subsidiaries: Prepared

    @classmethod
    def among(cls, rows: QuerySet[Customer]) -> _Seen:
        """The statements for who sees these customers."""
        children = rows.filter(parent=Slot("parent")).order_by("name_sort", "pk")
        return cls(
            customer=Prepared(_with_people_count(rows.with_unit(), TODAY).filter(pk=Slot("pk"))),
            parent=Prepared(rows.filter(pk=Slot("pk")).only("pk", "name")),
            subsidiaries=Prepared(children.values("pk", "name", "city", "country")[:SHORT]),
        )


def _seen_by(user: User) -> _Seen:
    if permissions.has_token(user):
        return _Seen.among(Customer.objects.visible_to(user))
    return _seen_within(ground_of(user, "account_profile"))


@lru_cache(maxsize=2_000)
def _seen_within(ground: Ground) -> _Seen:
    return _Seen.among(Customer.objects.within(ground))


def _with_people_count(rows: Any, today: Any) -> Any:
    """Customers with the number of known people, in the same statement."""
    people = ContactRole.objects.filter(customer=OuterRef("pk"), contact__deleted_at__isnull=True)
    here = people.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=today)).order_by().values("customer")
    found = here.annotate(found=Count("contact", distinct=True)).values("found")
    return rows.annotate(people_count=Coalesce(Subquery(found), 0))


# What follows is of one customer whose reader may read it: the sheet has asked, so the rows are not asked again.


def _latest() -> QuerySet[Interaction]:
    rows = Interaction.objects.alive().filter(customer=CUSTOMER).select_related("recorded_by")
    return rows.order_by("-happened_at", "-pk")[:SHORT]


def _next_tasks() -> QuerySet[Task]:
    """The first open tasks, each with the number of all and of the late ones."""
    rows = Task.objects.alive().open().filter(customer=CUSTOMER).select_related("assignee")
    counted = rows.annotate(together=Window(Count("pk")), late_together=Window(Count("pk", filter=Q(due_on__lt=TODAY))))
    return counted.order_by(F("due_on").asc(nulls_last=True), "priority", "pk")[:SHORT]


def _first_people() -> QuerySet[ContactRole]:
    rows = ContactRole.objects.filter(customer=CUSTOMER, contact__deleted_at__isnull=True)
    here = rows.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=TODAY)).select_related("contact")
    return here.order_by("-is_primary", "contact__name_sort", "pk")[:SHORT]


def _tags() -> QuerySet[Any]:
    return Tag.objects.filter(customers=CUSTOMER).order_by("name").values_list("name", flat=True)


TEAM: Final = Prepared.once(lambda: _team(Slot("team"), TODAY))
LATEST: Final = Prepared.once(_latest)
NEXT_TASKS: Final = Prepared.once(_next_tasks)
FIRST_PEOPLE: Final = Prepared.once(_first_people)
TAGS: Final = Prepared.once(_tags)
