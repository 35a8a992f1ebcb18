"""Write down how a customer sees its suppliers; what it adds up to follows in the same transaction (M03)."""

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
from kcrm.lib.errors import DomainError, NotAllowed
from selection import permissions
from selection.calculations.weights import points_of_100
from selection.models import Alternative, Competitor, CustomerView, SupplierScore, ViewFactor
from selection.selectors.strengths import Comparison, comparison_of
from selection.services.trails import record_positions

LOWEST, HIGHEST = Decimal(1), Decimal(10)
MOST_FACTORS: Final = 12
FACTOR_FIELDS: Final = frozenset({"name", "weight", "evidence", "said_by_id", "said_on", "note"})
SCORE_FIELDS: Final = frozenset({"score", "evidence", "said_by_id", "observed_on", "note"})


@transaction.atomic
def save_factor(
    *,
    customer_id: int,
    values: Mapping[str, Any],
    scores: Sequence[Mapping[str, Any]] = (),
    by: User,
    today: date,
    factor_id: int | None = None,
    version: int | None = None,
) -> ViewFactor:
    """Write down one of the customer's factors (a new one without `factor_id`) and what each supplier scores on it.

    Each of `scores` names its `alternative_id` (None for us) and has the fields of `SupplierScore`; one without a
    `score` takes the score away. Raises DoesNotExist, NotAllowed, StaleVersion, DomainError.
    """
    view = _locked_view(customer_id, by)
    cleaned = _cleaned_factor(values, view.customer, today)
    if factor_id is None:
        if ViewFactor.objects.filter(customer=view.customer).count() >= MOST_FACTORS:
            raise DomainError(_("A dozen factors are enough: nobody weighs more of them."))
        _refuse_double(view.customer, cleaned.get("name", ""), None)
        last = ViewFactor.objects.filter(customer=view.customer).order_by("-position").first()
        factor = ViewFactor(customer=view.customer, position=last.position + 1 if last else 1, **cleaned)
        factor.save(force_insert=True)
        action, changes = AuditEntry.Action.CREATE, {name: [None, value] for name, value in cleaned.items()}
    else:
        factor = ViewFactor.objects.filter(customer=view.customer).locked(factor_id, version)
        if "name" in cleaned:
            _refuse_double(view.customer, cleaned["name"], factor.pk)
        action, changes = AuditEntry.Action.UPDATE, factor.apply(cleaned)
    for score in scores:
        changes |= _put_score(factor, score, by=by, today=today)
    if changes:
        audit.record(action=action, by=by, subject=factor, label=f"{view.customer} · {factor}", changes=changes)
        _work_out(view, today)
    return factor


@transaction.atomic
def remove_factor(*, customer_id: int, factor_id: int, version: int | None, by: User, today: date) -> None:
    """Take a factor away that the customer does not use after all; its scores go with it and stay in history."""
    view = _locked_view(customer_id, by)
    factor = ViewFactor.objects.filter(customer=view.customer).locked(factor_id, version)
    audit.record(action=AuditEntry.Action.DELETE, by=by, subject=factor, label=f"{view.customer} · {factor}")
    factor.delete()
    _work_out(view, today)


@transaction.atomic
def name_alternative(*, customer_id: int, kind: str, name: str = "", by: User, today: date) -> Alternative:
    """Name whom or what the customer could choose instead of us; one named before is returned as it is."""
    view = _locked_view(customer_id, by)
    competitor = _competitor(words.clean_line(name)) if kind == Alternative.Kind.RIVAL else None
    found, made = Alternative.objects.get_or_create(customer=view.customer, kind=kind, competitor=competitor)
    if made:
        label = f"{view.customer} · {found}"
        audit.record(action=AuditEntry.Action.CREATE, by=by, subject=found, label=label, changes={"kind": [None, kind]})
        _work_out(view, today)
    return found


@transaction.atomic
def remove_alternative(*, customer_id: int, alternative_id: int, by: User, today: date) -> None:
    """Take an alternative out of the comparison, with its scores."""
    view = _locked_view(customer_id, by)
    alternative = Alternative.objects.select_related("competitor").get(pk=alternative_id, customer=view.customer)
    label = f"{view.customer} · {alternative}"
    audit.record(action=AuditEntry.Action.DELETE, by=by, subject=alternative, label=label)
    alternative.delete()
    _work_out(view, today)


@transaction.atomic
def rate_supplier(
    *, customer_id: int, factor_id: int, alternative_id: int | None, values: Mapping[str, Any], by: User, today: date
) -> SupplierScore:
    """Write down what a supplier (None: we) scores on a factor of the customer; a second time replaces the first."""
    view = _locked_view(customer_id, by)
    factor = ViewFactor.objects.select_related("customer").get(pk=factor_id, customer=view.customer)
    changes = _put_score(factor, {**values, "alternative_id": alternative_id}, by=by, today=today)
    score: SupplierScore = SupplierScore.objects.get(factor=factor, alternative=alternative_id)
    if changes:
        label = f"{view.customer} · {factor}"
        audit.record(action=AuditEntry.Action.UPDATE, by=by, subject=score, label=label, changes=changes)
        _work_out(view, today)
    return score


@transaction.atomic
def balance_weights(*, customer_id: int, by: User, today: date) -> None:
    """Turn the customer's weights into whole points that total 100, in the same proportions (M01)."""
    view = _locked_view(customer_id, by)
    factors = list(ViewFactor.objects.filter(customer=view.customer).select_for_update())
    points = points_of_100({str(factor.pk): float(factor.weight) for factor in factors})
    if points is None:
        raise DomainError(_("No factor has a weight yet. Give at least one."))
    changes = {}
    for factor in factors:
        if moved := factor.apply({"weight": Decimal(points[str(factor.pk)])}):
            changes[str(factor)] = moved["weight"]
    if changes:
        audit.record(action=AuditEntry.Action.UPDATE, by=by, subject=view, label=str(view.customer), changes=changes)
        _work_out(view, today)


@transaction.atomic
def describe_view(
    *,
    customer_id: int,
    version: int | None,
    sole_source: bool,
    verified_on: date | None,
    verified_with_id: int | None,
    by: User,
    today: date,
) -> CustomerView:
    """Say whether we are the only source, and when the customer itself confirmed its view. `version` 0: none yet."""
    view = _locked_view(customer_id, by)
    if version:
        view = CustomerView.objects.select_related("customer__org_unit").locked(view.pk, version)
    _refuse_future(verified_on, today, "verified_on")
    _refuse_stranger(verified_with_id, view.customer, "verified_with")
    changes = view.apply({"sole_source": sole_source, "verified_on": verified_on, "verified_with_id": verified_with_id})
    if changes:
        audit.record(action=AuditEntry.Action.UPDATE, by=by, subject=view, label=str(view.customer), changes=changes)
        _work_out(view, today)
    return view


def _locked_view(customer_id: int, by: User) -> CustomerView:
    """The head of the customer's view, made with the first word about it, locked: writers of one view take turns."""
    customer = visible_customers(by, "score").select_related("org_unit").get(pk=customer_id)
    if not permissions.can_rate(by, customer):
        raise NotAllowed("score_sheet", Verb.CREATE)
    CustomerView.objects.get_or_create(customer=customer)
    view: CustomerView = (
        CustomerView.objects.select_for_update(of=("self",)).select_related("customer__org_unit").get(customer=customer)
    )
    return view


def _cleaned_factor(values: Mapping[str, Any], customer: Customer, today: date) -> dict[str, Any]:
    if unknown := set(values) - FACTOR_FIELDS:
        raise ValueError(f"No part of a customer's factor: {sorted(unknown)}")
    cleaned = dict(values)
    if "name" in cleaned:
        cleaned["name"] = words.clean_line(cleaned["name"])
        if not cleaned["name"]:
            raise DomainError(_("Say what the customer looks at."), field="name")
    if "note" in cleaned:
        cleaned["note"] = words.clean_text(cleaned["note"])
    if "weight" in cleaned and not 0 <= cleaned["weight"] <= 100:
        raise DomainError(_("A weight lies between 0 and 100."), field="weight")
    _refuse_future(cleaned.get("said_on"), today, "said_on")
    _refuse_stranger(cleaned.get("said_by_id"), customer, "said_by")
    return cleaned


def _refuse_double(customer: Customer, name: str, own: int | None) -> None:
    if ViewFactor.objects.filter(customer=customer, name__iexact=name).exclude(pk=own).exists():
        raise DomainError(_("This factor stands in the list already."), field="name")


def _refuse_future(day: date | None, today: date, field: str) -> None:
    if day is not None and day > today:
        raise DomainError(_("This day has not come yet."), field=field)


def _refuse_stranger(contact_id: int | None, customer: Customer, field: str) -> None:
    if contact_id is not None and not Contact.objects.filter(pk=contact_id, roles__customer=customer).exists():
        raise DomainError(_("Choose contacts of this customer."), field=field)


def _competitor(name: str) -> Competitor:
    if not name:
        raise DomainError(_("Name the rival: a nameless one cannot be compared with."), field="name")
    found = Competitor.objects.filter(name__iexact=name).first()
    return found or Competitor.objects.create(name=name)


def _put_score(factor: ViewFactor, values: Mapping[str, Any], *, by: User, today: date) -> dict[str, list[Any]]:
    """Make, change or take away one score; what changed, by supplier."""
    cleaned = {name: value for name, value in values.items() if name != "alternative_id"}
    if unknown := set(cleaned) - SCORE_FIELDS:
        raise ValueError(f"No part of a supplier's score: {sorted(unknown)}")
    alternative = None
    if (alternative_id := values.get("alternative_id")) is not None:
        alternative = Alternative.objects.select_related("competitor").get(
            pk=alternative_id, customer=factor.customer_id
        )
    label = str(alternative or _("us"))
    old = SupplierScore.objects.select_for_update().filter(factor=factor, alternative=alternative).first()
    if cleaned.get("score") is None:
        if old is None or "score" not in cleaned:
            return {}
        old.delete()
        return {label: [old.score, None]}
    if not LOWEST <= cleaned["score"] <= HIGHEST:
        raise DomainError(_("A score lies between 1 and 10."), field="score")
    _refuse_future(cleaned.get("observed_on"), today, "observed_on")
    _refuse_stranger(cleaned.get("said_by_id"), factor.customer, "said_by")
    cleaned["note"] = words.clean_text(cleaned.get("note", ""))
    if old is None:
        SupplierScore.objects.create(
            customer=factor.customer, factor=factor, alternative=alternative, rated_by=by, **cleaned
        )
        return {label: [None, cleaned["score"]]}
    before = old.score
    changes = old.apply(cleaned)
    if changes and old.rated_by_id != by.pk:
        old.apply({"rated_by": by})
    return {label: [before, cleaned["score"]]} if changes else {}


def _work_out(view: CustomerView, today: date) -> None:
    """Keep what the view adds up to beside it: for the matrix, lists and the trail."""
    comparison = comparison_of(view.customer, sole_source=view.sole_source, today=today)
    # The figures are derived, so the version stays: nobody's open form becomes stale by a colleague's score.
    CustomerView.objects.filter(pk=view.pk).update(**_figures(comparison))
    record_positions(today=today, customer_ids=[view.customer_id])


def _figures(comparison: Comparison) -> dict[str, Any]:
    found = comparison.found
    names = {str(one.pk): str(one) for one in comparison.alternatives}
    best = found.best
    return {
        "ratio": _rounded(found.ratio),
        "gap": _rounded(found.gap),
        "place": _rounded(found.position),
        "our_score": _rounded(best.ours if best else found.us.score),
        "best_score": _rounded(best.theirs if best else None),
        "best_name": names[best.alternative] if best else "",
        "is_strong": found.strong,
        "confidence": _rounded(found.evidence.confidence),
        "is_hollow": found.evidence.hollow,
        "solid_until": comparison.solid_until,
        "oldest_on": found.evidence.oldest_on,
        "reason": str(found.reasons[0].code) if found.reasons else "",
    }


def _rounded(value: float | None) -> Decimal | None:
    return None if value is None else round(Decimal(str(value)), 4)
