"""Who works for a customer: bring people in, change what they may, let them go, hand accounts over.

Every change is a grant or a revocation in the audit trail, holds from the next request, and is never one's own.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any, Final

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import AuditEntry, User
from accounts.services import audit
from customers import permissions
from customers.models import Customer, HandOver, Task
from customers.services.cleaning import cleaned, refusing
from jobs.notices import notification_kind
from jobs.services.notifications import notify
from kcrm.lib import words
from kcrm.lib.access import Verb
from kcrm.lib.errors import DomainError, NotAllowed
from teams.models import AccountTeam, TeamMembership
from teams.permissions import Grant, can_hand_over, grantable

Level = TeamMembership.Level
FLAGS: Final = ("fin", "political", "negotiation")
FIELDS: Final = frozenset({"function", "level", *FLAGS, "valid_from", "valid_to", "days_per_month"})
CONSTRAINTS: Final[Mapping[str, tuple[str | None, Any]]] = {
    "teams_membership_one_owner_at_a_time": (
        "level", _("This account has an owner at that time. Hand the account over instead."),
    ),
    "teams_membership_person_once_at_a_time": ("user", _("This person is in the team at that time already.")),
    "teams_membership_ends_after_start": ("valid_to", _("The last day must come after the first.")),
    "teams_membership_days_fit_a_month": ("days_per_month", _("A month has at most 31 days.")),
}  # fmt: skip
JOINED: Final = notification_kind("customers.team-joined", _("You joined an account team"))
HANDED_OVER: Final = notification_kind("customers.handed-over", _("An account was handed over"))


def seen_team_customer(customer_id: int, by: User) -> Customer:
    """A customer whose team the person may see. Raises DoesNotExist."""
    seen = Customer.objects.visible_to(by, "account_team").select_related("org_unit")
    customer: Customer = seen.get(pk=customer_id)
    return customer


def grant_of(customer: Customer, by: User) -> Grant:
    """What the person may give on this customer's team; nothing through a token."""
    if permissions.has_token(by):
        return Grant(frozenset(), flags=False)
    return grantable(permissions.standings_for(by, customer))


@transaction.atomic
def add_member(*, customer_id: int, user_id: int, values: Mapping[str, Any], by: User) -> TeamMembership:
    """Bring somebody into the team; he is told.

    Raises NotAllowed for oneself and for a level or flag that one may not give, DomainError for a second owner, a
    person who is there already or who does not work here any more.
    """
    customer = seen_team_customer(customer_id, by)
    known = _cleaned({"level": Level.READ} | dict(values))
    membership = TeamMembership(team_id=customer.account_team_id, user_id=user_id, **known)
    _ask(grant_of(customer, by), membership, by)
    if not User.objects.active().filter(pk=user_id).exists():
        raise DomainError(_("Choose somebody who works here."), field="user")
    with refusing(CONSTRAINTS):
        membership.save(force_insert=True)
    write_down(
        AuditEntry.Action.GRANT, membership, customer, by, {name: [None, _of(membership, name)] for name in FIELDS}
    )
    notify(
        user=membership.user,
        kind=JOINED,
        key=f"{JOINED}:{membership.pk}",
        subject=_("%(person)s brought you into the team of %(customer)s"),
        params={"person": str(by), "customer": customer.name},
        url=reverse("customers:customer-team", args=[customer.pk]),
        customer_id=customer.pk,
    )
    return membership


@transaction.atomic
def change_member(*, membership_id: int, version: int | None, values: Mapping[str, Any], by: User) -> TeamMembership:
    """Change function, level, flags or dates; both what was and what will be must be one's own to give."""
    membership, customer = _locked(membership_id, version, by)
    grant = grant_of(customer, by)
    _ask(grant, membership, by)
    with refusing(CONSTRAINTS):
        changes = membership.apply(_cleaned(values))
    _ask(grant, membership, by)
    if changes:
        write_down(AuditEntry.Action.GRANT, membership, customer, by, changes)
    return membership


@transaction.atomic
def end_member(*, membership_id: int, version: int | None, by: User, today: date) -> None:
    """Let somebody go as of today: his next request no longer sees what only the team gave him."""
    membership, customer = _locked(membership_id, version, by)
    _ask(grant_of(customer, by), membership, by)
    end_now(membership, customer, by, today)


@transaction.atomic
def hand_over(
    *,
    customer_ids: Collection[int],
    to_id: int,
    note: str,
    by: User,
    today: date,
    notes: Mapping[int, str] | None = None,
) -> list[Customer]:
    """Give accounts a new owner, all or none: the old owner's membership ends, his flags and open tasks move.

    `notes` say more about some of the accounts. Reminders follow the tasks and the ownership.
    Raises NotAllowed where one may not, and for handing over to oneself; DomainError without a note or for a person
    who does not work here any more.
    """
    reason = words.clean_text(note)
    if not reason:
        raise DomainError(_("Say in a sentence what the new owner needs to know."), field="note")
    to = User.objects.active().filter(pk=to_id).first()
    if to is None:
        raise DomainError(_("Choose somebody who works here."), field="to")
    seen = Customer.objects.visible_to(by, "account_team").select_related("org_unit").filter(pk__in=customer_ids)
    customers = list(seen.order_by("pk"))
    if len(customers) != len(set(customer_ids)):
        raise Customer.DoesNotExist
    list(AccountTeam.objects.filter(pk__in=[c.account_team_id for c in customers]).order_by("pk").select_for_update())
    for customer in customers:
        more = words.clean_text((notes or {}).get(customer.pk, ""))
        _hand_over(customer, to, f"{reason}\n{more}" if more else reason, by, today)
    return customers


def _hand_over(customer: Customer, to: User, reason: str, by: User, today: date) -> None:
    current = TeamMembership.objects.filter(team=customer.account_team_id).filter(
        Q(valid_to__isnull=True) | Q(valid_to__gt=today)
    )
    owner = current.owners().select_related("user").filter(valid_from__lte=today).first()
    left = owner is not None and not owner.user.is_active
    may = not permissions.has_token(by) and can_hand_over(permissions.standings_for(by, customer), owner_left=left)
    if to.pk == by.pk or not may:
        raise NotAllowed("account_team", Verb.GRANT)
    if owner is not None and owner.user_id == to.pk:
        raise DomainError(_("%(person)s owns %(customer)s already.") % {"person": to, "customer": customer}, field="to")
    flags = {name: getattr(owner, name) for name in FLAGS} if owner is not None else {}
    ended = list(current.filter(Q(user=to) | Q(level=Level.OWNER)))
    as_they_were = [_as_it_is(old) for old in ended]
    for old in ended:
        end_now(old, customer, by, today, reason=reason)
    membership = TeamMembership.objects.create(
        team_id=customer.account_team_id,
        user=to,
        level=Level.OWNER,
        function=TeamMembership.Function.KEY_ACCOUNT_MANAGER,
        valid_from=today,
        days_per_month=owner.days_per_month if owner is not None else None,
        **flags,
    )
    changes = {name: [None, _of(membership, name)] for name in FIELDS}
    moved = _move_tasks(customer, owner.user_id, to) if owner is not None else []
    if owner is not None:
        changes["tasks_moved"] = [0, len(moved)]
    HandOver.objects.create(
        customer=customer,
        from_user=owner.user if owner is not None else None,
        to_user=to,
        by=by,
        note=reason,
        membership_id=membership.pk,
        ended=as_they_were,
        task_ids=moved,
    )
    write_down(AuditEntry.Action.GRANT, membership, customer, by, changes, reason=reason)
    notify(
        user=to,
        kind=HANDED_OVER,
        key=f"{HANDED_OVER}:{membership.pk}",
        subject=_("%(customer)s is yours now: %(note)s"),
        params={"customer": customer.name, "note": reason[:200]},
        url=reverse("customers:customer-team", args=[customer.pk]),
        customer_id=customer.pk,
    )
    if owner is not None:
        notify(  # about no customer: he no longer sees this one, and is told only what he knew
            user=owner.user,
            kind=HANDED_OVER,
            key=f"{HANDED_OVER}:{membership.pk}",
            subject=_("%(customer)s was handed over to %(person)s"),
            params={"customer": customer.name, "person": str(to)},
        )


def _as_it_is(membership: TeamMembership) -> dict[str, Any]:
    """A membership as a later undoing needs it."""
    days = membership.days_per_month
    return {
        "user_id": membership.user_id,
        "days_per_month": str(days) if days is not None else None,
        **{name: _of(membership, name) for name in ("function", "level", *FLAGS, "valid_to")},
    }


def _move_tasks(customer: Customer, from_id: int, to: User) -> list[int]:
    tasks = list(
        Task.objects.alive().open().filter(customer=customer, assignee=from_id).select_for_update(of=("self",))
    )
    for task in tasks:
        task.apply({"assignee_id": to.pk})
    return [task.pk for task in tasks]


def _locked(membership_id: int, version: int | None, by: User) -> tuple[TeamMembership, Customer]:
    teams = Customer.objects.visible_to(by, "account_team").values("account_team")
    membership: TeamMembership = TeamMembership.objects.filter(team__in=teams).locked(membership_id, version)
    customer = Customer.objects.select_related("org_unit").get(account_team=membership.team_id)
    return membership, customer


def _ask(grant: Grant, membership: TeamMembership, by: User) -> None:
    has_flags = membership.fin != TeamMembership.Finance.NONE or membership.political or membership.negotiation
    if membership.user_id == by.pk or not grant.covers(level=membership.level, has_flags=has_flags):
        raise NotAllowed("account_team", Verb.GRANT)


def end_now(membership: TeamMembership, customer: Customer, by: User, today: date, reason: str = "") -> None:
    """End a membership as of today; one that began today or later never held, so it goes altogether."""
    if membership.valid_to is not None and membership.valid_to <= today:
        raise DomainError(_("This membership has ended already."))
    changes = {
        "user": [membership.user_id, None],
        "valid_to": [membership.valid_to, today],
        "level": [membership.level, None],
    }
    if membership.valid_from >= today:
        write_down(AuditEntry.Action.REVOKE, membership, customer, by, changes, reason=reason)
        membership.delete()
        return
    membership.apply({"valid_to": today})
    write_down(AuditEntry.Action.REVOKE, membership, customer, by, changes, reason=reason)


def _cleaned(values: Mapping[str, Any]) -> dict[str, Any]:
    if unknown := set(values) - FIELDS:
        raise ValueError(f"No part of a membership: {sorted(unknown)}")
    return cleaned(TeamMembership, values)


def _of(membership: TeamMembership, name: str) -> Any:
    value = getattr(membership, name)
    return value.isoformat() if isinstance(value, date) else value


def write_down(
    action: str, membership: TeamMembership, customer: Customer, by: User, changes: dict[str, Any], reason: str = ""
) -> None:
    """Enter a grant or a revocation into the trail, with the person and the customer as its heading."""
    label = f"{membership.user} · {customer.name}"
    audit.record(
        action=action, by=by, subject=membership, label=label, customer_id=customer.pk, changes=changes, reason=reason
    )
