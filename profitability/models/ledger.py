"""The sales ledger: documents and their lines as the books have them, and the months that are closed.

Amounts are ledger units (1/10,000) of the reporting currency. Credit notes count negative, whatever sign their file
used, so that every sum over lines is right without knowing the kind.
"""

from __future__ import annotations

from typing import ClassVar

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from profitability.models.references import REFERENCES_OF_LINES, kept_while_lines_refer
from profitability.querysets import (
    LedgerDocumentQuerySet,
    LedgerLineQuerySet,
    LedgerLoadQuerySet,
    PeriodCloseQuerySet,
)


class LedgerLoad(models.Model):
    """One delivery of ledger lines: a file, a command, a call. Says who brought it and whether it ties to its source.

    `file_*` is what the sender's rows add up to, `ledger_*` what the ledger holds of these same lines afterwards.
    """

    class State(models.TextChoices):
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")

    source = models.CharField(_("system"), max_length=40)
    name = models.CharField(_("file"), max_length=200, blank=True)
    loaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("loaded by")
    )
    started_at = models.DateTimeField(_("started at"), default=timezone.now)
    finished_at = models.DateTimeField(_("finished at"), null=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.RUNNING)
    read = models.PositiveIntegerField(_("rows read"), default=0)
    created = models.PositiveIntegerField(_("lines added"), default=0)
    updated = models.PositiveIntegerField(_("lines corrected"), default=0)
    unchanged = models.PositiveIntegerField(_("lines unchanged"), default=0)
    rejected = models.PositiveIntegerField(_("rows refused"), default=0)
    file_net_units = models.BigIntegerField(default=0)
    ledger_net_units = models.BigIntegerField(default=0)

    objects = LedgerLoadQuerySet.as_manager()

    class Meta:
        verbose_name = _("ledger load")
        verbose_name_plural = _("ledger loads")

    def __str__(self) -> str:
        return self.name or f"{self.source} {self.pk}"


# A row enters the ledger without a second write; what a correction or removal replaces is kept
@pghistory.track(pghistory.UpdateEvent("corrected", row=pghistory.Old), pghistory.DeleteEvent("removed"))
class LedgerDocument(models.Model):
    """An invoice or credit note, for the customer the goods went to."""

    class Kind(models.TextChoices):
        INVOICE = "invoice", _("Invoice")
        CREDIT_NOTE = "credit_note", _("Credit note")

    access_resource = "sales_facts"

    source = models.CharField(_("system"), max_length=40)
    number = models.CharField(_("document number"), max_length=60)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices, default=Kind.INVOICE)
    customer = models.ForeignKey(
        "customers.Customer", on_delete=models.PROTECT, related_name="+", related_query_name="ledger_document",
        verbose_name=_("customer"), db_index=False,
    )  # fmt: skip
    document_on = models.DateField(_("document date"))
    posted_on = models.DateField(_("posted on"), help_text=_("The day that decides the period."))
    due_on = models.DateField(_("due on"), null=True, blank=True)
    shipped_on = models.DateField(_("shipped on"), null=True, blank=True)
    currency = models.CharField(_("currency of the document"), max_length=3)
    rate = models.DecimalField(
        _("rate"), max_digits=18, decimal_places=8, default=1,
        help_text=_("Reporting currency per unit of the document's currency, on the document date."),
    )  # fmt: skip
    freight_units = models.BigIntegerField(_("freight"), default=0)
    salesperson = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+",
        verbose_name=_("salesperson"), db_index=False,
    )  # fmt: skip
    salesperson_code = models.CharField(_("salesperson there"), max_length=60, blank=True)

    objects = LedgerDocumentQuerySet.as_manager()

    class Meta:
        verbose_name = _("ledger document")
        verbose_name_plural = _("ledger documents")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["source", "number"], name="profitability_document_once_per_source"),
            models.CheckConstraint(
                condition=Q(currency__regex="^[A-Z]{3}$"), name="profitability_document_iso_currency"
            ),
            models.CheckConstraint(condition=Q(rate__gt=0), name="profitability_document_rate_positive"),
        ]
        indexes: ClassVar = [
            models.Index(  # first, last and intervals between invoices are read in the index alone
                fields=["customer", "posted_on"], include=["document_on", "kind"], name="profitability_doc_of_customer"
            ),
            models.Index(fields=["posted_on", "id"], name="profitability_doc_by_date"),
        ]
        triggers: ClassVar = [kept_while_lines_refer("document_id")]

    def __str__(self) -> str:
        return self.number


@pghistory.track(pghistory.UpdateEvent("corrected", row=pghistory.Old), pghistory.DeleteEvent("removed"))
class LedgerLine(models.Model):
    """One product on one document. Customer and date repeat the document's, so that sums need no join.

    `net_units` is price x quantity x (1 - discount) x rate, rounded once to the unit. `cost_units` is the standard
    cost of the line; None where nobody knows it, which is not the same as free. `row_hash` is the hash of the text it
    was delivered as: a row that is delivered again need not be read again.

    Product and document are held by triggers that look at all lines of a statement at once: a foreign key asks for
    each line by itself, which would cost more than writing it.
    """

    class State(models.TextChoices):
        IMPORTED = "imported", _("imported")
        ESTIMATED = "estimated", _("estimated")
        ALLOCATED = "allocated", _("allocated")
        ADJUSTED = "adjusted", _("adjusted")

    access_resource = "sales_facts"
    field_classes: ClassVar[dict[str, str]] = {"cost_units": "F2"}

    document = models.ForeignKey(
        LedgerDocument,
        on_delete=models.CASCADE,
        related_name="lines",
        verbose_name=_("ledger document"),
        db_index=False,
        db_constraint=False,
    )
    line_no = models.PositiveIntegerField(_("line"))
    product = models.ForeignKey(
        "profitability.Product", on_delete=models.PROTECT, related_name="+", related_query_name="ledger_line",
        verbose_name=_("product"), db_index=False, db_constraint=False,
    )  # fmt: skip
    customer = models.ForeignKey(
        "customers.Customer", on_delete=models.PROTECT, related_name="+", related_query_name="ledger_line",
        verbose_name=_("customer"), db_index=False, db_constraint=False,
    )  # fmt: skip # the document's own key holds the customer; a second check of each line would cost a fifth of a load
    posted_on = models.DateField(_("posted on"))
    quantity = models.DecimalField(_("quantity"), max_digits=18, decimal_places=4)
    unit_price_units = models.BigIntegerField(_("unit price"))
    gross_units = models.BigIntegerField(_("gross"))
    discount_units = models.BigIntegerField(_("discount"))
    net_units = models.BigIntegerField(_("net"))
    cost_units = models.BigIntegerField(_("cost"), null=True)
    state = models.CharField(_("origin of the figures"), max_length=10, choices=State.choices, default=State.IMPORTED)
    row_hash = models.BigIntegerField(default=0)
    load = models.ForeignKey(
        LedgerLoad, on_delete=models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False
    )

    objects = LedgerLineQuerySet.as_manager()

    class Meta:
        verbose_name = _("ledger line")
        verbose_name_plural = _("ledger lines")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["document", "line_no"], name="profitability_line_once_per_document"),
            models.CheckConstraint(
                condition=Q(net_units=models.F("gross_units") - models.F("discount_units")),
                name="profitability_line_net_is_gross_less_discount",
            ),
        ]
        indexes: ClassVar = [
            models.Index(  # what a customer bought is counted in the index alone
                fields=["customer", "posted_on"],
                include=["product", "quantity", "cost_units"],
                name="profitability_line_of_customer",
            ),
            models.Index(fields=["product", "posted_on"], name="profitability_line_by_product"),
            models.Index(fields=["posted_on", "id"], name="profitability_line_by_date"),
        ]
        triggers: ClassVar = REFERENCES_OF_LINES

    def __str__(self) -> str:
        return f"{self.document_id}/{self.line_no}"


@pghistory.track()
class PeriodClose(models.Model):
    """A month whose books are closed: no line may enter it, change in it or leave it.

    What comes late is posted to an open month.
    """

    month = models.DateField(_("month"), unique=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("closed by")
    )
    closed_at = models.DateTimeField(_("closed at"), default=timezone.now)

    objects = PeriodCloseQuerySet.as_manager()

    class Meta:
        verbose_name = _("closed period")
        verbose_name_plural = _("closed periods")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(month__day=1), name="profitability_periodclose_is_a_month")
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"
