"""Bring account teams in: who works for which customer, as what, seeing how much, from when."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import AuditEntry, User
from accounts.services import audit
from accounts.services.naming import people_named
from customers import permissions
from customers.models import Customer
from customers.services.cleaning import cleaned, refusing
from customers.services.customers import forget_reach
from customers.services.imports import writing
from customers.services.imports.references import customers_named
from kcrm.lib.access import Verb
from kcrm.lib.errors import DomainError
from kcrm.lib.imports import Done, Outcome, Row, RowError, Run
from teams.models import TeamMembership

FIELDS: Final = ("function", "level", "fin", "political", "negotiation", "valid_to", "days_per_month")
FLAGS: Final = {"fin": "none", "political": False, "negotiation": False}
CONSTRAINTS: Final = {
    "teams_membership_one_owner_at_a_time": ("level", gettext_lazy("The account has an owner in this time.")),
    "teams_membership_person_once_at_a_time": (
        "person",
        gettext_lazy("This person is in the team in this time already."),
    ),
    "teams_membership_ends_after_start": ("valid_to", gettext_lazy("The end lies before the beginning.")),
    "teams_membership_days_fit_a_month": ("days_per_month", gettext_lazy("A month has up to 31 days.")),
}


def save_team_members(rows: Sequence[Row], run: Run) -> list[Outcome]:
    """Make and change memberships, known by customer, person and first day; one outcome a row."""
    customers = customers_named((row.values.get("customer") for row in rows), run)
    people = people_named((row.values.get("person") for row in rows), run.source)
    teams = {c.account_team_id for c in customers.by_key.values()} | {
        c.account_team_id for named in customers.by_name.values() for c in named
    }
    known: dict[tuple[int, int], list[TeamMembership]] = defaultdict(list)
    for membership in TeamMembership.objects.filter(team__in=teams).select_for_update().order_by("valid_from"):
        known[membership.team_id, membership.user_id].append(membership)
    outcomes = []
    with refusing(CONSTRAINTS):
        for row in rows:
            try:
                outcomes.append(_save_one(row, run, customers.get(row.values["customer"], field="customer"),
                                          people.get(row.values["person"], field="person"), known))  # fmt: skip
            except DomainError as error:
                outcomes.append(Outcome.refused(row, error))
    if any(outcome.done in {Done.CREATED, Done.UPDATED} for outcome in outcomes):
        forget_reach(run.by)
    return outcomes


def _save_one(
    row: Row, run: Run, customer: Customer, person: User, known: dict[tuple[int, int], list[TeamMembership]]
) -> Outcome:
    given = row.values
    values = cleaned(TeamMembership, {name: given[name] for name in FIELDS if name in given})
    places = known[customer.account_team_id, person.pk]
    start = given.get("valid_from") or (places[-1].valid_from if places else run.today)
    place = next((membership for membership in places if membership.valid_from == start), None)
    changes = writing.differences(place, values, run) if place else {}
    if place is not None and not changes:
        return writing.outcome_of(row, place, [], {})
    _refuse_grant(run.by, customer, person, values)
    if place is None:
        if values.get("level") == TeamMembership.Level.OWNER:
            _refuse_second_owner(customer, start)
        place = TeamMembership.objects.create(team_id=customer.account_team_id, user=person, valid_from=start, **values)
        places.append(place)
        images = [writing.made(place, {"user": person.pk, "valid_from": start, **values})]
        shown = {name: [None, value] for name, value in values.items()}
    else:
        place.apply({name: after for name, (_before, after) in changes.items()})
        images = [writing.changed(place, changes)]
        shown = changes
    audit.record(
        action=AuditEntry.Action.GRANT,
        by=run.by,
        subject=place,
        customer_id=customer.pk,
        label=str(person),
        changes=shown,
        via="import",
    )
    outcome = writing.outcome_of(row, place, images, changes)
    outcome.customer_id, outcome.label = customer.pk, f"{person} · {customer}"
    return outcome


def _refuse_grant(by: User, customer: Customer, person: User, values: dict[str, Any]) -> None:
    """Directors grant everything in their portfolio, account managers reading and contributing; nobody to himself."""
    if permissions.has_token(by) or not permissions.may(by, "account_team", Verb.GRANT, customer):
        raise RowError(_("You may not change this account team."), field="customer", code="not_allowed")
    if permissions.leads_unit(by, customer.org_unit):
        if person.pk == by.pk:
            raise RowError(_("Nobody gives rights to himself."), field="person", code="not_allowed")
        return
    flags = any(values.get(name, plain) != plain for name, plain in FLAGS.items())
    if values.get("level") == TeamMembership.Level.OWNER or flags or person.pk == by.pk:
        raise RowError(
            _("Only the director gives ownership and the flags for finance, political notes and negotiation."),
            field="level",
            code="not_allowed",
        )


def _refuse_second_owner(customer: Customer, start: Any) -> None:
    """Refuse a second owner in a sentence, before the database does in its own words."""
    taken = TeamMembership.objects.owners().filter(team_id=customer.account_team_id, valid_from__lte=start)
    if taken.exclude(valid_to__lte=start).exists():
        raise RowError(_("The account has an owner on %(day)s; end that first.") % {"day": start}, field="level")
