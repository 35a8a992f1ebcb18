"""Write down what ties a customer and us; what it adds up to follows in the same transaction (M10-M13, M35)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import AuditEntry, User
from accounts.services import audit
from customers.models import Contact, Customer
from customers.querysets import visible_customers
from kcrm.lib import words
from kcrm.lib.access import Verb
from kcrm.lib.errors import DomainError, NotAllowed, StaleVersion
from selection import permissions
from selection.calculations.bonds import SwitchingItem
from selection.calculations.dependence import CustomerDependence, OurDependence
from selection.calculations.relationship_quality import Dimension
from selection.calculations.stages import StageItem
from selection.models import (
    BandChoice,
    Bond,
    CellText,
    DependenceAssessment,
    QualityResponse,
    Relationship,
    SideChoice,
    StageAssessment,
)
from selection.selectors.relationships import RelationshipFigures, figures_for
from selection.services.trails import record_positions

CHUNK: Final = 1_000
DEPENDENCE_ITEMS: Final = frozenset({*map(str, CustomerDependence), *map(str, OurDependence)})


@transaction.atomic
def set_bonds(
    *, customer_id: int, bonds: Mapping[str, tuple[int | None, str]], by: User, today: date, version: int | None = None
) -> Relationship:
    """Assess the bonds named: {kind: (strength 0-4, what ties us)}; None takes an assessment away."""
    head = _locked(customer_id, by, version)
    changes: dict[str, list[Any]] = {}
    stored = {bond.kind: bond for bond in Bond.objects.filter(customer=head.customer).select_for_update()}
    for kind, (score, note) in bonds.items():
        if kind not in Bond.Kind.values or (score is not None and not 0 <= score <= 4):
            raise DomainError(_("A bond has a strength from 0 to 4."), field=kind)
        bond = stored.get(kind)
        if score is None:
            if bond:
                changes[kind] = [bond.score, None]
                bond.delete()
        elif bond is None:
            Bond.objects.create(
                customer=head.customer,
                kind=kind,
                score=score,
                note=words.clean_text(note),
                assessed_on=today,
                assessed_by=by,
            )
            changes[kind] = [None, score]
        elif (bond.score, bond.note) != (score, words.clean_text(note)):
            changes[kind] = [bond.score, score]
            bond.apply({"score": score, "note": words.clean_text(note), "assessed_on": today, "assessed_by_id": by.pk})
    return _kept(head, changes, by=by, today=today)


@transaction.atomic
def set_switching_cost(
    *,
    customer_id: int,
    costs: Mapping[str, Decimal | None],
    locked_in: str,
    note: str,
    by: User,
    today: date,
    version: int | None = None,
) -> Relationship:
    """Say what leaving us would cost the customer, item by item, and who is locked in. None: not known."""
    head = _locked(customer_id, by, version)
    if set(costs) - set(map(str, SwitchingItem)):
        raise ValueError(f"No part of a switching cost: {sorted(costs)}")
    for name, amount in costs.items():
        if amount is not None and amount < 0:
            raise DomainError(_("A cost is never negative."), field=name)
    changes = head.apply({**costs, "locked_in": locked_in, "note": words.clean_text(note)})
    return _kept(head, changes, by=by, today=today)


@transaction.atomic
def assess_stage(
    *,
    customer_id: int,
    side: str,
    answers: Mapping[str, int | None],
    said_by_id: int | None,
    note: str,
    by: User,
    today: date,
) -> StageAssessment:
    """Answer the six questions for one side, 1 to 4 each; a second time replaces the first, which stays in history."""
    head = _locked(customer_id, by, None)
    values = {
        "answers": _answers(answers, set(map(str, StageItem)), 4),
        "said_by_id": _seen_contact(said_by_id if side == SideChoice.CUSTOMER else None, head.customer),
        "note": words.clean_text(note),
        "assessed_on": today,
        "assessed_by_id": by.pk,
    }
    row, made = StageAssessment.objects.select_for_update().get_or_create(
        customer=head.customer, side=SideChoice(side), defaults=values
    )
    changes = {"answers": [None, values["answers"]]} if made else row.apply(values)
    _kept(head, {f"stage {side}": list(one) for one in changes.values()}, by=by, today=today)
    return row


@transaction.atomic
def answer_quality(
    *,
    customer_id: int,
    side: str,
    answers: Mapping[str, Sequence[int | None]],
    said_by_id: int | None,
    by: User,
    today: date,
) -> QualityResponse:
    """Keep one respondent's answers of 1 to 7: a contact's for the customer's side, one's own for ours."""
    head = _locked(customer_id, by, None)
    if set(answers) - set(map(str, Dimension)):
        raise ValueError(f"No dimension of quality: {sorted(answers)}")
    cleaned = {}
    for name, given in answers.items():
        known = [answer for answer in given if answer is not None]
        if any(not 1 <= answer <= 7 for answer in known):
            raise DomainError(_("An answer lies between 1 and 7."), field=name)
        if known:
            cleaned[name] = known
    person = _seen_contact(said_by_id if side == SideChoice.CUSTOMER else None, head.customer)
    row, made = QualityResponse.objects.select_for_update().get_or_create(
        customer=head.customer,
        side=SideChoice(side),
        said_by_id=person,
        assessed_by=by,
        defaults={"answers": cleaned, "answered_on": today},
    )
    changes = {"answers": [None, cleaned]} if made else row.apply({"answers": cleaned, "answered_on": today})
    _kept(head, {f"quality {side}": list(one) for one in changes.values()}, by=by, today=today)
    return row


@transaction.atomic
def assess_dependence(
    *,
    customer_id: int,
    answers: Mapping[str, int | None],
    profit_impact: int | None,
    supply_risk: int | None,
    note: str,
    by: User,
    today: date,
) -> DependenceAssessment:
    """Say who needs whom: eight answers of 1 to 5, and where our goods sit in the buyer's portfolio."""
    head = _locked(customer_id, by, None)
    mirrors = _answers({"profit_impact": profit_impact, "supply_risk": supply_risk}, None, 5)
    values = {
        "answers": _answers(answers, DEPENDENCE_ITEMS, 5),
        "profit_impact": mirrors.get("profit_impact"),
        "supply_risk": mirrors.get("supply_risk"),
        "note": words.clean_text(note),
        "assessed_on": today,
        "assessed_by_id": by.pk,
    }
    row, made = DependenceAssessment.objects.select_for_update().get_or_create(customer=head.customer, defaults=values)
    changes = {"answers": [None, values["answers"]]} if made else row.apply(values)
    _kept(head, {f"dependence {name}": change for name, change in changes.items()}, by=by, today=today)
    return row


@transaction.atomic
def write_cell_text(*, attractiveness: str, status: str, text: str, version: int | None, by: User) -> CellText:
    """Say in our own words what we do with the customers of a cell; an empty text gives the method's word back."""
    if not permissions.can_edit_models(by):
        raise NotAllowed("scoring_model", Verb.UPDATE)
    cell = {"attractiveness": BandChoice(attractiveness), "status": BandChoice(status)}
    row, made = CellText.objects.select_for_update().get_or_create(**cell, defaults={"text": ""})
    if version and not made and row.version != version:
        raise StaleVersion(_("Somebody else saved this first. Compare both versions and save again."), current=row)
    changes = row.apply({"text": words.clean_text(text)})
    if changes:
        audit.record(action=AuditEntry.Action.UPDATE, by=by, subject=row, changes=changes)
    return row


def refresh_all(*, today: date) -> int:
    """Work all relationships out again, as sales and time have moved on; the number of them. Part of a scoring run."""
    keys = list(Relationship.objects.filter(customer__deleted_at__isnull=True).values_list("customer_id", flat=True))
    for chunk in _chunks(keys):
        figures = figures_for(chunk, today=today)
        for pk, found in figures.items():
            Relationship.objects.filter(customer=pk).update(**_columns(found))
    return len(keys)


def _chunks(keys: Sequence[int]) -> list[list[int]]:
    return [list(keys[at : at + CHUNK]) for at in range(0, len(keys), CHUNK)]


def _locked(customer_id: int, by: User, version: int | None) -> Relationship:
    """The head of the relationship, made with the first word about it, locked."""
    customer = visible_customers(by, "score").select_related("org_unit").get(pk=customer_id)
    if not permissions.can_rate(by, customer):
        raise NotAllowed("score_sheet", Verb.CREATE)
    Relationship.objects.get_or_create(customer=customer)
    rows = Relationship.objects.select_for_update(of=("self",)).select_related("customer")
    head: Relationship = rows.get(customer=customer)
    if version and head.version != version:
        raise StaleVersion(_("Somebody else saved this first. Compare both versions and save again."), current=head)
    return head


def _answers(answers: Mapping[str, int | None], known: set[str] | frozenset[str] | None, most: int) -> dict[str, int]:
    if known is not None and set(answers) - known:
        raise ValueError(f"No question: {sorted(set(answers) - known)}")
    given = {name: answer for name, answer in answers.items() if answer is not None}
    for name, answer in given.items():
        if not 1 <= answer <= most:
            raise DomainError(_("An answer lies between 1 and %(most)s.") % {"most": most}, field=name)
    return given


def _seen_contact(contact_id: int | None, customer: Customer) -> int | None:
    if contact_id is not None and not Contact.objects.filter(pk=contact_id, roles__customer=customer).exists():
        raise DomainError(_("Choose contacts of this customer."), field="said_by")
    return contact_id


def _kept(head: Relationship, changes: dict[str, list[Any]], *, by: User, today: date) -> Relationship:
    """Audit what changed and keep what it adds up to; the version grows so that an open form notices."""
    if not changes:
        return head
    audit.record(action=AuditEntry.Action.UPDATE, by=by, subject=head, label=str(head.customer), changes=changes)
    found = figures_for([head.customer_id], today=today)[head.customer_id]
    head.apply(_columns(found))
    record_positions(today=today, customer_ids=[head.customer_id])
    return head


def _columns(found: RelationshipFigures) -> dict[str, Any]:
    return {
        "bond_index": _rounded(found.bonds.index),
        "has_key_person_risk": found.bonds.key_person_risk,
        "our_stage": found.stages[SideChoice.US].stage or "",
        "their_stage": found.stages[SideChoice.CUSTOMER].stage or "",
        "quality_index": _rounded(found.quality_counted.index),
        "share_of_wallet": _rounded(found.share_of_wallet),
        "tenure_years": _rounded(found.tenure_years, 2),
        "status": _rounded(found.status.index),
        "status_coverage": _rounded(found.status.coverage),
        "is_provisional": found.status.provisional,
        "customer_dependence": _rounded(found.dependence.customer, 2),
        "our_dependence": _rounded(found.dependence.ours, 2),
        "dependence": found.dependence.position or "",
    }


def _rounded(value: float | None, digits: int = 4) -> Decimal | None:
    return None if value is None else round(Decimal(str(value)), digits)
