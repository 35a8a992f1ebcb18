"""Many customers as another system knows them, in one call: each row with its own outcome, written as sets.

The rules are those of `upserts.upsert_customer`; the writing is that of imports, so that a thousand rows take seconds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from accounts.models import AuditEntry, User
from accounts.services import audit
from customers.models import Customer
from customers.services.cleaning import refusing
from customers.services.customers import CONSTRAINTS
from customers.services.external_ids import CONSTRAINTS as KEY_CONSTRAINTS
from customers.services.imports import writing
from customers.services.imports.customer_drafts import write_drafts
from customers.services.imports.engine import save_in_parts
from customers.services.known_customers import KnownCustomers
from customers.services.tags import put_many
from kcrm.lib import words
from kcrm.lib.access import Verb
from kcrm.lib.errors import DomainError, NotAllowed
from kcrm.lib.imports import Done, Outcome, Row, Run

FIELD_OF_ROW: Final = "[{}].{}"


@dataclass(frozen=True, slots=True)
class Upserted:
    """What became of one row: `number` is its place in the call, `id` and `version` those of its customer.

    `errors` are (field, code, sentence), of refused rows only.
    """

    number: int
    done: Done
    id: int | None = None
    version: int | None = None
    errors: tuple[tuple[str, str, str], ...] = ()


@transaction.atomic
def upsert_customers(*, rows: Mapping[int, Mapping[str, Any]], by: User, all_or_none: bool = False) -> list[Upserted]:
    """Upsert many customers, {place in the call: values}; rows that are refused do not hold up the others.

    A row has `source` and `value` beside the values of a customer, may have `tags` and `despite`, and a `version` from
    which it was made. Answers in the order of the rows. With `all_or_none` the first refusal is raised instead, and
    nothing is kept: NotAllowed, or DomainError whose field names the row, such as `[3].country`.
    """
    by_source: dict[str, list[Row]] = {}
    for number, values in rows.items():
        by_source.setdefault(words.clean_line(values.get("source") or ""), []).append(Row(number, values))
    outcomes: dict[int, Outcome] = {}
    for source, group in by_source.items():
        run = Run(by=by, source=source, today=timezone.localdate(), via=None)
        outcomes |= {outcome.number: outcome for outcome in save_in_parts(group, run, save_customers)}
    refused = [outcomes[number] for number in rows if outcomes[number].done is Done.REJECTED]
    if refused and all_or_none:
        raise _problem(refused[0])
    _note_denials(refused, by)
    ids = {outcome.id for outcome in outcomes.values() if outcome.id is not None}
    versions = dict(Customer.objects.filter(pk__in=ids).values_list("pk", "version"))
    return [_upserted(outcomes[number], versions) for number in rows]


def save_customers(rows: Sequence[Row], run: Run) -> list[Outcome]:
    """Create and change the customers of rows from one system, with a number of statements that rows do not add to."""
    known = KnownCustomers(rows, run)
    drafts, refused = known.drafts()
    outcomes = {row.number: Outcome.refused(row, error) for row, error in refused}
    with refusing({**CONSTRAINTS, **KEY_CONSTRAINTS}):
        write_drafts(drafts, known, run)
        put_many({draft.customer.pk: known.tags_of(draft.row) for draft in drafts if draft.beside})
    for draft in drafts:
        outcomes[draft.row.number] = writing.outcome_of(draft.row, draft.customer, draft.images, {})
    return [outcomes[row.number] for row in rows]


def _problem(outcome: Outcome) -> Exception:
    if outcome.code == "not_allowed":
        return NotAllowed("account_profile", Verb.UPDATE)
    return DomainError(outcome.reason, field=FIELD_OF_ROW.format(outcome.number, outcome.field), code=outcome.code)


def _note_denials(refused: Sequence[Outcome], by: User) -> None:
    """One entry in the trail for the rows of a call that were refused for want of a right."""
    denied = [outcome.number for outcome in refused if outcome.code == "not_allowed"]
    if denied:
        audit.record(
            action=AuditEntry.Action.DENIED, by=by, subject_type="account_profile", changes={"rows": [None, denied]}
        )


def _upserted(outcome: Outcome, versions: Mapping[int, int]) -> Upserted:
    if outcome.done is Done.REJECTED:
        return Upserted(outcome.number, outcome.done, errors=((outcome.field, outcome.code, outcome.reason),))
    return Upserted(outcome.number, outcome.done, outcome.id, versions.get(outcome.id or 0))
