"""Who works for whom, and how much lies on each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from accounts.models import User
from customers import permissions
from customers.calculations.load import Band, band_of
from customers.models import Customer, HandOver, Interaction, Task
from customers.services.account_teams import grant_of
from teams.models import TeamMembership
from teams.permissions import can_hand_over

RECENT_DAYS = 30
SHOWN_HAND_OVERS = 5


@dataclass(frozen=True, slots=True)
class MemberLine:
    """A membership with whether the reader may change it."""

    membership: TeamMembership
    can_change: bool


@dataclass(frozen=True, slots=True)
class TeamSheet:
    """The team of a customer as its panel shows it."""

    owner: User | None
    members: Sequence[MemberLine]
    former: Sequence[MemberLine]
    can_add: bool
    can_hand_over: bool
    days_per_month: Decimal
    hand_overs: Sequence[HandOver]
    newest_hand_over: HandOver | None


def team_sheet_for(customer: Customer, user: User, today: date) -> TeamSheet:
    """The team of a customer whose team the reader may see."""
    rows = TeamMembership.objects.filter(team=customer.account_team_id).select_related("user")
    grant = grant_of(customer, user)
    done = HandOver.objects.visible_to(user).filter(customer=customer)
    hand_overs = list(done.select_related("from_user", "to_user").order_by("-pk")[:SHOWN_HAND_OVERS])
    lines = [
        MemberLine(row, _may_change(row, user, grant))
        for row in sorted(rows, key=lambda row: (_RANK[row.level], row.user.full_name, row.valid_from))
    ]
    members = [line for line in lines if line.membership.valid_to is None or line.membership.valid_to > today]
    owner = next((line.membership.user for line in members if _owns(line.membership, today)), None)
    left = owner is not None and not owner.is_active
    return TeamSheet(
        owner=owner,
        members=members,
        former=[line for line in lines if line not in members],
        can_add=bool(grant.levels),
        can_hand_over=not permissions.has_token(user)
        and can_hand_over(permissions.standings_for(user, customer), owner_left=left),
        days_per_month=sum((line.membership.days_per_month or Decimal(0) for line in members), Decimal(0)),
        hand_overs=hand_overs,
        newest_hand_over=next((done for done in hand_overs[:1] if done.taken_back_at is None and done.from_user), None),
    )


_RANK: Mapping[str, int] = {"owner": 0, "contribute": 1, "read": 2}


def _owns(membership: TeamMembership, today: date) -> bool:
    return membership.level == TeamMembership.Level.OWNER and membership.valid_from <= today


def _may_change(row: TeamMembership, user: User, grant: Any) -> bool:
    has_flags = row.fin != TeamMembership.Finance.NONE or row.political or row.negotiation
    return row.user_id != user.pk and grant.covers(level=row.level, has_flags=has_flags)


def owned_by(person: User, user: User, today: date) -> QuerySet[Customer]:
    """The accounts of a person, as far as the reader may see their teams."""
    owned = TeamMembership.objects.on_day(today).owners().filter(user=person).values("team")
    rows: QuerySet[Customer] = Customer.objects.visible_to(user, "account_team").filter(account_team__in=owned)
    return rows.order_by("name_sort")


@dataclass(frozen=True, slots=True)
class PersonLoad:
    """How much lies on one person; `days` is None where nobody planned any."""

    person: User
    owned: int
    teams: int
    days: Decimal | None
    open_tasks: int
    late_tasks: int
    interactions: int
    band: Band


def workload_for(user: User, today: date, now: datetime) -> list[PersonLoad]:
    """The load of each person who works for the customers that the reader sees, the heaviest first.

    Five statements, however many people. Counts what lies within the reader's sight, no more.
    """
    seen = Customer.objects.visible_to(user)
    memberships = TeamMembership.objects.on_day(today).filter(team__in=seen.values("account_team"))
    by_team = {
        row["user"]: row
        for row in memberships.order_by()
        .values("user")
        .annotate(teams=Count("pk"), owned=Count("pk", filter=Q(level="owner")), days=Sum("days_per_month"))
    }
    tasks = Task.objects.visible_to(user).open().order_by().values("assignee")
    by_task = {
        row["assignee"]: row for row in tasks.annotate(open=Count("pk"), late=Count("pk", filter=Q(due_on__lt=today)))
    }
    recent = Interaction.objects.visible_to(user).filter(happened_at__gte=now - timedelta(days=RECENT_DAYS))
    by_call = dict(recent.order_by().values_list("recorded_by").annotate(count=Count("pk")))
    people = User.objects.active().filter(pk__in={*by_team, *by_task, *by_call})
    loads = [_load(person, by_team.get(person.pk, {}), by_task.get(person.pk, {}), by_call) for person in people]
    return sorted(loads, key=lambda load: (-load.band.rank, -(load.days or 0), -load.open_tasks, load.person.full_name))


def _load(person: User, team: Mapping[str, Any], task: Mapping[str, Any], by_call: Mapping[int, int]) -> PersonLoad:
    days = team.get("days")
    return PersonLoad(
        person=person,
        owned=team.get("owned", 0),
        teams=team.get("teams", 0),
        days=days,
        open_tasks=task.get("open", 0),
        late_tasks=task.get("late", 0),
        interactions=by_call.get(person.pk, 0),
        band=band_of(days=days, open_tasks=task.get("open", 0), late_tasks=task.get("late", 0)),
    )
