"""Decide what customers are: drafted on a snapshot, proposed, approved by a second person, in force on its day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, Final

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import AuditEntry, User
from accounts.services import audit
from customers.models import Customer
from jobs.notices import notification_kind
from jobs.services.notifications import notify
from kcrm.lib.access import Verb
from kcrm.lib.errors import DomainError, NotAllowed
from selection import permissions
from selection.models import ClassChoice, Classification, Decision, DecisionLine, Notice, Snapshot, SnapshotRow
from teams.models import TeamMembership

LONGEST_OVERRIDE: Final = timedelta(days=366)
TOLD: Final = notification_kind("selection.decided", _("A decision about customers concerns you"), email="now")
WAITS: Final = notification_kind("selection.to-decide", _("A decision waits for your approval"), email="now")
LAPSED: Final = notification_kind("selection.lapsed", _("An exception has run out"), email="digest")
State = Decision.State


@transaction.atomic
def draft_decision(
    *, snapshot_id: int, title: str, effective_on: date, by: User, purpose: str = "", today: date | None = None
) -> Decision:
    """A decision over every customer that the snapshot places in a quadrant, each as the figures say.

    Raises Snapshot.DoesNotExist, NotAllowed, DomainError for a day gone by or a snapshot that places nobody.
    """
    if not permissions.can_prepare_decisions(by):
        raise NotAllowed("selection_decision", Verb.CREATE)
    snapshot = Snapshot.objects.visible_to(by).get(pk=snapshot_id)
    if not title.strip():
        raise DomainError(_("Give the decision a title."), field="title")
    if effective_on < (today or timezone.localdate()):
        raise DomainError(_("A decision holds from today on, or from a later day."), field="effective_on")
    rows = list(
        SnapshotRow.objects.filter(snapshot=snapshot, customer__deleted_at__isnull=True)
        .exclude(quadrant="")
        .order_by("rank")
    )
    if not rows:
        raise DomainError(
            _("The snapshot places nobody on the matrix: for that, somebody must write down how customers see us."),
            field="snapshot",
        )
    decision = Decision.objects.create(
        title=title.strip()[:150],
        purpose=purpose.strip(),
        snapshot=snapshot,
        effective_on=effective_on,
        drafted_by=by,
    )
    former = dict(
        Classification.objects.filter(customer__in=[row.customer_id for row in rows]).values_list("customer", "kind")
    )
    DecisionLine.objects.bulk_create(
        DecisionLine(
            decision=decision,
            customer_id=row.customer_id,
            calculated=row.quadrant,
            chosen=row.quadrant,
            former=former.get(row.customer_id, ""),
        )
        for row in rows
    )
    audit.record(action=AuditEntry.Action.CREATE, by=by, subject=decision, changes={"lines": [None, len(rows)]})
    return decision


@transaction.atomic
def change_decision(*, decision_id: int, version: int | None, values: dict[str, Any], by: User) -> Decision:
    """Change title, purpose or day of a draft. Raises DoesNotExist, StaleVersion, NotAllowed, DomainError."""
    decision = _draft(decision_id, version, by)
    if unknown := set(values) - {"title", "purpose", "effective_on"}:
        raise ValueError(f"No part of a draft: {sorted(unknown)}")
    if not values.get("title", decision.title).strip():
        raise DomainError(_("Give the decision a title."), field="title")
    if values.get("effective_on", decision.effective_on) < timezone.localdate():
        raise DomainError(_("A decision holds from today on, or from a later day."), field="effective_on")
    if changes := decision.apply(values):
        audit.record(action=AuditEntry.Action.UPDATE, by=by, subject=decision, changes=changes)
    return decision


@transaction.atomic
def choose_class(
    *,
    line_id: int,
    version: int | None,
    chosen: str,
    by: User,
    reason: str = "",
    override_until: date | None = None,
) -> DecisionLine:
    """Choose what one customer is; otherwise than the figures only with a reason and for a year at most.

    Raises DoesNotExist, StaleVersion, NotAllowed, DomainError on a field.
    """
    line: DecisionLine = DecisionLine.objects.visible_to(by).select_related("decision").locked(line_id, version)
    _draft(line.decision_id, None, by)
    today = timezone.localdate()
    if chosen not in ClassChoice.values:
        raise DomainError(_("Choose one of the classes."), field="chosen")
    if chosen == line.calculated:
        reason, override_until = "", None
    else:
        if not reason.strip():
            raise DomainError(_("The figures say otherwise: say why you choose this."), field="reason")
        if override_until is None or not today < override_until <= today + LONGEST_OVERRIDE:
            raise DomainError(_("An exception needs a last day, at most a year from today."), field="override_until")
    changes = line.apply({"chosen": chosen, "reason": reason.strip()[:300], "override_until": override_until})
    if changes:
        audit.record(
            action=AuditEntry.Action.UPDATE,
            by=by,
            subject=line.decision,
            customer_id=line.customer_id,
            changes=changes,
            reason=reason[:300],
        )
    return line


@transaction.atomic
def add_customer(
    *, decision_id: int, customer_id: int, chosen: str, reason: str, until: date, by: User
) -> DecisionLine:
    """Take in a customer whom the figures do not place: an exception from the start. Raises as `choose_class`."""
    decision = _draft(decision_id, None, by)
    customer = Customer.objects.visible_to(by).get(pk=customer_id)
    if decision.lines.filter(customer=customer).exists():
        raise DomainError(_("This customer is in the decision already."), field="customer")
    today = timezone.localdate()
    if not reason.strip():
        raise DomainError(_("The figures do not place this customer: say why you do."), field="reason")
    if not today < until <= today + LONGEST_OVERRIDE:
        raise DomainError(_("An exception needs a last day, at most a year from today."), field="override_until")
    former = Classification.objects.filter(customer=customer).values_list("kind", flat=True).first()
    line = DecisionLine.objects.create(
        decision=decision,
        customer=customer,
        chosen=chosen,
        former=former or "",
        reason=reason.strip()[:300],
        override_until=until,
    )
    audit.record(
        action=AuditEntry.Action.UPDATE,
        by=by,
        subject=decision,
        customer_id=customer.pk,
        changes={"chosen": [None, chosen]},
        reason=line.reason,
    )
    return line


@transaction.atomic
def take_out(*, line_id: int, version: int | None, by: User) -> Decision:
    """Decide nothing about a customer this time; he stays what he is. Raises as `choose_class`."""
    line: DecisionLine = DecisionLine.objects.visible_to(by).select_related("decision").locked(line_id, version)
    decision = _draft(line.decision_id, None, by)
    audit.record(
        action=AuditEntry.Action.UPDATE,
        by=by,
        subject=decision,
        customer_id=line.customer_id,
        changes={"chosen": [line.chosen, None]},
    )
    line.delete()
    return decision


@transaction.atomic
def tell(*, decision_id: int, people: Sequence[User], duty: str, by: User) -> int:
    """Put people on the list of those who are told; returns how many are new. Raises NotAllowed, DoesNotExist."""
    decision = _prepared(decision_id, None, by)
    known = set(decision.notices.values_list("person", flat=True))
    new = [person for person in people if person.pk not in known]
    told_at = timezone.now() if decision.state == State.IN_FORCE else None
    Notice.objects.bulk_create(
        Notice(decision=decision, person=person, duty=duty.strip()[:200], told_at=told_at) for person in new
    )
    if told_at:
        _tell_all(decision, new)
    return len(new)


@transaction.atomic
def propose(*, decision_id: int, version: int | None, by: User) -> Decision:
    """Put a draft before the directors. Raises DoesNotExist, StaleVersion, NotAllowed, DomainError."""
    decision = _draft(decision_id, version, by)
    if not decision.lines.exists():
        raise DomainError(_("A decision about nobody cannot be proposed."))
    decision.apply({"state": State.PROPOSED, "proposed_at": timezone.now()})
    audit.record(action=AuditEntry.Action.UPDATE, by=by, subject=decision, changes={"state": ["draft", "proposed"]})
    for director in User.objects.active().filter(roles__contains=["director"]).exclude(pk=by.pk):
        if permissions.customers_outside(director, decision):
            continue
        notify(
            user=director,
            kind=WAITS,
            key=f"decision:{decision.pk}:{decision.version}",
            subject=_("Decide: %(title)s"),
            params={"title": decision.title},
            url=reverse("selection:decision-detail", args=[decision.pk]),
        )
    return decision


@transaction.atomic
def decide(*, decision_id: int, version: int | None, approve: bool, remark: str, by: User) -> Decision:
    """Approve or reject what somebody else proposed, for customers that are all in one's portfolio.

    An approved decision whose day has come is put into force at once. Raises DoesNotExist, StaleVersion, NotAllowed,
    DomainError for one's own proposal, for customers of others, and for a rejection without a word why.
    """
    decision: Decision = Decision.objects.visible_to(by).locked(decision_id, version)
    if not permissions.can_approve_decisions(by):
        raise NotAllowed("selection_decision", Verb.APPROVE)
    if decision.state != State.PROPOSED:
        raise DomainError(_("Only a proposed decision can be approved or rejected."))
    if decision.drafted_by_id == by.pk:
        raise DomainError(_("Somebody else must decide about what you proposed."))
    if outside := permissions.customers_outside(by, decision):
        names = ", ".join(outside[:5])
        raise DomainError(_("These customers are not in your portfolio: %(names)s.") % {"names": names})
    if not approve and not remark.strip():
        raise DomainError(_("Say why, so that it can be changed."), field="remark")
    state = State.APPROVED if approve else State.REJECTED
    decision.apply({"state": state, "decided_by": by, "decided_at": timezone.now(), "remark": remark.strip()})
    audit.record(
        action=AuditEntry.Action.APPROVE, by=by, subject=decision, changes={"state": ["proposed", state]}, reason=remark
    )
    if approve and decision.effective_on <= timezone.localdate():
        put_into_force(decision)
    return decision


@transaction.atomic
def withdraw(*, decision_id: int, version: int | None, by: User) -> Decision:
    """Take back what is not in force yet; a rejected one can then be drafted anew. Raises as `propose`."""
    decision = _prepared(decision_id, version, by)
    if decision.state not in {State.DRAFT, State.PROPOSED, State.APPROVED}:
        raise DomainError(_("What is in force or rejected cannot be withdrawn. Draft a new decision."))
    former = decision.state
    decision.apply({"state": State.WITHDRAWN})
    audit.record(action=AuditEntry.Action.UPDATE, by=by, subject=decision, changes={"state": [former, "withdrawn"]})
    return decision


@transaction.atomic
def put_into_force(decision: Decision) -> int:
    """Make the chosen classes those of the customers and tell who must know; returns how many changed.

    Called when a second person has approved and the day has come, never before.
    """
    if decision.state != State.APPROVED:
        raise ValueError("Only an approved decision can be put into force.")
    lines = list(decision.lines.select_related("customer"))
    present = {
        row.customer_id: row for row in Classification.objects.filter(customer__decision_line__decision=decision)
    }
    changed = 0
    for line in lines:
        values = {"kind": line.chosen, "line": line, "override_until": line.override_until}
        row = present.get(line.customer_id)
        if row is None:
            Classification.objects.create(customer=line.customer, since=decision.effective_on, **values)
            changed += 1
            continue
        if row.kind != line.chosen:
            values["since"] = decision.effective_on
            changed += 1
        row.apply(values)
    decision.apply({"state": State.IN_FORCE, "applied_at": timezone.now()})
    decision.notices.filter(told_at__isnull=True).update(told_at=timezone.now())
    _tell_all(decision, [notice.person for notice in decision.notices.select_related("person")])
    _tell_owners(decision, lines)
    return changed


@transaction.atomic
def acknowledge(*, decision_id: int, by: User) -> bool:
    """Say that one has read what one was told; False when that was said before. Raises Notice.DoesNotExist."""
    notice = Notice.objects.select_for_update(of=("self",)).get(decision=decision_id, person=by, told_at__isnull=False)
    if notice.acknowledged_at is not None:
        return False
    notice.acknowledged_at = timezone.now()
    notice.save(update_fields=["acknowledged_at"])
    return True


def bring_due_decisions(*, today: date) -> dict[str, int]:
    """What each morning does: put into force what is due, let exceptions end that have run out."""
    applied = 0
    for key in Decision.objects.due(today).values_list("pk", flat=True):
        with transaction.atomic():
            decision = Decision.objects.due(today).select_for_update(of=("self",)).filter(pk=key).first()
            if decision is not None:
                put_into_force(decision)
                applied += 1
    return {"applied": applied, "lapsed": _let_exceptions_end(today)}


@transaction.atomic
def _let_exceptions_end(today: date) -> int:
    """A customer whose exception ran out is again what the figures said; without figures the class stays."""
    rows = Classification.objects.filter(override_until__lt=today).select_related("line__decision", "customer")
    count = 0
    for row in rows.select_for_update(of=("self",)):
        line = row.line
        values: dict[str, Any] = {"override_until": None}
        if line.calculated:
            values |= {"kind": line.calculated, "since": today}
        row.apply(values)
        notify(
            user=line.decision.drafted_by,
            kind=LAPSED,
            key=f"lapsed:{line.pk}:{row.version}",
            subject=_("The exception for %(customer)s has run out: decide again."),
            params={"customer": row.customer.name},
            url=reverse("selection:decision-detail", args=[line.decision_id]),
            customer_id=row.customer_id,
        )
        count += 1
    return count


def _tell_all(decision: Decision, people: Sequence[User]) -> None:
    for person in people:
        notify(
            user=person,
            kind=TOLD,
            key=f"decided:{decision.pk}",
            subject=_("Decided: %(title)s. Please say that you have read it."),
            params={"title": decision.title},
            url=reverse("selection:decision-detail", args=[decision.pk]),
        )


def _tell_owners(decision: Decision, lines: Sequence[DecisionLine]) -> None:
    """Each account manager hears what became of his own customers where that changed."""
    teams = {line.customer.account_team_id: line for line in lines if line.chosen != line.former}
    owners = TeamMembership.objects.on_day(timezone.localdate()).owners().filter(team__in=teams).select_related("user")
    for membership in owners:
        line = teams[membership.team_id]
        notify(
            user=membership.user,
            kind=TOLD,
            key=f"decided:{decision.pk}:{line.customer_id}",
            subject=_("%(customer)s is now: %(kind)s."),
            params={"customer": line.customer.name, "kind": ClassChoice(line.chosen).label},
            url=reverse("selection:decision-detail", args=[decision.pk]),
            customer_id=line.customer_id,
        )


def _prepared(decision_id: int, version: int | None, by: User) -> Decision:
    """A decision that the person may prepare, locked."""
    decision: Decision = Decision.objects.visible_to(by).locked(decision_id, version)
    if not permissions.can_prepare_decisions(by):
        raise NotAllowed("selection_decision", Verb.UPDATE)
    return decision


def _draft(decision_id: int, version: int | None, by: User) -> Decision:
    decision = _prepared(decision_id, version, by)
    if decision.state != State.DRAFT:
        raise DomainError(_("Only a draft can be changed. Withdraw it and draft a new one."))
    return decision
