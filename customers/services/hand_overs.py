"""Take a hand-over back: the former owner owns the account again, what moved with it moves back."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import AuditEntry, User
from customers import permissions
from customers.models import Customer, HandOver, Task
from customers.services.account_teams import CONSTRAINTS, end_now, write_down
from customers.services.cleaning import refusing
from kcrm.lib.access import Verb
from kcrm.lib.errors import DomainError, NotAllowed
from teams.models import AccountTeam, TeamMembership
from teams.permissions import can_hand_over

TAKEN_BACK_WITHIN: Final = timedelta(days=30)


@transaction.atomic
def take_back(*, hand_over_id: int, by: User, today: date, now: datetime) -> HandOver:
    """Undo a hand-over of the last thirty days, unless the account changed hands again.

    Tasks go back that moved with it and are still open with the new owner; what else the teams became stays.
    Raises DoesNotExist, NotAllowed, DomainError.
    """
    done: HandOver = HandOver.objects.visible_to(by).select_related("to_user", "from_user").get(pk=hand_over_id)
    customer = Customer.objects.visible_to(by, "account_team").select_related("org_unit").get(pk=done.customer_id)
    AccountTeam.objects.select_for_update().get(pk=customer.account_team_id)
    standings = permissions.standings_for(by, customer)
    if permissions.has_token(by) or not can_hand_over(standings, owner_left=False) or done.from_user_id == by.pk:
        raise NotAllowed("account_team", Verb.GRANT)
    membership = _still_in_force(done, today, now)
    end_now(membership, customer, by, today, reason=_reason(done))
    for values in done.ended:
        _bring_back(values, customer, by, today, reason=_reason(done))
    _move_tasks_back(done)
    done.taken_back_at = now
    done.save(update_fields=["taken_back_at"])
    return done


def _still_in_force(done: HandOver, today: date, now: datetime) -> TeamMembership:
    """The new owner's membership. Raises DomainError where there is nothing to take back."""
    if done.taken_back_at is not None:
        raise DomainError(_("This hand-over was taken back already."))
    if now - done.at > TAKEN_BACK_WITHIN:
        raise DomainError(_("A hand-over can be taken back for thirty days. Hand the account over anew."))
    if done.from_user is None or not done.from_user.is_active:
        raise DomainError(_("The former owner does not work here any more. Hand the account over to somebody else."))
    found = TeamMembership.objects.on_day(today).owners().filter(pk=done.membership_id).first()
    if found is None:
        raise DomainError(_("The account has changed hands again since."))
    return found


def _bring_back(values: dict[str, Any], customer: Customer, by: User, today: date, reason: str) -> None:
    """A membership as it was, from today; somebody who is in the team by now keeps what he has."""
    user = User.objects.active().filter(pk=values["user_id"]).first()
    current = TeamMembership.objects.on_day(today).filter(team=customer.account_team_id)
    if user is None or current.filter(user=user).exists():
        return
    until = date.fromisoformat(values["valid_to"]) if values.get("valid_to") else None
    if until is not None and until <= today:
        return
    with refusing(CONSTRAINTS):
        back = TeamMembership.objects.create(
            team_id=customer.account_team_id, **values | {"valid_from": today, "valid_to": until}
        )
    changes = {"level": [None, back.level], "user": [None, back.user_id]}
    write_down(AuditEntry.Action.GRANT, back, customer, by, changes, reason=reason)


def _move_tasks_back(done: HandOver) -> None:
    tasks = Task.objects.alive().open().filter(pk__in=done.task_ids, assignee=done.to_user_id)
    for task in tasks.select_for_update(of=("self",)):
        task.apply({"assignee_id": done.from_user_id})


def _reason(done: HandOver) -> str:
    return f"hand-over {done.pk} taken back"
