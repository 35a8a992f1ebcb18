"""Fill in the fields of one's own of customers who are here, for whoever may write them: finance too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.services.naming import People, people_named
from customers import permissions
from customers.custom_fields import CUSTOMER
from customers.models import Customer
from customers.services.customers import update_customer
from customers.services.imports import writing
from customers.services.imports.references import customers_named
from fields.definitions import Book, book_for
from fields.importing import imported_values, in_words, people_in
from kcrm.lib.errors import DomainError
from kcrm.lib.imports import Outcome, Row, RowError, Run


@dataclass(frozen=True)
class _Known:
    run: Run
    book: Book
    people: People


def save_customer_fields(rows: Sequence[Row], run: Run) -> list[Outcome]:
    """Put the values of each row into its customer, by the right on the class of each field; one outcome a row."""
    customers = customers_named((row.values.get("customer") for row in rows), run)
    book = book_for(run.by)
    known = _Known(run, book, people_named(people_in(CUSTOMER.key, [row.values for row in rows], book), run.source))
    outcomes = []
    for row in rows:
        try:
            outcomes.append(_save(row, customers.get(row.values["customer"], field="customer"), known))
        except DomainError as error:
            outcomes.append(Outcome.refused(row, error))
    return outcomes


@transaction.atomic
def _save(row: Row, named: Customer, known: _Known) -> Outcome:
    by, run = known.run.by, known.run
    customer: Customer = Customer.objects.visible_to(by).select_related("org_unit").locked(named.pk, None)
    classes = permissions.writable_custom_classes(by, permissions.standings_for(by, customer))
    if not classes:
        raise RowError(_("You may not change this customer."), field="customer", code="not_allowed")
    values = imported_values(
        CUSTOMER.key, customer.custom, row.values, run=run, book=known.book, people=known.people, classes=classes,
        is_new=False,
    )  # fmt: skip
    changes = writing.differences(customer, {"custom": values}, run)
    if not changes:
        return writing.outcome_of(row, customer, [], {})
    changed = {key: value for key, value in values.items() if customer.custom.get(key) != value}
    update_customer(customer_id=customer.pk, version=None, values={"custom": changed}, by=by)
    shown = in_words(CUSTOMER.key, changes, known.book)
    return writing.outcome_of(row, customer, [writing.changed(customer, changes)], shown)
