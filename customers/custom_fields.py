"""Which records of customers can have fields of one's own."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from fields.registry import RecordType, register

CUSTOMER: Final = register(
    RecordType("customer", _("Customers"), "customers.customer", classes=("F0", "F1", "F2", "F3"))
)
CONTACT: Final = register(RecordType("contact", _("Contacts"), "customers.contact", classes=("F6", "F6P")))
INTERACTION: Final = register(RecordType("interaction", _("Interactions"), "customers.interaction", names_people=True))
TASK: Final = register(RecordType("task", _("Tasks"), "customers.task", names_people=True))
AGREEMENT: Final = register(RecordType("agreement", _("Agreements"), "customers.agreement", classes=("F0", "F1")))
