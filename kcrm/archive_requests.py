"""Ask for the archive of a customer, which a job makes."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy

from accounts.models import User
from customers import permissions
from customers.models import Customer
from jobs.models import Job
from jobs.services import enqueue
from kcrm.lib.access import Verb
from kcrm.lib.errors import NotAllowed

ARCHIVE: Final = "customers.archive"


def may_have_archive(customer: Customer, by: User) -> None:
    """Raise NotAllowed for who may not carry this customer away."""
    if not permissions.can_export_customer(by, customer):
        raise NotAllowed("account_profile", Verb.EXPORT)


def ask_for_archive(*, customer_id: int, by: User) -> Job:
    """Have everything packed that the person may see about a customer. Raises DoesNotExist, NotAllowed."""
    customer: Customer = Customer.objects.visible_to(by).select_related("org_unit").get(pk=customer_id)
    may_have_archive(customer, by)
    return enqueue(
        kind=ARCHIVE,
        args={"customer": customer.pk},
        key=f"archive:{customer.pk}:{by.pk}",
        by=by,
        title=gettext_lazy("Archive of %(customer)s"),
        title_values={"customer": customer.name},
        customer_id=customer.pk,
    )
