"""Roles and scopes in plain words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from accounts.models.users import Role

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
