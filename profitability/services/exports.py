"""Carry away what a customer bought month by month."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from customers.models import Customer
from kcrm.lib import export
from kcrm.lib.access import Verb
from kcrm.lib.errors import NotAllowed
from kcrm.lib.keeper import keeper
from kcrm.lib.money import from_units
from profitability import permissions
from profitability.selectors.sales import CustomerSales


@transaction.atomic
def export_months(customer: Customer, sales: CustomerSales, form: str, *, by: User) -> export.ExportFile:
    """The months of a customer's page as a file, entered into the trail. Raises NotAllowed, BadQuery."""
    if not permissions.can_export_sales_of(by, customer):
        raise NotAllowed("sales_facts", Verb.EXPORT)
    now = timezone.localtime()
    table = export.Table(
        key="customer-months",
        title=_("Net sales by month"),
        columns=(
            export.ExportColumn("month", _("Month"), export.Kind.DATE),
            export.ExportColumn("net", _("Net sales"), export.Kind.NUMBER, places=2),
            export.ExportColumn("year_before", _("a year earlier"), export.Kind.NUMBER, places=2),
        ),
        rows=[(m.month, from_units(m.net_units), from_units(m.year_before_units)) for m in sales.months],
        totals=(
            _("Total"),
            from_units(sum(m.net_units for m in sales.months)),
            from_units(sum(m.year_before_units for m in sales.months)),
        ),
        about=(
            (_("Customer"), customer.name),
            (_("Currency"), settings.KCRM_REPORTING_CURRENCY),
            (_("Made at"), now.isoformat(timespec="minutes")),
            (_("Time zone"), timezone.get_current_timezone_name()),
            (_("Made by"), str(by)),
        ),
    )
    written = export.write_file(table, form, today=now.date())
    keeper().record_export(
        by=by,
        key=table.key,
        title=f"{table.title}: {customer.name}",
        columns=[column.name for column in table.columns],
        filters=f"customer={customer.pk}",
        count=written.count,
        digest=written.digest,
        form=form,
    )
    return written
