"""Roles, scopes and what stands in the audit trail, in plain words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models.users import Role
from kcrm.lib import formats

LONGEST: Final = 200

ROLE_HELP: Final[Mapping[str, Any]] = {
    Role.DIRECTOR: _("leads a portfolio, approves plans and decisions in it"),
    Role.FINANCE: _("sees and keeps revenue, cost, margin and credit of all customers"),
    Role.SERVICE_AGENT: _("works on cases of customers in the queue"),
    Role.PROGRAMME_OFFICE: _("keeps scoring models, questionnaires and programme boards"),
    Role.ADMINISTRATOR: _("keeps people, roles and settings; sees no business content"),
    Role.AUDITOR: _("reads the audit trail and who has which right"),
}

SCOPE_WORDS: Final[Mapping[str, Any]] = {
    "accounts:read": _("read customers, teams, products and scores (accounts:read)"),
    "accounts:write": _("change customers and ratings (accounts:write)"),
    "contacts:read": _("read business contacts (contacts:read)"),
    "contacts:write": _("change business contacts (contacts:write)"),
    "activities:read": _("read interactions and tasks (activities:read)"),
    "activities:write": _("write interactions and tasks (activities:write)"),
    "opportunities:read": _("read opportunities (opportunities:read)"),
    "opportunities:write": _("write opportunities (opportunities:write)"),
    "cases:read": _("read service cases (cases:read)"),
    "cases:write": _("write service cases (cases:write)"),
    "finance:read": _("read cost, margin and profitability (finance:read)"),
    "credit:read": _("read credit limits and receivables (credit:read)"),
    "erp:facts:write": _("deliver orders, revenue and cost from the ERP (erp:facts:write)"),
    "imports:write": _("import files (imports:write)"),
    "exports:read": _("fetch exports (exports:read)"),
    "webhooks:read": _("read its own webhooks (webhooks:read)"),
    "audit:read": _("read the audit trail (audit:read)"),
    "consents:write": _("write consents (consents:write)"),
}

VIA_WORDS: Final[Mapping[str, Any]] = {
    "page": _("page"),
    "api": _("API"),
    "job": _("job"),
    "command": _("command line"),
    "import": _("import"),
}


def kind_word(label: str) -> str:
    """What a record of the trail is, in the words of its model: "customers.customer" is "customer"."""
    try:
        return str(apps.get_model(label)._meta.verbose_name)
    except (LookupError, ValueError):
        return label


def field_word(label: str, name: str) -> str:
    """What a field of such a record is called; its plain name where the model has no such field."""
    try:
        field = apps.get_model(label)._meta.get_field(name)
    except (LookupError, ValueError, FieldDoesNotExist):
        return name.replace("_", " ")
    return str(getattr(field, "verbose_name", name))


def value_word(name: str, value: Any) -> str:
    """A value of the trail as a reader writes it; long ones are cut."""
    if value is None or value in ("", []):
        return "–"
    if isinstance(value, list):
        return formats.listing(value_word(name, item) for item in value)
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if name in {"role", "roles"}:
        return str(dict(Role.choices).get(value, value))
    text = str(value)
    if name.endswith("_at") and (moment := parse_datetime(text)):
        return formats.moment(moment)
    if name.endswith("_on") and (day := parse_date(text)):
        return formats.day(day)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
