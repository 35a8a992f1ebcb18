"""May this person carry much away, and decide about what others carry away? It answers; the caller raises."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import User
from kcrm.lib.access import Verb, allows, global_standings
from teams.models import OrgUnit, UnitAssignment
from teams.permissions import people_led_by, reach_of

if TYPE_CHECKING:
    from exports.models import ExportRequest

UNASKED = frozenset({"finance", "director"})


def needs_no_approval(user: User) -> bool:
    """Finance and directors carry away what they may see without asking."""
    return not UNASKED.isdisjoint(user.roles)


def sees_all(user: User) -> bool:
    """Who reads every request: those who watch what leaves the house."""
    return allows("export_job", Verb.READ, global_standings(user.roles))


def people_to_decide_for(user: User) -> QuerySet[Any] | None:
    """The people whose exports this director decides about; None for who decides about none.

    They are those of his units. Who belongs to no unit asks a director of the whole company.
    """
    if not allows("export_job", Verb.APPROVE, global_standings(user.roles)):
        return None
    led = people_led_by(user)
    if led is None:
        return None
    people = Q(pk__in=led)
    if OrgUnit.objects.filter(path__in=reach_of(user).led, parent__isnull=True).exists():
        placed = UnitAssignment.objects.on_day(timezone.localdate()).order_by().values("user")
        people |= ~Q(pk__in=placed)
    return User.objects.filter(people).exclude(pk=user.pk).values("pk")


def can_decide(user: User, request: ExportRequest) -> bool:
    """Whether this person may let the export go or not: a director of who asked, never he himself."""
    if request.requested_by_id == user.pk or getattr(user, "api_token", None) is not None:
        return False
    people = people_to_decide_for(user)
    return people is not None and people.filter(pk=request.requested_by_id).exists()


def deciders_for(user: User) -> list[User]:
    """The directors who may decide about this person's exports."""
    directors = User.objects.active().filter(roles__contains=["director"]).exclude(pk=user.pk)
    return [one for one in directors if (led := people_to_decide_for(one)) is not None and led.filter(pk=user.pk)]


def fingerprint(user: User) -> str:
    """What the person may reach now, as a hash: another one means other rights."""
    reach = reach_of(user)
    teams = sorted((team, str(standing)) for team, standing in reach.teams.items())
    whole = repr((sorted(user.roles), teams, sorted(reach.led), sorted(reach.served)))
    return hashlib.sha256(whole.encode()).hexdigest()
